"""On PostgreSQL only those tests run that reach a database: none of the others may know of another way to one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import ROOT
from tests.databases import reaches_a_database

ADDRESS = re.compile(r"environ.*STATION_TEST_(DATABASE|POSTGRESQL)|\bSERVER\b")
ASKED = re.compile(r"getfixturevalue\((.*?)\)")
KNOW_IT = {
    "conftest.py": "`database_url` makes the database of the run there",
    "faults/brokers.py": "which brokers go with it",
}


def test_the_choice_follows_the_fixtures(request: pytest.FixtureRequest) -> None:
    chosen = {each.name for each in request.session.items if reaches_a_database(each.fixturenames)}
    assert request.node.name not in chosen
    assert {"test_this_one_has_a_house", "test_this_one_knows_the_address"} & chosen == {
        each.name for each in request.session.items if each.name.startswith("test_this_one_")
    }


def test_this_one_has_a_house(house: object) -> None:
    assert house, "by way of `app`, `built` and `settings`"


def test_this_one_knows_the_address(database_url: str) -> None:
    assert database_url.startswith(("sqlite", "postgresql"))


def test_nobody_else_knows_where_the_server_is() -> None:
    found = {str(path.relative_to(ROOT / "tests")) for path in sources() if ADDRESS.search(path.read_text("utf-8"))}
    assert found == set(KNOW_IT), "let them take `database_url`"


def test_fixtures_are_asked_for_in_the_open() -> None:
    """What a test gets by `getfixturevalue` is not among its `fixturenames`."""
    found = {asked for path in sources() for asked in ASKED.findall(path.read_text("utf-8"))}
    assert found == {'"rabbitmq_node"'}


def sources() -> list[Path]:
    return [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
