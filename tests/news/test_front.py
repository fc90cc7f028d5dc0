"""Warm pages answered before Flask: what passes it by, what does not, and that nobody can tell the difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, request, request_started
from flask.testing import FlaskClient

from station.core import clock
from station.core.actor import COMMAND
from station.news.drafts import Topic
from station.news.pages import making
from station.news.services import retract_story, take_playlist
from tests.conftest import House
from tests.news.test_air_pages import ZONE, pieces
from tests.news.test_feeds import publish
from tests.news.test_pages import place_credit

PATHS = (
    "/",
    "/news/",
    "/news/story/one",
    "/news/section/water",
    "/text/news/story/one",
    "/news/feed.rss",
    "/sitemap.xml",
)


@pytest.fixture
def seen(app: Flask) -> Iterator[list[str]]:
    """The paths that Flask was asked for."""
    asked: list[str] = []

    def note(_app: Flask, **_more: Any) -> None:
        asked.append(request.path)

    with request_started.connected_to(note, app):
        yield asked


def told(answer: Any) -> Any:
    """An answer without what differs each time."""
    return answer.status, answer.data, sorted(pair for pair in answer.headers.items() if pair[0] != "X-Request-Id")


@pytest.mark.parametrize("path", PATHS)
def test_the_second_reader_gets_the_same_without_flask(
    house: House, client: FlaskClient, seen: list[str], path: str
) -> None:
    publish(house, "One", at=clock.now() - timedelta(hours=1), topics=[Topic("Water")])
    place_credit(house)
    first = client.get(path)
    assert seen == [path]
    second = client.get(path)
    assert told(second) == told(first)
    assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    again = client.get(path, headers={"If-None-Match": f'"x", {first.headers["ETag"]}'})
    assert (again.status_code, again.data, "Content-Length" in again.headers) == (304, b"", False)
    assert client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200
    assert seen == [path]


def test_flask_is_asked_for_everything_else(house: House, client: FlaskClient, seen: list[str]) -> None:
    publish(house, "One", at=clock.now() - timedelta(hours=1))
    client.get("/news/")
    for ask in (
        lambda: client.head("/news/"),
        lambda: client.get("/news/?before=2026-01-01"),
        lambda: client.get("/news/", headers={"Host": "elsewhere.example"}),
        lambda: client.get("/news/", environ_overrides={"SCRIPT_NAME": "/under"}),
        lambda: client.post("/news/"),
        lambda: client.get("/news/story/none"),
        lambda: client.get("/news/story/none"),
    ):
        seen.clear()
        ask()
        assert len(seen) == 1


def test_what_changed_is_asked_anew(house: House, client: FlaskClient, seen: list[str]) -> None:
    story = publish(house, "One", at=clock.now() - timedelta(hours=1))
    client.get("/news/story/one")
    assert client.get("/news/story/one").status_code == 200
    retract_story(story, "withdrawn", COMMAND)
    assert client.get("/news/story/one").status_code == 410
    assert client.get("/news/story/one").status_code == 410
    client.get("/classical/playlist")
    seen.clear()
    client.get("/classical/playlist")
    assert seen == []
    take_playlist(pieces(datetime(2026, 6, 3, 19, tzinfo=UTC)), house.classical.id, ZONE, COMMAND)
    client.get("/classical/playlist")
    assert seen == ["/classical/playlist"], "its key names a version that nobody has any more"


def test_a_page_that_ended_is_made_anew(house: House, client: FlaskClient, seen: list[str], later: Any) -> None:
    publish(house, "Soon", at=clock.now() + timedelta(minutes=5))
    assert "Soon" not in client.get("/news/").text
    later(minutes=6)
    assert "Soon" in client.get("/news/").text
    assert seen == ["/news/", "/news/"]


def test_addresses_are_bounded(house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST_ADDRESSES", 3)
    for number in range(9):
        assert client.get("/news/", headers={"Host": f"h{number}.example"}).status_code == 200
    assert len(making._asked) <= 3
