"""Who is on the list of a mailing, some at a time: from a list of the house, or from one that somebody pasted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from station.core.addresses import normalise_email
from station.core.db import db
from station.core.ids import row_id
from station.mail.models import Mailing, MailingEntries
from station.mail.places import MAILING_LISTS, MailingList
from station.mail.policies.mailings import language_of
from station.members import queries as members
from station.members.queries import MemberView

PASTED = "pasted"
BATCH = 500


@dataclass(frozen=True)
class Listed:
    """Somebody on a list. `line` is what a pasted list says; a member is none where nobody has that id or address."""

    member: MemberView | None
    line: str = ""

    @property
    def email(self) -> str:
        """The address on the list, or else the member's own."""
        if "@" in self.line:
            return self.line
        return self.member.email if self.member else ""


@dataclass(frozen=True)
class Part:
    """Some of a list, and the cursor of the part after; none at its end."""

    people: list[Listed]
    after: str | None


def list_of(code: str) -> MailingList | None:
    """The ready-made list of a code."""
    return next((each for each in MAILING_LISTS if each.code == code), None)


def part_of(mailing: Mailing, cursor: str, limit: int = BATCH) -> Part:
    """The part of a mailing's list behind a cursor; the first one has none (an empty text)."""
    if mailing.list_code == PASTED:
        return _pasted(mailing.id, int(cursor or 0), limit)
    found = list_of(mailing.list_code)
    if found is None:
        return Part([], None)
    ids = found.members(mailing.list_choice, UUID(cursor) if cursor else None, limit)
    known = members.members_by_id(ids)
    return Part([Listed(known.get(each)) for each in ids], str(ids[-1]) if len(ids) == limit else None)


def size_of(mailing: Mailing) -> int:
    """How many are on the list now."""
    if mailing.list_code == PASTED:
        return len(_entries(mailing.id))
    found = list_of(mailing.list_code)
    return found.count(mailing.list_choice) if found else 0


def pasted_text(mailing_id: UUID) -> str:
    """A pasted list as the form shows it."""
    return "\n".join(_entries(mailing_id))


def languages_of(mailing: Mailing, written: Collection[str]) -> frozenset[str]:
    """The languages that people on the list are written to in, as far as it matters for what is `written`.

    The list is only gone through where somebody in the house reads a language without words, and until one is found.
    """
    if mailing.language_rule != "theirs":
        return frozenset({mailing.language_rule.value})
    spoken = {language_of("theirs", each) for each in members.languages()}
    if spoken <= set(written):
        return frozenset(spoken)
    seen = set[str]()
    for part in parts(mailing):
        seen |= {language_of("theirs", each.member.language if each.member else "en") for each in part.people}
        if spoken <= seen:
            break
    return frozenset(seen)


def parts(mailing: Mailing) -> Iterator[Part]:
    """The whole list, part by part."""
    cursor: str | None = ""
    while cursor is not None:
        part = part_of(mailing, cursor)
        yield part
        cursor = part.after


def _pasted(mailing_id: UUID, start: int, limit: int) -> Part:
    listed = _entries(mailing_id)
    some, end = listed[start : start + limit], start + limit
    by_id = members.members_by_id([found for each in some if (found := row_id(members.PREFIX, each))])
    by_address = members.members_by_address([each for each in some if "@" in each])
    people = [
        Listed(by_address.get(normalise_email(line)), line)
        if "@" in line
        else Listed(by_id.get(found) if (found := row_id(members.PREFIX, line)) else None, line)
        for line in some
    ]
    return Part(people, str(end) if end < len(listed) else None)


def _entries(mailing_id: UUID) -> list[str]:
    row = db.session().get(MailingEntries, mailing_id)
    return list(row.entries) if row else []
