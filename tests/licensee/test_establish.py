"""Entering the licensee: once, from the file that docs/production.md shows, with a line for what cannot be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from config import ROOT
from station.core import bulletin
from station.core.db import transaction
from station.core.places import INVARIANTS
from station.licensee.cli import group
from station.licensee.models import Licensee, Station
from station.licensee.queries import NotEstablished, stations, the_licensee


@pytest.fixture
def nobody(app: Flask) -> None:
    """A migrated database into which no licensee has been entered."""
    with transaction() as session:
        session.execute(sa.delete(Station))
        session.execute(sa.delete(Licensee))
        bulletin.bump("licensee")
    bulletin.refresh()


def shown() -> dict[str, Any]:
    """The JSON of docs/production.md."""
    page = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
    found = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert found is not None
    said: dict[str, Any] = json.loads(found[1])
    return said


def establish(app: Flask, folder: Path, said: object) -> tuple[int, str]:
    file = folder / "licensee.json"
    file.write_text(json.dumps(said), encoding="utf-8")
    done = app.test_cli_runner().invoke(group, ["establish", str(file)])
    return done.exit_code, done.output


def test_the_file_of_the_docs_is_taken_once(app: Flask, nobody: None, tmp_path: Path) -> None:
    with pytest.raises(NotEstablished):
        the_licensee()
    assert establish(app, tmp_path, shown()) == (0, "… with 2 stations.\n")
    assert [s.name for s in stations()] == ["News 88.9 KNPR", "Classical 89.7 KCNV"]
    code, said = establish(app, tmp_path, shown())
    assert (code, "entered already" in said) == (1, True)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda s: s["licensee"].update(timezone="Nevada/Las_Vegas"), "time zone"),
        (lambda s: s["licensee"].update(minimum_pledge_cents=1), "cannot be kept"),
        (lambda s: s["licensee"].update(name="x"), "does not describe"),
        (lambda s: s.update(stations=[]), "at least one station"),
        (lambda s: s["stations"][1].update(slug="news"), "cannot be kept"),
    ],
)
def test_what_cannot_be_is_one_line(app: Flask, nobody: None, tmp_path: Path, change: Any, word: str) -> None:
    said = shown()
    change(said)
    code, output = establish(app, tmp_path, said)
    assert (code, word in output, "Traceback" in output) == (1, True, False), output


def test_the_checks_hold_before_there_is_a_licensee(app: Flask, nobody: None) -> None:
    assert [line for invariant in INVARIANTS for line in invariant.broken()] == []
