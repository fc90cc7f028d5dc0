"""The NPR page of the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core.db import db
from station.core.outbox import Outbox
from station.news.models import CdsFeed, CdsOwner
from tests.conftest import House

FEED = {
    "name": "Politics",
    "query": "collectionIds=1014&limit=5",
    "station": "news",
    "every_minutes": "30",
    "enabled": "y",
}


@pytest.fixture
def editor(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news")


def send(browser: FlaskClient, page: str, data: dict[str, str], to: str = "") -> Any:
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', browser.get(page).text)
    assert token is not None
    return browser.post(to or page, data={**data, "csrf_token": token[1]})


def test_a_query_is_kept_changed_and_asked(house: House, editor: FlaskClient) -> None:
    assert "Nothing is asked of NPR yet." in editor.get("/desk/npr").text
    assert "NPR_CDS_TOKEN" in editor.get("/desk/npr").text
    assert send(editor, "/desk/npr/feeds/new", FEED).status_code == 303
    page = re.search(r'href="(/desk/npr/feeds/feed_[^"]+)"', editor.get("/desk/npr").text)
    assert page is not None
    changed = {name: value for name, value in FEED.items() if name != "enabled"} | {"name": "Congress"}
    assert send(editor, page[1], changed).status_code == 303
    row = db.session.scalars(sa.select(CdsFeed)).one()
    assert (row.name, row.enabled, row.every_minutes, row.query) == ("Congress", False, 30, FEED["query"])
    assert send(editor, page[1], {}, f"{page[1]}/ask").status_code == 303
    assert db.session.scalars(sa.select(Outbox.job).where(Outbox.job == "news.pull_one")).all() == ["news.pull_one"]
    assert editor.get("/desk/npr/feeds/feed_none").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Give it a name."),
        ({"query": "politics"}, "Write it as in an address"),
        ({"query": "limit=9999"}, "limit goes from 1"),
        ({"every_minutes": "0"}, "From 1 to 1440"),
        ({"every_minutes": "often"}, "Not a valid integer"),
        ({"station": "nowhere"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_kept_is_said_with_nothing_lost(
    house: House, editor: FlaskClient, wrong: dict[str, str], said: str
) -> None:
    answer = send(editor, "/desk/npr/feeds/new", FEED | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert ("Politics" in answer.text) == ("name" not in wrong)
    assert db.session.scalars(sa.select(CdsFeed)).all() == []


def test_owners_are_named(house: House, editor: FlaskClient) -> None:
    owner = {"service": "s921", "owner": "Radio Milwaukee", "url": "https://radiomilwaukee.example"}
    assert send(editor, "/desk/npr", owner, "/desk/npr/owners").status_code == 303
    assert "Radio Milwaukee" in editor.get("/desk/npr").text
    bad = send(editor, "/desk/npr", owner | {"url": "javascript:alert(1)"}, "/desk/npr/owners")
    assert (bad.status_code, "Starts with https://" in bad.text) == (422, True)
    assert [row.url for row in db.session.scalars(sa.select(CdsOwner))] == [owner["url"]]


def test_it_is_for_the_newsroom(house: House, desk: Callable[..., FlaskClient]) -> None:
    assert desk("underwriting").get("/desk/npr").status_code == 403
