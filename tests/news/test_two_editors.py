"""Two editors with the same program, rule, change of a day, piece or picture open: who comes second is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core.actor import COMMAND
from station.core.db import db
from station.core.events import Event
from station.core.ids import public_id
from station.news.models import Media, PlaylistEntry, Program, ScheduleOverride, ScheduleRule
from station.news.playlists import PieceDraft
from station.news.policies.seen import ChangedSince, mark, same_as_seen
from station.news.services import keep_override, keep_piece, keep_program, keep_rule
from station.news.services.media import Words, describe, receive
from tests.browsing import seen_on, send
from tests.conftest import House
from tests.news import sent_files

TIMES = {"starts": "12:00", "minutes": "60", "program": ""}
PICTURE = {
    "credit": "Rosa Delgado",
    "alt": "A road.",
    "focal_x": "50",
    "focal_y": "50",
    "rights": "",
    "not_after": "",
}


def program(house: House) -> Any:
    return keep_program(None, house.news.id, "First Light", "", "", "", "", False, COMMAND)


def rule(house: House) -> Any:
    return keep_rule(None, house.news.id, None, "Noon", 1, time(12), 60, date(2020, 1, 1), None, COMMAND)


def change(house: House) -> Any:
    return keep_override(None, house.news.id, None, "Hearing", date(2027, 6, 2), time(13), 60, "", COMMAND)


def piece(house: House) -> Any:
    at = datetime(2026, 5, 4, 19, 5, 30, tzinfo=UTC)
    draft = PieceDraft(at, "Fanny Hensel", "June", "", "", "", "", "", 298, "")
    return keep_piece(None, house.classical.id, draft, COMMAND)


def picture(_house: House) -> Any:
    media_id = receive("noon.jpg", io.BytesIO(sent_files.picture()), COMMAND).media_id
    describe(media_id, Words("", "Rosa Delgado", "A road."), COMMAND)
    return media_id


@dataclass(frozen=True)
class Kind:
    """A kind of row: its page, and a field of it that is changed."""

    make: Callable[[House], Any]
    page: str
    prefix: str
    column: Any
    said: str
    event: str
    fields: dict[str, Any] = field(default_factory=dict)


KINDS = {
    "program": Kind(program, "programs", "program", Program.name, "name", "news.program.kept", {"category": ""}),
    "rule": Kind(rule, "schedule/rules", "rule", ScheduleRule.title, "title", "news.schedule.kept",
                 {**TIMES, "weekdays": ["1"], "from_on": "2020-01-01"}),
    "change": Kind(change, "schedule/changes", "change", ScheduleOverride.title, "title", "news.schedule.changed",
                   {**TIMES, "on_date": "2027-06-02"}),
    "piece": Kind(piece, "playlist", "entry", PlaylistEntry.title, "title", "news.playlist.corrected",
                  {"day": "2026-05-04", "starts": "12:05:30"}),
    "picture": Kind(picture, "media", "media", Media.caption, "caption", "news.media.described", PICTURE),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_second_is_told_and_loses_nothing(house: House, desk: Callable[..., FlaskClient], kind: Kind) -> None:
    one, other = desk("news"), desk("news", "underwriting")
    page = f"/desk/{kind.page}/{public_id(kind.prefix, kind.make(house))}"
    opened = seen_on(other, page)
    assert opened
    assert send(one, page, {**kind.fields, kind.said: "The first"}).status_code == 303
    told = len(db.session.scalars(sa.select(Event).where(Event.name == kind.event)).all())
    late = send(other, page, {**kind.fields, kind.said: "The second", "seen": opened})
    assert late.status_code == 409
    assert "Somebody else changed this since you opened it" in late.text
    assert "The second" in late.text, "what was typed stays"
    assert f'<a href="{page}" target="_blank">What they wrote' in late.text
    assert 'role="alert"' in late.text
    db.session.rollback()
    assert db.session.scalars(sa.select(kind.column)).one() == "The first"
    assert len(db.session.scalars(sa.select(Event).where(Event.name == kind.event)).all()) == told
    now = seen_on(other, page)
    assert f'value="{now}"' in late.text
    assert send(other, page, {**kind.fields, kind.said: "The second", "seen": now}).status_code == 303
    db.session.rollback()
    assert db.session.scalars(sa.select(kind.column)).one() == "The second"
    for nonsense in ("", "x" * 5000, "é"):
        assert send(one, page, {**kind.fields, kind.said: "Blind", "seen": nonsense}).status_code == 409


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_cannot_be_kept_at_all_is_said_first(house: House, desk: Callable[..., FlaskClient], kind: Kind) -> None:
    browser = desk("news")
    page = f"/desk/{kind.page}/{public_id(kind.prefix, kind.make(house))}"
    answer = send(browser, page, {**kind.fields, kind.said: "x" * 1001, "seen": "nothing"})
    assert answer.status_code == 422
    assert 'name="seen"' in answer.text


def test_a_worker_that_makes_a_picture_is_no_editor(
    house: House, desk: Callable[..., FlaskClient], outbox: Callable[[], int]
) -> None:
    browser = desk("news")
    page = f"/desk/media/{public_id('media', picture(house))}"
    opened = seen_on(browser, page)
    outbox()
    assert send(browser, page, {**PICTURE, "caption": "Noon", "seen": opened}).status_code == 303


def test_marks_on_plain_values() -> None:
    @dataclass
    class Row:
        name: str
        on: bool = True

    names = ("name", "on")
    marks = {mark(each, names) for each in (Row("a"), Row("b"), Row("a", False), Row("a\non=True"), Row("'a'"))}
    assert len(marks) == 5
    assert mark(Row("a"), names) == mark(Row("a"), names)
    same_as_seen(Row("a"), names, mark(Row("a"), names))
    same_as_seen(Row("a"), names, None)
    for seen in ("", mark(Row("b"), names)):
        with pytest.raises(ChangedSince) as found:
            same_as_seen(Row("a"), names, seen)
        assert found.value.now == mark(Row("a"), names)
