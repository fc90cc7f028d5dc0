"""Reads of mailings: one as pages show it, the list of all, and what the checks say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id, row_id
from station.core.runtime import settings
from station.mail.models import (
    LanguageRule,
    Mailing,
    MailingRecipient,
    MailingState,
    MailingVersion,
    RecipientState,
    Stream,
)
from station.mail.policies.mailings import Facts, Problem, Words, problems, read
from station.mail.queries.consent import desk_name, topic
from station.mail.queries.mailings.letters import examined, sender
from station.mail.queries.mailings.lists import PASTED, languages_of, list_of, size_of
from station.mail.queries.stops import stop_of

MAILING = "mailing"
PAGE = 50


@dataclass(frozen=True)
class MailingView:
    """A mailing as pages show it. `list_name` says who is on its list, `tested` that its words were, as they are."""

    id: UUID
    public_id: str
    name: str
    topic: str
    topic_name: str
    language_rule: LanguageRule
    list_code: str
    list_choice: str
    list_name: str
    state: MailingState
    version: int
    words: Mapping[str, Words]
    tested: bool
    listed: int
    created_at: datetime
    created_by: str
    frozen_at: datetime | None
    begun_at: datetime | None
    begun_by: str
    ended_at: datetime | None
    note: str


@dataclass(frozen=True)
class MailingPage:
    """Some mailings, newest first, and the cursor of the page after."""

    mailings: list[MailingView]
    before: str | None


def mailing(text: str) -> MailingView | None:
    """The mailing behind mailing_…; None for anything else."""
    found = row_id(MAILING, text)
    row = db.session().get(Mailing, found) if found else None
    return view_of(row) if row else None


def mailings(before: str = "") -> MailingPage:
    """Mailings, newest first, fifty from behind a cursor on."""
    query = sa.select(Mailing).order_by(Mailing.id.desc()).limit(PAGE + 1)
    last = row_id(MAILING, before)
    rows = db.session().scalars(query.where(Mailing.id < last) if last else query).all()
    more = public_id(MAILING, rows[PAGE - 1].id) if len(rows) > PAGE else None
    return MailingPage([view_of(row) for row in rows[:PAGE]], more)


def words_of(row: Mailing) -> dict[str, Words]:
    """What a mailing says today, by language."""
    found = db.session().get(MailingVersion, (row.id, row.version))
    return read(found.words) if found else {}


def writer_of(mailing_id: UUID) -> str:
    """Who saved the words of a mailing last."""
    last = sa.select(MailingVersion.written_by).where(MailingVersion.mailing_id == mailing_id)
    return db.session().scalar(last.order_by(MailingVersion.number.desc()).limit(1)) or ""


def problems_of(mailing_id: UUID) -> list[Problem]:
    """Everything that keeps a mailing from being sent, as it and the house are now."""
    row = db.session().get_one(Mailing, mailing_id)
    words, stop = words_of(row), stop_of(Stream.APPEALS)
    needed, people = _frozen(row) if row.state is MailingState.FROZEN else (languages_of(row, words), size_of(row))
    facts = Facts(
        words=words,
        needed=needed,
        letters={language: examined(each, row.topic, language, sender()) for language, each in words.items()},
        people=people,
        topic_known=topic(row.topic) is not None,
        tested=row.tested_version == row.version,
        sender=sender(),
        stopped=stop.reason if stop else "",
        secure=settings().base_url.startswith("https://"),
    )
    return problems(facts)


def _frozen(row: Mailing) -> tuple[frozenset[str], int]:
    """The languages of those who get a frozen mailing, and how many they are."""
    getting = (MailingRecipient.mailing_id == row.id, MailingRecipient.state == RecipientState.WAITING)
    counted = (
        sa.select(MailingRecipient.language, sa.func.count()).where(*getting).group_by(MailingRecipient.language)
    )
    found = {row[0]: row[1] for row in db.session().execute(counted)}
    return frozenset(found), sum(found.values())


def people_on(mailing_id: UUID) -> int:
    """How many are on the list of a mailing now, before anybody is left out."""
    return size_of(db.session().get_one(Mailing, mailing_id))


def list_name(code: str, choice: str) -> str:
    """What a list is called, with the choice that narrows it."""
    if code == PASTED:
        return "A pasted list"
    found = list_of(code)
    label = next((each.label for each in found.choices() if each.value == choice), choice) if found else ""
    return f"{found.title}{f': {label}' if label else ''}" if found else "A list that is no longer there"


def view_of(row: Mailing) -> MailingView:
    """A mailing as pages show it."""
    return MailingView(
        row.id,
        public_id(MAILING, row.id),
        row.name,
        row.topic,
        desk_name(row.topic),
        row.language_rule,
        row.list_code,
        row.list_choice,
        list_name(row.list_code, row.list_choice),
        row.state,
        row.version,
        words_of(row),
        row.tested_version == row.version,
        row.listed,
        row.created_at,
        row.created_by,
        row.frozen_at,
        row.begun_at,
        row.begun_by,
        row.ended_at,
        row.note,
    )
