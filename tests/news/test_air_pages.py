"""Schedule, playlist and player over HTTP: what they say, what they cost, when they change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask.testing import FlaskClient

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.news.cli import group
from station.news.playlists import Unreadable, rows_of, seconds_of
from station.news.services import keep_override, keep_program, keep_rule, take_playlist
from tests.conftest import BESIDE, House, needs

ZONE = "America/Los_Angeles"
NOON = time(12)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """SQL statements as they are sent."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)


def rule(house: House, title: str, starts: str, minutes: int, days: int = 127) -> Any:
    begin = time.fromisoformat(starts)
    return keep_rule(None, house.news.id, None, title, days, begin, minutes, date(2020, 1, 1), None, COMMAND)


def at(local: str) -> None:
    """Move the clock to a time of the station's clocks, ahead of now."""
    there = datetime.fromisoformat(local)
    from_here = clock.day_bounds(there.date(), ZONE)[0] + (there - datetime.combine(there.date(), time()))
    clock.move(from_here - clock.now())


def pieces(*starts: datetime) -> list[dict[str, Any]]:
    return [
        {
            "started_at": each.isoformat(),
            "composer": "Fanny Hensel",
            "title": f"Das Jahr: number {n}",
            "performers": "Ida Moreno, piano",
            "label": "Ocotillo",
            "catalog_number": f"10{n}",
            "duration": "5:00",
        }
        for n, each in enumerate(starts, start=1)
    ]


def test_the_schedule_of_a_day(house: House, client: FlaskClient) -> None:
    program = keep_program(None, house.news.id, "First Light", "", "", "", "", False, COMMAND)
    keep_rule(None, house.news.id, program, "", 127, time(5), 240, date(2020, 1, 1), None, COMMAND)
    rule(house, "Noon Report", "12:00", 60)
    at("2027-06-02T12:30")
    keep_override(
        None, house.news.id, None, "Hearing", date(2027, 6, 2), time(13), 60, "Live from Carson City", COMMAND
    )
    page = client.get("/news/schedule").text
    assert page.index("First Light") < page.index("Noon Report") < page.index("Hearing")
    assert 'href="/news/program/first-light"' in page
    assert page.count('<span class="on-tag">On now</span> Noon Report') == 1
    assert "Live from Carson City" in page
    assert "To be announced" in page
    at("2027-06-02T13:00")
    assert '<span class="on-tag">On now</span> Hearing' in client.get("/news/schedule").text, "at the minute"
    assert "On now" not in client.get("/news/schedule/2027-06-03").text
    assert "Hearing" not in client.get("/news/schedule/2027-06-03").text
    assert "Nothing is known of this day" in client.get("/classical/schedule").text


@pytest.mark.parametrize(
    "day", ["2027-6-2", "yesterday", "20270602", "9999-12-31", "0001-01-01", "2031-01-01", "2027-02-29"]
)
def test_days_that_have_no_page(house: House, client: FlaskClient, day: str) -> None:
    at("2027-06-02T12:30")
    assert client.get(f"/news/schedule/{day}").status_code == 404
    assert client.get(f"/classical/playlist/{day}").status_code == 404


def test_days_on_which_the_clocks_change(house: House, client: FlaskClient) -> None:
    rule(house, "Night Owls", "01:00", 90)
    at("2027-11-01T12:00")
    fall = client.get("/news/schedule/2027-11-07").text
    assert "25 hours" in fall
    assert fall.count("Night Owls") == 1
    at("2028-02-20T12:00")
    spring = client.get("/news/schedule/2028-03-12").text
    assert "23 hours" in spring
    assert '<time datetime="2028-03-12T10:00+00:00">3:00 AM</time>' in spring


