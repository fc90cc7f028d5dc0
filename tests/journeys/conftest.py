"""A real browser (Debian's Chromium by Playwright) before a real plant: web, worker, relay, sandbox, mailbox."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from config import Settings
from station.core import bulletin, clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.outbox import JobState, Outbox
from station.demo.services import load_demo
from tests.conftest import needs
from tests.faults.conftest import broker, own_database, plant, rabbitmq_node, sandbox
from tests.faults.plant import Plant

__all__ = ["broker", "own_database", "plant", "rabbitmq_node", "sandbox"]  # fixtures

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What Chromium shows below its address bar are pages of its own, made for each window and seen by nobody here. They
# took half of what a window costs, and more where it stays open.
UNSEEN = "WebUIOmniboxPopup,WebUIOmniboxAimPopup"
LONGEST = 300  # seconds for a test
SOON = 20_000  # milliseconds for what takes one or two seconds: two cores are shared with other tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser, and starts real processes first."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(LONGEST))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the run."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    needs(path is not None, "Chromium")
    expect.set_options(timeout=SOON)
    with sync_playwright() as playwright:
        off = [f"--disable-features={each},{UNSEEN}" for each in _left_out_by(playwright, path)]
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *off])
        yield browser
        browser.close()


def _left_out_by(playwright: Playwright, path: str | None) -> list[str]:
    """The list of features that Playwright itself turns off: of two such lists Chromium heeds the last one alone.

    None where it cannot be read off; then that saving is lost, and nothing else.
    """
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    lines = [" ".join(each.cmdline()) for each in psutil.Process().children(recursive=True)]
    browser.close()
    itself = [line for line in lines if "--type=" not in line]  # what Chromium starts says of which type it is
    lists = re.findall(r"--disable-features=(\S+)", " ".join(itself))
    return lists if len(lists) == 1 else []


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this run keeps SQLite's file of the demonstration, and its files, once it was loaded."""
    return tmp_path_factory.mktemp("demonstration") / "station.sqlite"


@pytest.fixture
def town(plant: Plant, loaded: Path) -> Plant:
    """The plant with the demonstration's stories, sponsors, members and gifts in it."""
    if loaded.exists():
        _put_in(plant.settings, loaded)
    else:
        load_demo(COMMAND)
        db.session.rollback()
        if db.engine.dialect.name == "sqlite":
            file = plant.settings.home / "station.sqlite"
            with closing(sqlite3.connect(file)) as here, closing(sqlite3.connect(loaded)) as there:
                here.backup(there)
            shutil.copytree(plant.settings.media, loaded.parent / "media")
    plant.start("web", STATION_WEB_WORKERS="1")  # in test mode no process hears what another one has changed
    return plant


def _put_in(settings: Settings, loaded: Path) -> None:
    """This file is the plant's database from now on, and its pictures and recordings are there."""
    home = settings.home
    shutil.copytree(loaded.parent / "media", settings.media, dirs_exist_ok=True)
    db.session.remove()
    db.engine.dispose()
    for suffix in ("", "-wal", "-shm"):
        (home / f"station.sqlite{suffix}").unlink(missing_ok=True)
    shutil.copy(loaded, home / "station.sqlite")
    bulletin.forget()
    bulletin.refresh()
    _due_from_now_on()


def _due_from_now_on() -> None:
    """What was due when the demonstration was loaded is due now: a job that has waited for minutes rings seldom, and
    one whose message dies with a killed worker would be waited for in vain (station.core.outbox.take_due)."""
    due = (Outbox.state == JobState.READY, Outbox.run_at < clock.now())
    with transaction() as session:
        session.execute(sa.update(Outbox).where(*due).values(run_at=clock.now()))


@pytest.fixture
def site(town: Plant) -> str:
    """The address of the station's own web server."""
    return f"http://127.0.0.1:{town.settings.port}"


@pytest.fixture
def window(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """window(width=320, dark=True) opens a page in a context of its own; scripts are off as a listener's may be."""
    contexts: list[BrowserContext] = []

    def open_window(width: int = 1280, dark: bool = False, scripts: bool = True, **more: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()
