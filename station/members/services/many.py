"""Many people at once, from another system: matched or created in bulk, without an event for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock, search
from station.core.addresses import visible
from station.core.db import db
from station.core.ids import new_id
from station.members import queries
from station.members.models import Member, MemberEmail, MemberKind
from station.members.policies import clean_name, normalise_email, printed_name, spellings


@dataclass(frozen=True)
class Incoming:
    """Somebody from another system: known there by `external_id`, here by their address. One of the two is given."""

    external_id: str
    given_name: str
    family_name: str
    organization: str
    email: str


@dataclass(frozen=True)
class ManyMatched:
    """The members of many people, in order, and how many of them are new."""

    ids: list[UUID]
    created: int


def match_or_create_many(people: Sequence[Incoming]) -> ManyMatched:
    """The member of each: by the other system's id, else by the address, else a new one. Inside a transaction.

    Two of the other system's people may share an address: the first one has it here, the other is a member without.
    A name on file is never overwritten.
    """
    found = _Many(people)
    ids = [found.member_of(each) for each in people]
    found.write()
    return ManyMatched(ids, len(found.members))


class _Many:
    """What is known of a chunk of people, and what must be written for it."""

    def __init__(self, people: Sequence[Incoming]) -> None:
        session = db.session()
        outside = {each.external_id for each in people if each.external_id}
        inside = {same for each in people if each.email for same in spellings(each.email)}
        ids = sa.select(Member.external_id, Member.id).where(Member.external_id.in_(outside))
        self.by_id: dict[str, UUID] = {key: member_id for key, member_id in session.execute(ids) if key}
        addresses = sa.select(MemberEmail.normalised, MemberEmail.member_id, Member.external_id)
        addresses = addresses.join(Member).where(MemberEmail.normalised.in_(inside))
        self.by_email: dict[str, tuple[UUID, str | None]] = {
            normalise_email(row.normalised): (row.member_id, row.external_id) for row in session.execute(addresses)
        }
        self.members: list[dict[str, Any]] = []
        self.emails: list[dict[str, Any]] = []
        self.claimed: list[tuple[UUID, str]] = []

    def member_of(self, person: Incoming) -> UUID:
        if person.external_id in self.by_id:
            return self.by_id[person.external_id]
        address = normalise_email(person.email) if person.email else ""
        known, theirs = self.by_email.get(address, (None, None))
        if known is not None and (not person.external_id or theirs in (None, person.external_id)):
            self._claim(known, person.external_id, address)
            return known
        return self._add(person, address if known is None else "")

    def _claim(self, member_id: UUID, external_id: str, address: str) -> None:
        """A member of ours turns out to be somebody of the other system."""
        if external_id:
            self.by_id[external_id] = member_id
            self.by_email[address] = (member_id, external_id)
            self.claimed.append((member_id, external_id))

    def _add(self, person: Incoming, address: str) -> UUID:
        member_id, now = new_id(), clock.now()
        given, family = clean_name(person.given_name), clean_name(person.family_name)
        organization = clean_name(person.organization)
        name = organization or printed_name(given, family, visible(person.email).strip())
        self.members.append(
            {
                "id": member_id,
                "kind": MemberKind.ORGANISATION if organization else MemberKind.PERSON,
                "name": name[:200],
                "given_name": "" if organization else given,
                "family_name": "" if organization else family,
                "external_id": person.external_id or None,
                "created_at": now,
            }
        )
        if person.external_id:
            self.by_id[person.external_id] = member_id
        if address:
            self.by_email[address] = (member_id, person.external_id or None)
            said = {"address": visible(person.email).strip(), "normalised": address, "is_primary": True}
            self.emails.append({"id": new_id(), "member_id": member_id, **said, "created_at": now})
        return member_id

    def write(self) -> None:
        session = db.session()
        if self.members:
            session.execute(sa.insert(Member), self.members)
        if self.emails:
            session.execute(sa.insert(MemberEmail), self.emails)
        for member_id, external_id in self.claimed:
            theirs = sa.update(Member).where(Member.id == member_id).values(external_id=external_id)
            session.execute(theirs.execution_options(synchronize_session=False))
        words = {row["member_id"]: str(row["address"]) for row in self.emails}
        search.add_many(
            queries.PREFIX, [(row["id"], str(row["name"]), words.get(row["id"], "")) for row in self.members]
        )