def test_home_and_player_say_what_is_on(house: House, client: FlaskClient) -> None:
    rule(house, "Noon Report", "12:00", 60)
    rule(house, "Afternoon", "13:00", 120)
    at("2027-06-02T12:59")
    for path in ("/news/", "/news/listen"):
        page = client.get(path).text
        assert "Noon Report</b>" in page
        assert "until 1:00 PM" in page
        assert "Afternoon" in page
    player = client.get("/news/listen")
    assert '<audio controls preload="none" src="https://stream.example.org/n"' in player.text
    assert "<script" not in player.text
    assert "Set-Cookie" not in player.headers
    assert 'href="/news/listen"' in client.get("/give").text, "Listen live leads there from every page"
    at("2027-06-02T13:00")
    for path in ("/news/", "/news/listen"):
        assert "Afternoon</b>" in client.get(path).text, "the page ended with the programme"


def test_the_playlist(house: House, client: FlaskClient, statements: list[str]) -> None:
    station = house.classical.id
    assert "keeps no playlist" in client.get("/news/playlist").text
    assert "/classical/playlist" not in client.get("/classical/").text
    at("2027-06-02T12:30")
    now = clock.now()
    rows = pieces(
        now - timedelta(days=1), now - timedelta(minutes=8), now - timedelta(minutes=3), now + timedelta(minutes=4)
    )
    assert [each.outcome for each in take_playlist(rows, station, ZONE, COMMAND)] == ["added"] * 4
    assert "/classical/playlist" in client.get("/classical/").text
    page = client.get("/classical/playlist").text
    assert page.index("number 3") < page.index("number 2")
    assert "number 4" not in page, "what comes is not said before"
    assert page.count("Playing now") == 1
    assert "Ida Moreno, piano" in page
    assert "Ocotillo 103, 5:00" in page
    assert 'href="/classical/playlist/2027-06-01"' in page
    assert "number 1" in client.get("/classical/playlist/2027-06-01").text
    assert client.get("/classical/playlist/2027-05-31").status_code == 404
    for path in ("/classical/listen", "/classical/"):
        assert "number 3" in client.get(path).text
    at("2027-06-02T12:33")
    assert "Playing now" not in client.get("/classical/playlist").text
    at("2027-06-02T12:35")
    assert "number 4" in client.get("/classical/playlist").text
    assert "number 4" in client.get("/classical/").text
    rows[3]["title"] = "Das Jahr: May"
    rows[2]["title"] = "Das Jahr: June"
    assert [each.outcome for each in take_playlist(rows, station, ZONE, COMMAND)].count("updated") == 2
    assert "Das Jahr: May" in client.get("/classical/").text, "corrected while it is played"
    assert "Das Jahr: June" in client.get("/classical/playlist").text


def test_the_piece_that_is_played_over_midnight(house: House, client: FlaskClient) -> None:
    at("2027-06-02T23:58")
    rows = pieces(clock.now())
    take_playlist([{**rows[0], "duration": "9:00"}], house.classical.id, ZONE, COMMAND)
    at("2027-06-03T00:01")
    page = client.get("/classical/playlist").text
    assert "11:58 PM</time> the evening before" in page
    assert "Playing now" in page
    assert "number 1" in client.get("/classical/playlist/2027-06-02").text
    at("2027-06-03T00:08")
    assert "Playing now" not in client.get("/classical/playlist").text


@pytest.mark.parametrize(
    "path", ["/news/", "/news/schedule", "/news/listen", "/classical/playlist", "/classical/listen"]
)
def test_what_they_cost(house: House, client: FlaskClient, statements: list[str], path: str) -> None:
    rule(house, "Noon Report", "12:00", 60)
    now = clock.now()
    take_playlist(pieces(now - timedelta(minutes=2)), house.classical.id, ZONE, COMMAND)
    client.get("/classical/")  # what is the same on every page is known
    statements.clear()
    cold = client.get(path)
    assert len(statements) <= 6, chr(10).join(statements)
    statements.clear()
    warm = client.get(path)
    assert (warm.status_code, warm.data, statements) == (200, cold.data, [])
    assert client.get(path, headers={"If-None-Match": cold.headers["ETag"]}).status_code == 304
    assert "Set-Cookie" not in warm.headers


