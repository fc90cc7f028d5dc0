"""Fixtures of the whole suite: a migrated database of its own for each test, on SQLite or PostgreSQL.

STATION_TEST_DATABASE_URL=postgresql+psycopg://… runs what reaches a database there, in a database made for this run.
STATION_TEST_REQUIRE_ALL=1 (set by .ci/run) turns "skipped: a service is missing" into a failure.
"""

from __future__ import annotations

import contextvars
import gc
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as examples
from werkzeug.serving import make_server

from config import ROOT, Settings
from sandbox.mailbox.testing import Mailbox, running_mailbox
from sandbox.stripe.testing import Handle, running_sandbox
from station.accounts.guards import TOKEN
from station.accounts.models import Role, StaffSession
from station.accounts.services import add_staff, start_session
from station.core import bulletin, clock, runtime
from station.core.actor import COMMAND, request_id
from station.core.db import db, transaction, writable
from station.core.places import INVARIANTS
from station.demo.services import load_demo
from station.licensee.queries import LicenseeView, StationView, stations, the_licensee
from station.licensee.services import LicenseeFacts, StationFacts, establish
from station.payments.gateway import account
from station.payments.policies import FOLDED, HOOK
from station.web.app import create_app
from tests.databases import DEMONSTRATION, FRESH, go_back, keep, reaches_a_database
from tests.harness import check_page
from worker import jobs, tasks

STRIPE_KEY = "STATION_TEST_STRIPE_KEY"  # a secret test key of Stripe's that somebody lends to tests/live
SERVER = os.environ.get("STATION_TEST_DATABASE_URL", "")
BESIDE = ROOT.parent / "shared" / "data"  # pages and documents of others, which this repository may not carry

ALL_REQUIRED = bool(os.environ.get("STATION_TEST_REQUIRE_ALL"))
# A busy machine may take its time over an example. Where everything is required, each run tries the same ones: new
# ones are for a desk, at which what they find can be looked into.
examples.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=ALL_REQUIRED
)
examples.load_profile("house")

LEFT_OUT = pytest.StashKey[int]()  # how many tests a run on PostgreSQL did not choose
MEASURED = "measured"  # record_property(MEASURED, line) prints the line at the end of the run
MONEY = {
    "ledger-balance",
    "ledger-of-payments",
    "ledger-of-stations",
    "hand",
    "deposits",
    "opening",
    "imported-batches",
    "deposits-tied",
    "deposit-sums",
    "bank-of-payouts",
    "gift-of-each-payment",
    "gift-equals-payment",
    "receipt-of-each-gift",
    "receipt-numbers",
    "receipt-years",
    "receipt-versions",
    "gift-keeps-the-rest",
    "returns-of-payments",
    "ledger-of-returns",
}

LICENSEE = LicenseeFacts(
    legal_name="Desert Public Radio Association",
    short_name="Desert Public Radio",
    ein="88-0000001",
    address_lines=["1289 Example Drive", "Las Vegas, NV 89146"],
    phone="702-555-0188",
    email="membership@example.org",
)
STATIONS = (
    StationFacts(
        "news", "News", "88.9", "KNPR", "The news of southern Nevada", "news", "https://stream.example.org/n"
    ),
    StationFacts(
        "classical", "Classical", "89.7", "KCNV", "Music for the desert", "classical", "https://stream.example.org/c"
    ),
)


@sa.event.listens_for(sa.Engine, "connect")
def unordered_comes_backwards(connection: Any, _record: Any) -> None:
    """Rows that a query leaves unordered come last first on SQLite, and as written on PostgreSQL.

    What leans on the order in which rows were written fails on one of them. sqlite.org/pragma.html
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")


class Visitor(FlaskClient):
    """A client whose requests start from nothing, as a browser's do, and whose writes the test then sees."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        try:
            answer = contextvars.Context().run(super().open, *args, **kwargs)
        finally:
            db.session.rollback()
        answer.get_data()
        answer.close()
        check_page(answer, answer.request.path)
        return answer


@pytest.hookimpl(trylast=True)  # after the choice by marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server only what it makes a difference to: the rest ran on SQLite, and would do the very same again."""
    if SERVER:
        indifferent = [each for each in items if does_the_same_everywhere(each)]
        items[:] = [each for each in items if not does_the_same_everywhere(each)]
        config.stash[LEFT_OUT] = len(indifferent)
        config.hook.pytest_deselected(items=indifferent)


