"""Finding stories: by tag, program and person, by date, by words with slips in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from station.core import bulletin, clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.search import SearchEntry
from station.news.cli import group
from station.news.drafts import Author, Topic, text_blocks
from station.news.models import Person, Story, WordPart
from station.news.policies import byline_pieces
from station.news.policies.spelling import meant, parts, slips
from station.news.services import import_document, retract_story
from tests.conftest import House
from tests.news.cds_documents import document, six_paragraphs
from tests.news.test_feeds import publish
from tests.news.test_pages import statements

__all__ = ["statements"]

BYLINE = {"profiles": [{"href": "/v1/profiles/reference-byline", "rels": ["type"]}]}


def shown(page: str) -> list[str]:
    """The headlines of a list."""
    return [each.partition("</a>")[0].rpartition(">")[2] for each in page.split('class="headline"')[1:]]


def older_of(page: str) -> str:
    return page.partition(' rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")


def test_labels_have_pages_that_stories_link_to(house: House, client: FlaskClient) -> None:
    with transaction() as session:
        session.add(
            Person(station_id=house.news.id, slug="ana-pena", name="Ana Peña", role="Reporter", about="", url="")
        )
    for number in range(23):
        publish(
            house,
            f"Story {number:02}",
            at=clock.now() - timedelta(days=number),
            byline="Ana Peña and Bo Li",
            authors=[Author("Ana Peña"), Author("Bo Li")],
            program=Topic("Nevada Week"),
            tags=[Topic("Drought")],
        )
    publish(house, "Something else")
    story = client.get("/news/story/story-00").text
    assert 'By <b><a href="/news/person/ana-pena">Ana Peña</a> and Bo Li</b>' in story
    for path in ("/news/tag/drought", "/news/program/nevada-week", "/news/person/ana-pena"):
        assert f'href="{path}"' in story
        first = client.get(path).text
        assert shown(first) == [f"Story {number:02}" for number in range(20)]
        assert shown(client.get(older_of(first)).text) == ["Story 20", "Story 21", "Story 22"]
        assert client.get(f"/classical{path.removeprefix('/news')}").status_code == 404
        text = client.get(f"/text{path}").text
        assert text.count("/story/") == 10
        assert client.get(older_of(text)).text.count("/story/") == 10
    assert "Reporter" in client.get("/news/person/ana-pena").text


def test_the_archive_is_the_stations_calendar(house: House, client: FlaskClient) -> None:
    publish(house, "Last year", at=datetime(2026, 1, 1, 7, 30, tzinfo=UTC))  # 11:30 PM of December 31 in Las Vegas
    publish(house, "New year", at=datetime(2026, 1, 1, 8, 30, tzinfo=UTC))
    for number in range(24):
        publish(house, f"March {number:02}", at=datetime(2026, 3, 31, 20, tzinfo=UTC) - timedelta(hours=number))
    front = client.get("/news/archive").text
    assert 'href="/news/archive/2025/12"' in front
    assert 'href="/news/archive/2025/11"' not in front
    assert shown(client.get("/news/archive/2025/12").text) == ["Last year"]
    assert shown(client.get("/news/archive/2025/12/31").text) == ["Last year"]
    assert shown(client.get("/news/archive/2026/01").text) == ["New year"]
    february = client.get("/news/archive/2026/02").text
    assert "No stories here." in february
    assert 'href="/news/archive/2026/01"' in february
    assert 'href="/news/archive/2026/03"' in february
    first = client.get("/news/archive/2026/03").text
    second = client.get(older_of(first)).text
    assert shown(first) + shown(second) == [f"March {number:02}" for number in range(24)]
    assert client.get("/text/news/archive/2025/12/31").text.count("/story/") == 1
    assert "archive/2025/12" in client.get("/text/news/archive").text


@pytest.mark.parametrize(
    "path",
    [
        "/archive/2026/02/30",
        "/archive/2026/13",
        "/archive/2026/00",
        "/archive/0000/01",
        "/archive/9999/12",
        "/archive/9999/12/31",
        "/archive/2020/01",
        "/archive/26/1",
        "/archive/today",
        "/archive/2026/01?page=abc",
        "/archive/2026/01?page=99999999999999999999",
        "/archive/2026/01?before=abc",
        "/archive/2026/01?before=0000-00-00",
        "/section/water?page=abc",
        "/section/water?page=2",
        "/tag/none",
        "/tag/%E2%80%AE",
        "/person/none?before=1",
        "/program/none",
        "/search?q=lake&page=abc",
        "/search?q=lake&page=0",
        "/search?q=lake&page=-1",
        "/search?q=lake&page=%C2%B2",
        "/search?q=lake&page=2",
        "/search?q=lake&page=11",
        "/search?q=lake&page=99999999999999999999",
    ],
)
def test_addresses_that_are_nothing(house: House, client: FlaskClient, path: str) -> None:
    publish(house, "Lake", at=datetime(2026, 1, 1, 8, 30, tzinfo=UTC), topics=[Topic("Water")])
    for root in ("/news", "/text/news"):
        answer = client.get(root + path)
        assert answer.status_code == 404, root + path
        assert "There is no such page" in answer.text


def search(client: FlaskClient, words: str, root: str = "/news") -> Any:
    answer = client.get(f"{root}/search", query_string={"q": words})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("words", "slip"),
    [
        ("reservoir", False),
        ("RESERVOIR pena", False),
        ("peña reservoir", False),
        ("Pen\u0303a", False),
        ("reserv", False),
        ("henderson", False),
        ("reservior", True),
        ("resevoir", True),
        ("rezervior", True),
        ("pema", True),
        ("reservoi pnea", True),
    ],
)
def test_search_forgives(house: House, client: FlaskClient, words: str, slip: bool) -> None:
    publish(house, "Peña reopens the reservoir", blocks=text_blocks("<p>A long way from Henderson &amp; back.</p>"))
    publish(house, "Something else")
    page = search(client, words)
    assert shown(page) == ["Peña reopens the reservoir"]
    assert ("These are stories for" in page) == slip
    assert search(client, words, "/text/news").count("/story/") == 1
    assert shown(search(client, words, "/classical")) == []


@pytest.mark.parametrize(
    "words", ["", "  ", "zzyzx", "2027", '"', "AND OR NOT", "'; DROP TABLE story", "*", "a" * 9000, "%", "🦉", "<b>"]
)
def test_a_search_that_finds_nothing_leads_on(house: House, client: FlaskClient, words: str) -> None:
    publish(house, "Owls", topics=[Topic("Water")])
    page = search(client, words)
    assert shown(page) == []
    assert 'href="/news/section/water"' in page
    assert 'href="/news/archive"' in page
    assert "Internal" not in search(client, words, "/text/news")


def test_headlines_come_first_and_pages_hold_all(house: House, client: FlaskClient) -> None:
    publish(house, "Owls", at=clock.now() - timedelta(days=90))
    for number in range(44):
        publish(house, f"Story {number:02}", blocks=text_blocks("<p>About owls.</p>"))
    found, path = [], "/news/search?q=owls"
    for _ in range(3):
        page = client.get(path).text
        assert "45 stories" in page
        found += shown(page)
        path = older_of(page)
    assert found[0] == "Owls"
    assert len(found) == len(set(found)) == 45
    assert 'rel="next"' not in page


def test_the_index_follows_each_change(house: House, client: FlaskClient, app: Flask) -> None:
    made = document(*six_paragraphs())
    import_document(made, house.news.id, COMMAND)
    told = db.session.scalars(sa.select(Story.id)).one()
    assert shown(search(client, "wet winter")) == ["Lake level rises after a wet winter"]
    made["title"], made["editorialLastModifiedDateTime"] = "The pond", "2026-03-03T00:00:00Z"
    import_document(made, house.news.id, COMMAND)
    assert shown(search(client, "wet winter")) == []
    assert shown(search(client, "pond")) == ["The pond"]
    retract_story(told, "withdrawn", COMMAND)
    assert shown(search(client, "pond")) == []
    publish(house, "Coming", at=clock.now() + timedelta(hours=1))
    assert shown(search(client, "coming")) == [], "not before its time"
    with transaction() as session:
        session.execute(sa.delete(SearchEntry))
        session.execute(sa.delete(WordPart))
        session.execute(sa.update(Story).values(published_at=clock.now() - timedelta(hours=1)))
        bulletin.bump("stories")
    assert shown(search(client, "coming")) == []
    assert "2 stories" in app.test_cli_runner().invoke(group, ["index"]).output
    assert shown(search(client, "comming")) == ["Coming"]


def test_lists_cost_nothing_warm_and_little_cold(house: House, client: FlaskClient, statements: list[str]) -> None:
    for number in range(25):
        publish(house, f"Story {number}", topics=[Topic("Water")], tags=[Topic("Lake")], program=Topic("Nevada Week"))
    client.get("/news/")
    month = f"/news/archive/{clock.today(house.licensee.timezone):%Y/%m}"
    for path in ("/news/tag/lake", "/news/program/nevada-week", "/news/section/water", "/news/archive", month):
        for root in ("", "/text"):
            statements.clear()
            assert client.get(root + path).status_code == 200
            assert 0 < len(statements) <= 6, path
            statements.clear()
            assert client.get(root + path).status_code == 200
            assert statements == [], path
    statements.clear()
    search(client, "stori")
    assert len(statements) <= 6


def test_names_in_a_byline() -> None:
    people = [("Ana", "ana"), ("Ana Peña", "ana-pena"), ("Bo", "")]
    assert byline_pieces("Ana Peña and Bo, NPR", people) == [("Ana Peña", "ana-pena"), (" and Bo, NPR", "")]
    assert byline_pieces("", people) == []
    assert byline_pieces("Somebody", []) == [("Somebody", "")]


WORD = st.text("abcde", min_size=1, max_size=8)


@given(WORD, WORD)
def test_slips_are_a_distance(one: str, other: str) -> None:
    assert slips(one, other) == slips(other, one)
    assert (slips(one, other) == 0) == (one == other)
    assert slips(one, other) <= max(len(one), len(other))


def test_slips() -> None:
    assert [slips("lake", each) for each in ("lake", "laek", "lakes", "lke", "bale")] == [0, 1, 1, 1, 2]
    assert parts("lake") == {"^la", "lak", "ake", "ke$", "lake", "lke", "lae"}
    assert parts("pena") & parts("pnea"), "two letters exchanged in a short word leave no three in a row"
    assert max(map(len, parts("reservoirs"))) == 3
    assert meant("laek", ["lane", "lake", "like"]) == "lake"
    assert meant("at", ["ad"]) is None
    assert meant("2025", ["2026"]) is None
