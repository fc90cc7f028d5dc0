"""Who turned our mail down: how many, what, where, and each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id, row_id
from station.mail.models import Consent, ConsentSource, Preference
from station.mail.policies.choices import topics as words
from station.mail.queries.consent import CHANGE, ConsentLine, desk_name, line_of, topics

PAGE = 50
SPANS = {"week": timedelta(days=7), "month": timedelta(days=30), "year": timedelta(days=365)}


@dataclass(frozen=True)
class TopicCounts:
    """How many addresses said no to a topic within the last week, month and year, and at how many it holds today."""

    code: str
    name: str
    spans: Mapping[str, int]
    standing: int


@dataclass(frozen=True)
class Unsubscribes:
    """The counts by topic, those of the last month by where it was said, and a page of the newest."""

    topics: list[TopicCounts]
    sources: Mapping[ConsentSource, int]
    lines: list[ConsentLine]
    before: str | None


def unsubscribes(before: str = "") -> Unsubscribes:
    """Everything about mail that was turned down; fifty lines from behind the cursor `before` on."""
    query = sa.select(Consent).where(Consent.given.is_(False)).order_by(Consent.id.desc()).limit(PAGE + 1)
    last = row_id(CHANGE, before)
    if last is not None:
        query = query.where(Consent.id < last)
    rows = db.session().scalars(query).all()
    cursor = public_id(CHANGE, rows[PAGE - 1].id) if len(rows) > PAGE else None
    return Unsubscribes(_topics(), _sources(), [line_of(row) for row in rows[:PAGE]], cursor)


def _topics() -> list[TopicCounts]:
    since = {name: _count(Consent, Consent.at > clock.now() - span) for name, span in SPANS.items()}
    standing = _count(Preference)
    known = [words.ALL, *(each.code for each in topics()), words.EXCHANGE]
    codes = dict.fromkeys([*known, *sorted({*standing, *since["year"]})])
    return [
        TopicCounts(
            code,
            desk_name(code),
            {name: counts.get(code, 0) for name, counts in since.items()},
            standing.get(code, 0),
        )
        for code in codes
    ]


def _count(table: type[Consent] | type[Preference], *where: sa.ColumnElement[bool]) -> dict[str, int]:
    """How many addresses have a no in a table, by topic."""
    query = sa.select(table.topic, sa.func.count(sa.distinct(table.address)))
    rows = db.session().execute(query.where(table.given.is_(False), *where).group_by(table.topic))
    return {row[0]: row[1] for row in rows}


def _sources() -> dict[ConsentSource, int]:
    query = sa.select(Consent.source, sa.func.count()).where(
        Consent.given.is_(False), Consent.at > clock.now() - SPANS["month"]
    )
    return {row[0]: row[1] for row in db.session().execute(query.group_by(Consent.source))}
