"""One member: matched or created, renamed, given addresses."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from station.core import clock, events, search
from station.core.actor import Actor
from station.core.addresses import visible
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.upsert import insert_missing
from station.members import queries
from station.members.models import Member, MemberEmail, MemberKind
from station.members.policies import clean_name, normalise_email, printed_name, same_name, spellings


class AddressTaken(Exception):
    """The address belongs to another member, whose id this carries."""

    def __init__(self, member_id: UUID) -> None:
        super().__init__("the address belongs to another member")
        self.member_id = member_id


def match_or_create(given_name: str, family_name: str, email: str, actor: Actor, language: str = "en") -> UUID:
    """The member with this address, or a new person. Joins the transaction; safe against a second one at once.

    A name on file is never overwritten: another name is recorded as an event, for staff to see. Nor is the language
    that we write to them in.
    """
    given, family = clean_name(given_name), clean_name(family_name)
    name = printed_name(given, family, visible(email).strip())[:200]
    with transaction():
        found = queries.member_id_of(email)
        if found is None:
            fresh = _add(MemberKind.PERSON, name, given, family, language)
            found = _give_address(fresh, email)
            if found == fresh:
                _created(found, name, actor)
                return found
        _note_name(found, name, actor)
        return found


def add_member(given_name: str, family_name: str, name: str, email: str, actor: Actor) -> UUID:
    """Somebody whom staff enter: an organisation by its `name`, else a person; known by their address, new without
    one. Joins the transaction."""
    if clean_name(name):
        return add_organisation(name, email, actor)
    if email.strip():
        return match_or_create(given_name, family_name, email, actor)
    given, family = clean_name(given_name), clean_name(family_name)
    printed = printed_name(given, family)[:200]
    with transaction():
        fresh = _add(MemberKind.PERSON, printed, given, family)
        _created(fresh, printed, actor)
        return fresh


def add_organisation(name: str, email: str, actor: Actor) -> UUID:
    """The organisation with this address, or a new one; always new without one. Joins the transaction."""
    clean = clean_name(name)
    with transaction():
        found = queries.member_id_of(email) if email.strip() else None
        if found is not None:
            return found
        fresh = _add(MemberKind.ORGANISATION, clean, "", "")
        found = _give_address(fresh, email) if email.strip() else fresh
        if found == fresh:
            _created(found, clean, actor)
        return found


def change_member(
    member_id: UUID,
    given_name: str,
    family_name: str,
    name: str,
    email: str,
    actor: Actor,
    language: str | None = None,
) -> None:
    """Write down what a member is called now, their primary address, and in which `language` we write to them.

    An organisation has a `name`, no parts.

    The address before stays one of the member's own, so that gifts given with it still find them; an empty `email`
    changes no address. Raises AddressTaken when another member has the new one.
    """
    with transaction() as session:
        row = session.get_one(Member, member_id, with_for_update=True)
        before = {"name": row.name, "email": _primary(member_id), "language": row.language}
        row.language = language or row.language
        row.given_name, row.family_name = clean_name(given_name), clean_name(family_name)
        called = clean_name(name)
        if row.kind is MemberKind.PERSON:
            called = printed_name(row.given_name, row.family_name, visible(email).strip())
        row.name = called[:200]
        if email.strip():
            _make_primary(member_id, visible(email).strip())
        session.flush()
        after = {"name": row.name, "email": _primary(member_id), "language": row.language}
        if before != after:
            index_member(member_id)
            events.record(
                "members.member.changed", actor, [Subject("member", member_id)], {"before": before, "after": after}
            )


def set_language(member_id: UUID, language: str, actor: Actor) -> bool:
    """Write to a member in another language from now on; nothing else of theirs is touched.

    False where that is the language already.
    """
    with transaction() as session:
        row = session.get_one(Member, member_id, with_for_update=True)
        if row.language == language:
            return False
        told = {"before": {"language": row.language}, "after": {"language": language}}
        row.language = language
        session.flush()
        events.record("members.member.changed", actor, [Subject("member", member_id)], told)
        return True


def _primary(member_id: UUID) -> str:
    return (
        db.session().scalar(
            sa.select(MemberEmail.address).where(MemberEmail.member_id == member_id, MemberEmail.is_primary)
        )
        or ""
    )


def _make_primary(member_id: UUID, email: str) -> None:
    session, known = db.session(), sa.select(MemberEmail).where(MemberEmail.normalised.in_(spellings(email)))
    if session.scalar(known.limit(1)) is None:
        insert_missing(
            MemberEmail,
            id=new_id(),
            member_id=member_id,
            address=email,
            normalised=normalise_email(email),
            is_primary=False,
            created_at=clock.now(),
        )
    found = session.scalars(known).all()
    if others := [each.member_id for each in found if each.member_id != member_id]:
        raise AddressTaken(others[0])
    for row in session.scalars(sa.select(MemberEmail).where(MemberEmail.member_id == member_id)):
        row.is_primary = row.id == found[0].id
        row.address = email if row.is_primary else row.address


def _add(kind: MemberKind, name: str, given: str, family: str, language: str = "en") -> UUID:
    session = db.session()
    row = Member(id=new_id(), kind=kind, name=name, given_name=given, family_name=family, language=language)
    row.created_at = clock.now()
    session.add(row)
    session.flush()
    return row.id


def _give_address(fresh: UUID, email: str) -> UUID:
    """Give a new member their address. Returns who has it: on PostgreSQL another transaction may be first."""
    inserted = insert_missing(
        MemberEmail,
        id=new_id(),
        member_id=fresh,
        address=visible(email).strip(),
        normalised=normalise_email(email),
        is_primary=True,
        created_at=clock.now(),
    )
    if inserted:
        return fresh
    session = db.session()
    session.delete(session.get_one(Member, fresh))
    session.flush()
    return session.scalars(
        sa.select(MemberEmail.member_id).where(MemberEmail.normalised == normalise_email(email))
    ).one()


def _created(member_id: UUID, name: str, actor: Actor) -> None:
    index_member(member_id)
    events.record("members.member.created", actor, [Subject("member", member_id)], {"name": name})


def _note_name(member_id: UUID, name: str, actor: Actor) -> None:
    on_file = db.session().get_one(Member, member_id).name
    if not same_name(on_file, name):
        events.record(
            "members.member.gave_another_name",
            actor,
            [Subject("member", member_id)],
            {"given": name, "on_file": on_file},
        )


def index_member(member_id: UUID) -> None:
    """Make a member findable by name and address, inside the current transaction."""
    view = queries.member(member_id)
    if view is not None:
        search.index(queries.PREFIX, view.id, view.name, " ".join(view.emails))
