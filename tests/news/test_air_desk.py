"""Schedule, programs and playlist at the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core import clock
from station.core.db import db
from station.core.events import Event
from station.core.words import weekdays
from station.news.models import PlaylistEntry, Program, ScheduleOverride, ScheduleRule
from tests.browsing import send
from tests.conftest import House

RULE = {"title": "Noon Report", "program": "", "starts": "12:00", "minutes": "60", "from_on": "2020-01-01"}
PIECE = {"day": "2026-05-04", "starts": "12:05:30", "composer": "Fanny Hensel", "title": "June", "seconds": "4:58"}


@pytest.fixture
def editor(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news")


def first(browser: FlaskClient, page: str, pattern: str) -> str:
    found = re.search(rf'href="({pattern}[^"]+)"', browser.get(page).text)
    assert found is not None
    return found[1]


def test_rules_from_first_to_last(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    assert "has no schedule yet" in editor.get("/desk/schedule").text
    assert (
        send(editor, "/desk/schedule/rules/new?station=news", {**RULE, "weekdays": ["1", "2", "64"]}).status_code
        == 303
    )
    row = db.session.scalars(sa.select(ScheduleRule)).one()
    assert (row.weekdays, row.starts, row.until_on) == (67, time(12), None)
    page = first(editor, "/desk/schedule", "/desk/schedule/rules/rule_")
    assert editor.get(page).text.count(" checked") == 3
    today = clock.today(house.licensee.timezone)
    every = [str(1 << n) for n in range(7)]
    assert send(editor, page, {**RULE, "weekdays": every, "minutes": "90"}).status_code == 303
    assert "Noon Report" in client.get("/news/schedule").text
    assert send(editor, page, {"last_day": (today - timedelta(1)).isoformat()}, f"{page}/end").status_code == 303
    assert "Noon Report" not in client.get("/news/schedule").text
    assert "Ended" in editor.get("/desk/schedule").text
    assert send(editor, page, {"last_day": "soon"}, f"{page}/end").status_code == 303
    assert "say which day" in editor.get("/desk/schedule").text
    assert send(editor, page, {"last_day": "2019-12-31"}, f"{page}/end").status_code == 303
    assert db.session.scalars(sa.select(ScheduleRule)).all() == [], "what never was on is gone"
    assert editor.get(page).status_code == 404
    told = db.session.scalars(sa.select(Event.name).where(Event.name.startswith("news.schedule"))).all()
    assert sorted(set(told)) == ["news.schedule.ended", "news.schedule.kept"]


def test_what_does_not_fit_stands_on_top(house: House, editor: FlaskClient) -> None:
    every = [str(1 << n) for n in range(7)]
    for title, starts, minutes in (("Night", "12:00", "780"), ("Talk", "00:30", "690")):
        data = {**RULE, "title": title, "starts": starts, "minutes": minutes, "weekdays": every}
        assert send(editor, "/desk/schedule/rules/new", data).status_code == 303
    page = editor.get("/desk/schedule").text
    assert "Two at a time" in page
    assert "“Night” and “Talk”" in page
    assert "Shorten, move or end one of the two." in page
    assert "12:30 AM to 1:00 AM, and 27 more times" in page
    assert "Nothing on" not in page, "the hole before the first night is no hole of these days"
    assert page.index("Two at a time") < page.index("<table")
    assert "has no schedule yet" in editor.get("/desk/schedule?station=classical").text
    assert editor.get("/desk/schedule?station=nowhere").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Choose a program or enter a title."),
        ({"weekdays": []}, "Choose at least one day."),
        ({"weekdays": ["3"]}, "not a valid choice"),
        ({"starts": "25:00"}, "Not a valid time"),
        ({"starts": ""}, "Say when it begins."),
        ({"minutes": "0"}, "From 1 to 1440"),
        ({"minutes": "1441"}, "From 1 to 1440"),
        ({"until_on": "2019-01-01"}, "The last day comes before the first."),
        ({"until_on": "never"}, "Not a valid date"),
        ({"program": "program_none"}, "Not a valid choice"),
        ({"title": "x" * 121}, "longer than 120"),
    ],
)
def test_a_wrong_rule_keeps_what_was_typed(house: House, editor: FlaskClient, wrong: Any, said: str) -> None:
    data = {**RULE, "weekdays": ["1", "4"], **wrong}
    answer = send(editor, "/desk/schedule/rules/new", data)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{data["from_on"]}"' in answer.text
    assert f'value="{data["title"]}"' in answer.text
    assert db.session.scalars(sa.select(ScheduleRule)).all() == []


def test_one_day_is_different(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    today = clock.today(house.licensee.timezone)
    data = {**RULE, "title": "Hearing", "on_date": today.isoformat(), "note": "From Carson City"}
    assert send(editor, "/desk/schedule/changes/new?station=news", {**data, "on_date": ""}).status_code == 422
    assert send(editor, "/desk/schedule/changes/new?station=news", data).status_code == 303
    assert "From Carson City" in client.get("/news/schedule").text
    page = first(editor, "/desk/schedule", "/desk/schedule/changes/change_")
    assert send(editor, page, {**data, "title": "A long hearing"}).status_code == 303
    assert "A long hearing" in client.get("/news/schedule").text
    assert send(editor, page, {}, f"{page}/remove").status_code == 303
    assert db.session.scalars(sa.select(ScheduleOverride)).all() == []
    assert "A long hearing" not in client.get("/news/schedule").text


def test_programs(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    assert "has no program yet" in editor.get("/desk/programs").text
    site = "https://light.example.org/"
    data = {"name": "First Light", "hosts": "Ada Quist", "about": "Mornings.", "url": site, "category": ""}
    assert send(editor, "/desk/programs/new?station=news", {**data, "url": "light"}).status_code == 422
    assert send(editor, "/desk/programs/new?station=news", {**data, "podcast": "y"}).status_code == 303
    assert send(editor, "/desk/programs/new?station=news", data).status_code == 303
    assert sorted(db.session.scalars(sa.select(Program.slug))) == ["first-light", "first-light-2"]
    page = first(editor, "/desk/programs", "/desk/programs/program_")
    chosen = page.rpartition("/")[2]
    rule = {**RULE, "title": "", "program": chosen, "weekdays": [str(1 << n) for n in range(7)]}
    assert send(editor, "/desk/schedule/rules/new", rule).status_code == 303
    assert send(editor, page, {**data, "name": "Second Light"}).status_code == 303
    assert "Second Light" in client.get("/news/schedule").text, "the schedule follows the program's name"
    assert editor.get("/desk/programs/program_none").status_code == 404


def test_the_playlist_of_a_day(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    day = "/desk/playlist?station=classical&day=2026-05-04"
    assert "Nothing was played on that day" in editor.get(day).text
    assert send(editor, "/desk/playlist/new", PIECE).status_code == 303
    row = db.session.scalars(sa.select(PlaylistEntry)).one()
    assert (row.seconds, row.station_id, row.started_at.isoformat()) == (
        298,
        house.classical.id,
        "2026-05-04T19:05:30+00:00",
    )
    key = row.source_key
    page = first(editor, day, "/desk/playlist/entry_")
    assert 'value="4:58"' in editor.get(page).text
    assert send(editor, page, {**PIECE, "title": "Das Jahr: June"}).status_code == 303
    assert "Das Jahr: June" in client.get("/classical/playlist/2026-05-04").text
    assert db.session.scalars(sa.select(PlaylistEntry.source_key)).one() == key
    assert send(editor, page, {}, f"{page}/remove").status_code == 303
    assert client.get("/classical/playlist/2026-05-04").status_code == 404
    assert "Playlist" in editor.get("/desk/playlist?day=0001-01-01").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Enter the title."),
        ({"seconds": "4:99"}, "is no length"),
        ({"day": "9999-12-31"}, "is no time"),
        ({"starts": "noon"}, "Not a valid time"),
        ({"composer": "x" * 201}, "longer than 200"),
    ],
)
def test_a_wrong_piece_keeps_what_was_typed(house: House, editor: FlaskClient, wrong: Any, said: str) -> None:
    answer = send(editor, "/desk/playlist/new", {**PIECE, "label": "Ocotillo", **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Ocotillo"' in answer.text


def test_only_the_newsroom_writes(house: House, desk: Callable[..., FlaskClient]) -> None:
    browser = desk("underwriting")
    for path in ("/desk/schedule", "/desk/programs", "/desk/playlist"):
        assert browser.get(path).status_code == 403


def test_days_of_the_week_in_words() -> None:
    assert [weekdays(n) for n in (127, 31, 96, 1, 0b0100101)] == [
        "Every day",
        "Monday to Friday",
        "Saturday, Sunday",
        "Monday",
        "Monday, Wednesday, Saturday",
    ]
    assert date(2026, 5, 4).weekday() == 0