def does_the_same_everywhere(item: pytest.Item) -> bool:
    """Whether a test asks for no database, or says of itself that it is for any."""
    fixtures: list[str] = item.fixturenames  # type: ignore[attr-defined]  # of a function, as all tests here are
    return item.get_closest_marker("any_database") is not None or not reaches_a_database(fixtures)


def pytest_collection_finish() -> None:
    """What is imported by now stays, and is looked through for garbage no more; what tests leave is, but less often.

    Python's own thresholds are for small programs: looking cost every sixth second of a run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of xdist's tells the one that prints how many it left out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_testnodedown(node: Any) -> None:
    """All processes of a run choose alike, so one of them is enough."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What this run measured, and what it did not ask of anybody, is said in so many words."""
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"Left out here: {left_out} tests that do the same on every database (make test)")
    for report in [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]:
        for line in [value for name, value in report.user_properties if name == MEASURED]:
            terminalreporter.write_line(line)
    skipped = [str(each.longrepr) for each in terminalreporter.stats.get("skipped", [])]
    if any(STRIPE_KEY in reason for reason in skipped):
        terminalreporter.write_line(f"Not proven here: Stripe itself was not reached (no {STRIPE_KEY})")


def needs(present: bool, what: str) -> None:
    """Skip without a service, with the reason; fail where .ci/run requires everything."""
    if not present:
        if ALL_REQUIRED:
            pytest.fail(f"required here, but missing: {what}")
        pytest.skip(f"needs {what}")


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """The instance folder of this run, in memory where the machine has such a place."""
    fast = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="station-", dir=fast) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def database_url(home: Path) -> Iterator[str]:
    """An empty database for this run; dropped afterwards."""
    if not SERVER:
        yield f"sqlite:///{home / 'station.sqlite'}"
        return
    name = f"station_test_{os.getpid()}"
    server = sa.create_engine(sa.make_url(SERVER).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        # no test turns the machine off, so nobody has to wait for its disk
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
        yield sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture(scope="session")
def settings(home: Path, database_url: str) -> Settings:
    """Test settings: nothing here reaches beyond this machine."""
    return Settings.from_env(
        {
            "STATION_MODE": "test",
            "STATION_HOME": str(home),
            "DATABASE_URL": database_url,
            "STATION_URL": "http://localhost",
            "STRIPE_API_BASE": "http://127.0.0.1:9",
            "MAIL_PORT": "9",
            "SCREENING_SECONDS": "0",  # tests fill a form in no time; tests/screening turns this on
        }
    )


@pytest.fixture(scope="session")
def built(settings: Settings) -> Iterator[Flask]:
    """The application on a migrated, established database, of which each test gets a fresh copy."""
    app = create_app(settings)
    app.test_client_class = Visitor
    app.testing = False  # errors become pages, as for people
    with app.app_context():
        flask_migrate.upgrade()
        establish(LICENSEE, STATIONS, COMMAND)
        keep_database(settings.home, FRESH)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(built: Flask, settings: Settings, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application with a fresh database, real time, and an application context."""
    with built.app_context():
        fresh_database(settings.home)
        (settings.home / "clock").unlink(missing_ok=True)
        clock.use_file(settings.home / "clock")
        wait_out_the_hour()
        bulletin.forget()
        bulletin.refresh()
        request_id.set("")
        yield built
        db.session.rollback()
        db.session.remove()
        if request.node.get_closest_marker("crooked") is None:
            _money_adds_up()


def wait_out_the_hour() -> None:
    """No test begins in the last ten seconds of an hour: midnight, here or in UTC, would come in the middle of it."""
    left = 3600 - clock.now().timestamp() % 3600
    if left < 10:
        time.sleep(left)


def keep_database(home: Path, kept: str) -> None:
    """Put by what the database of this run holds now, for `fresh_database`."""
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()
        shutil.copy(home / "station.sqlite", home / f"{kept}.sqlite")
        return
    with writable(), db.engine.begin() as connection:
        keep(connection, kept)
    db.engine.dispose()


def fresh_database(home: Path, kept: str = FRESH) -> None:
    """Everything as it was put by, in the database of this run."""
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            (home / f"station.sqlite{suffix}").unlink(missing_ok=True)
        shutil.copy(home / f"{kept}.sqlite", home / "station.sqlite")
        return
    with writable(), db.engine.begin() as connection:
        go_back(connection, kept)


@pytest.fixture(scope="session")
def loaded_at() -> list[datetime]:
    """When the demonstration that was put by last was loaded, as its only one."""
    return []


@pytest.fixture
def demonstration(app: Flask, settings: Settings, loaded_at: list[datetime]) -> None:
    """The demonstration's data in the established house, loaded within the last ten minutes and in this hour."""
    now = clock.now()
    if loaded_at and now - loaded_at[0] < timedelta(minutes=10) and now.hour == loaded_at[0].hour:
        fresh_database(settings.home, DEMONSTRATION)
    else:
        load_demo(COMMAND)
        keep_database(settings.home, DEMONSTRATION)
        loaded_at[:] = [now]
    bulletin.forget()
    bulletin.refresh()


def _money_adds_up() -> None:
    """After every test that moved money: what `station check` asks of the books holds."""
    with db.engine.connect() as connection:
        moved = connection.exec_driver_sql("SELECT 1 FROM ledger_entry LIMIT 1").first()
        connection.rollback()
    if moved:
        broken = [line for each in INVARIANTS if each.name in MONEY for line in each.broken()]
        db.session.rollback()
        assert broken == []


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser: no cookies, follows nothing by itself."""
    return app.test_client()


class House:
    """The licensee and its stations, as tests name them."""

    def __init__(self) -> None:
        self.licensee: LicenseeView = the_licensee()
        self.news: StationView = stations()[0]
        self.classical: StationView = stations()[1]


@pytest.fixture
def house(app: Flask) -> House:
    return House()


@pytest.fixture
def desk(app: Flask) -> Callable[..., FlaskClient]:
    """desk("development") is a browser in which a person with that role has just signed in.

    With `confirmed=False` that was longer ago than sudo lasts.
    """

    def sign_in(*roles: str, confirmed: bool = True) -> FlaskClient:
        name = " and ".join(roles)
        staff = add_staff(
            f"{name.title()} Person",
            f"{name.replace(' ', '-')}@desk.example.org",
            [Role(role) for role in roles],
            COMMAND,
        )
        browser = app.test_client()
        with browser.session_transaction("/desk/") as cookie:
            cookie[TOKEN] = start_session(staff, second_factor=True, browser="test")
        if not confirmed:
            long_ago = clock.now() - timedelta(minutes=11)
            with transaction() as session:
                session.execute(
                    sa.update(StaffSession).where(StaffSession.staff_id == staff).values(proved_at=long_ago)
                )
        return browser

    return sign_in


@pytest.fixture
def outbox(app: Flask) -> Callable[[], int]:
    """Run what is due in this process, and what that makes due; returns how many jobs ran."""
    tasks.load()

    def run() -> int:
        db.session.rollback()  # what other threads have committed since is seen
        ran = jobs.run_due()
        db.session.rollback()
        return ran

    return run


@contextmanager
def changed(settings: Settings, **values: Any) -> Iterator[None]:
    """Run with some settings changed."""
    runtime.configure(replace(settings, **values))
    try:
        yield
    finally:
        runtime.configure(settings)


@pytest.fixture
def mailbox(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Mailbox]:
    """A real SMTP server that the house sends to."""
    with running_mailbox(tmp_path / "mailbox") as box, changed(runtime.settings(), mail_port=box.port):
        yield box


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The application over real HTTP; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stripe_sandbox(app: Flask, live: str) -> Iterator[Handle]:
    """A Stripe that the house talks to, over HTTP; webhooks leave by `deliver_now()`. It takes no wrong request."""
    url = f"{live}{HOOK}"
    with running_sandbox(deliver="manual", webhook_url=url, webhook_events=tuple(FOLDED)) as handle:
        with changed(runtime.settings(), stripe_api_base=handle.url, base_url=live):
            account()  # each process asks once whose key it has; no test of this one shall meet that question
            handle.sandbox.requests.clear()
            yield handle
        assert handle.violations == []


@pytest.fixture
def later(app: Flask) -> Callable[..., None]:
    """Move the house's clock forward: later(minutes=31)."""

    def move(**span: float) -> None:
        clock.move(timedelta(**span))

    return move
