"""Homes: what the newsroom put there by hand, and what fills itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import new_id, public_id
from station.news.drafts import Topic
from station.news.models import HomeSlot, Section, Story
from station.news.policies.homes import arrange
from station.news.services import retract_story
from tests.conftest import House
from tests.news.test_feeds import publish
from tests.news.test_finding import shown
from tests.news.test_npr_desk import send
from tests.news.test_pages import statements

__all__ = ["statements"]


@pytest.fixture
def editor(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news")


@pytest.fixture
def stories(house: House) -> list[Any]:
    """Nine stories, the newest first."""
    now = clock.now()
    return [publish(house, f"Story {number}", at=now - timedelta(hours=number)) for number in range(9)]


def put(browser: FlaskClient, stories: list[Any], seen: str | None = None, **places: Any) -> Any:
    """Choose stories by their number for places: p3=7, and their last days: d3=…"""
    page = browser.get("/desk/home/news").text
    held = re.search(r'name="seen"[^>]* value="([^"]*)"', page)
    assert held is not None
    data = {"seen": held[1] if seen is None else seen, **{f"story_{at}": "" for at in range(1, 6)}}
    for name, value in places.items():
        if name[0] == "p":
            data[f"story_{name[1]}"] = public_id("story", stories[value])
        else:
            data[f"last_{name[1]}"] = str(value)
    return send(browser, "/desk/home/news", data)


def test_places_by_hand_and_the_rest_by_itself(
    house: House, client: FlaskClient, editor: FlaskClient, stories: list[Any]
) -> None:
    assert shown(client.get("/news/").text)[:5] == [f"Story {number}" for number in range(5)]
    assert put(editor, stories, p1=7, p3=1).status_code == 303
    assert shown(client.get("/news/").text)[:5] == ["Story 7", "Story 0", "Story 1", "Story 2", "Story 3"]
    retract_story(stories[7], "withdrawn", COMMAND)
    assert shown(client.get("/news/").text)[:5] == ["Story 0", "Story 2", "Story 1", "Story 3", "Story 4"]


def test_a_place_ends_with_its_day(
    house: House,
    client: FlaskClient,
    desk: Callable[..., FlaskClient],
    stories: list[Any],
    later: Callable[..., None],
) -> None:
    editor = desk("news")
    zone = house.licensee.timezone
    today = clock.today(zone)
    assert put(editor, stories, p1=8, d1=today).status_code == 303
    assert f'value="{today}"' in editor.get("/desk/home/news").text
    assert shown(client.get("/news/").text)[0] == "Story 8"
    later(seconds=(clock.day_bounds(today, zone)[1] - clock.now()).total_seconds() + 1)
    assert shown(client.get("/news/").text)[0] == "Story 0"
    editor = desk("news", "underwriting")  # the night ended the session before
    assert put(editor, stories, p2=8).status_code == 303, "what has ended is in nobody's way"
    assert shown(client.get("/news/").text)[1] == "Story 8"


def test_two_editors_and_wrong_choices(editor: FlaskClient, stories: list[Any]) -> None:
    assert put(editor, stories, p1=3).status_code == 303
    for seen in ("", "1=x", "nonsense", f"9={stories[0]}="):
        late = put(editor, stories, seen=seen, p2=4)
        assert late.status_code == 409
        assert "Somebody else changed this home" in late.text
    twice = put(editor, stories, p1=3, p2=3)
    assert twice.status_code == 422
    assert "stands in a place above already" in twice.text
    assert put(editor, stories, p1=3, d1="tomorrow").status_code == 422
    assert send(editor, "/desk/home/news", {"story_1": "story_none"}).status_code == 422
    assert db.session.scalars(sa.select(HomeSlot.story_id)).all() == [stories[3]]
    assert editor.get("/desk/home/nowhere").status_code == 404
    assert 'action="/desk/home/news"' in editor.get("/desk/home").text


def test_a_home_of_many_sections_costs_six_statements(
    house: House, client: FlaskClient, statements: list[str], editor: FlaskClient
) -> None:
    told = [publish(house, f"Story {number}", topics=[Topic(f"Topic {number % 12}")]) for number in range(36)]
    put(editor, told, p1=3, p2=9)
    client.get("/classical/")
    statements.clear()
    page = client.get("/news/").text
    assert len(statements) <= 6, statements
    assert page.count("<section aria-labelledby=") >= 12
    statements.clear()
    assert client.get("/news/").text == page
    assert statements == []


def test_a_home_shows_twelve_sections_at_most(house: House, client: FlaskClient) -> None:
    many = 600  # more than SQLite joins in one question
    now = clock.now()
    for number in range(13):
        when = now - timedelta(days=number + 1)
        publish(house, f"Story {number}", at=when, topics=[Topic(f"Topic {number}")])
    with transaction() as session:
        session.scalars(sa.select(Section).where(Section.name == "Topic 12")).one().position = 1
        session.add_all(
            Section(station_id=house.news.id, slug=f"more-{number}", name=f"More {number}") for number in range(many)
        )
        session.flush()
        one = session.scalars(sa.select(Story).where(Story.headline == "Story 11")).one()
        for row in session.scalars(sa.select(Section).where(Section.slug.startswith("more-"))):
            same = {each.key: getattr(one, each.key) for each in sa.inspect(Story).columns}
            same |= {"id": new_id(), "slug": row.slug, "section_id": row.id, "published_at": now - timedelta(days=99)}
            session.add(Story(**same))
    page = client.get("/news/").text
    shown = re.findall(r'<section aria-labelledby="section-([^"]+)"', page)
    assert shown == ["topic-12", *(f"topic-{number}" for number in range(11))]


class Listed:
    def __init__(self, number: int, image: bool) -> None:
        self.id, self.image = number, image


@given(
    st.lists(st.booleans(), max_size=12),
    st.dictionaries(st.integers(1, 5), st.integers(0, 20), max_size=5).filter(
        lambda places: len(set(places.values())) == len(places)
    ),
)
def test_no_story_stands_twice_and_hands_prevail(pictures: list[bool], places: dict[int, int]) -> None:
    newest = [Listed(number, image) for number, image in enumerate(pictures)]
    by_hand = {
        at: next((each for each in newest if each.id == number), Listed(number, False))
        for at, number in places.items()
    }
    found = arrange(by_hand, newest)
    ids = [each.id for each in found]
    assert len(ids) == len(set(ids)) == min(5, len({*places.values(), *range(len(newest))}))
    assert set(places.values()) <= set(ids)
    if len(found) == 5:
        assert all(ids[at - 1] == number for at, number in places.items())