def test_a_file_of_a_playlist(house: House, tmp_path: Path) -> None:
    assert [seconds_of(each) for each in ("18:29", "1:02:03", 90, "", None)] == [1109, 3723, 90, None, None]
    for wrong in ("1:99", "-4", "x", 0, 90_000, [1], True):
        with pytest.raises(Unreadable):
            seconds_of(wrong)
    rows: list[Any] = pieces(datetime(2026, 5, 4, 19, tzinfo=UTC))
    rows += [
        {**rows[0], "started_at": "2026-03-08T12:00", "title": "By the station's clocks"},
        {**rows[0], "started_at": "noon"},
        {**rows[0], "title": ""},
        {**rows[0], "title": "x" * 301},
        {**rows[0], "composer": {"name": "Hensel"}},
        {**rows[0], "started_at": "9999-12-31T23:59:59"},
        {**rows[0], "title": "\x00 \ud800"},
        "a text",
        None,
    ]
    taken = take_playlist(rows, house.classical.id, ZONE, COMMAND, rehearse=True)
    assert [each.outcome for each in taken] == ["added"] * 2 + ["refused"] * 8
    assert taken[1].key == "at:2026-03-08T19:00:00+00:00", "PDT since that morning"
    for name, text in (("a.json", "{"), ("b.json", "3"), ("c.json", "[" * 200_000), ("d.json", '{"entries": 4}')):
        (tmp_path / name).write_text(text)
        with pytest.raises(Unreadable):
            rows_of(tmp_path / name)
    (tmp_path / "e.csv").write_text("started_at,composer,title\n2026-05-04T12:00,Hensel,June,too many\n")
    outcome = take_playlist(rows_of(tmp_path / "e.csv"), house.classical.id, ZONE, COMMAND)
    assert [each.outcome for each in outcome] == ["added"]
    (tmp_path / "f.json").write_text(
        json.dumps({"date": "2026-05-04", "entries": [{"time": "3:05 PM", "title": "A"}]})
    )
    assert take_playlist(rows_of(tmp_path / "f.json"), house.classical.id, ZONE, COMMAND)[0].key.endswith(
        "22:05:00+00:00"
    )


def test_the_command_takes_a_real_playlist(house: House, client: FlaskClient) -> None:
    """A day's part of another station's playlist, whose file is not ours to carry."""
    file = BESIDE / "cds" / "station" / "wqxr_playlist_2019-04-09_part.json"
    needs(file.exists(), "the playlist beside the repository")
    runner, command = CliRunner(), ["playlist", str(file), "--station", "classical"]
    expected = len(json.loads(file.read_text())["entries"])
    dry = json.loads(runner.invoke(group, [*command, "--dry-run"]).output)
    assert (len(dry["added"]), dry["refused"]) == (expected, [])
    assert len(json.loads(runner.invoke(group, command).output)["added"]) == expected
    assert len(json.loads(runner.invoke(group, command).output)["unchanged"]) == expected
    page = client.get("/classical/playlist/2019-04-09").text
    for words in (
        "Franz Liszt",
        "Stephen Hough, piano",
        "Andrew Litton, conductor",
        "Hyperion 67824, 18:29",
        "12:23 PM",
    ):
        assert words in page


def test_the_command_refuses_plainly(house: House, tmp_path: Path) -> None:
    runner = CliRunner()
    for args in (["playlist", "none.json"], ["playlist", "none.json", "--station", "nowhere"]):
        answer = runner.invoke(group, args)
        assert answer.exit_code in (1, 2)
        assert "Traceback" not in answer.output
    (tmp_path / "a.json").write_text('[{"title": "A", "started_at": "2026-05-04T12:00"}, {}, 7]')
    said = json.loads(runner.invoke(group, ["playlist", str(tmp_path / "a.json")]).output)
    assert said["added"] == ["at:2026-05-04T19:00:00+00:00"]
    assert [each["row"] for each in said["refused"]] == [2, 3]
