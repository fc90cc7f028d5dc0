"""Writes of underwriting. Each bumps the bulletin "credits", so that pages show it at once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from station.core import bulletin, clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.stale import key_of, stale
from station.core.words import day as as_day
from station.licensee.queries import station_by_id, the_licensee
from station.members.models import Member, MemberKind
from station.members.services import add_organisation
from station.underwriting.models import Credit, CreditState, Flight, Sponsor
from station.underwriting.policies import copy_problem, dates_problem, fingerprint, url_problem
from station.underwriting.slots import BULLETIN


class NotPossible(Exception):
    """Why something cannot be done, in a sentence for the person at the desk."""


def add_sponsor(organisation: str, email: str, credit_name: str, url: str, actor: Actor) -> UUID:
    """Make a sponsor of a new organisation, or of the one with this address. Raises NotPossible with the reason."""
    with transaction():
        member_id = add_organisation(organisation, email, actor)
        return make_sponsor(member_id, credit_name, url, actor)


def make_sponsor(member_id: UUID, credit_name: str, url: str, actor: Actor) -> UUID:
    """Make a sponsor of an organisation of `members`. Raises NotPossible for a person, or one that is a sponsor."""
    _refuse(url_problem(url))
    _refuse("" if credit_name.strip() else "Enter the name for the credits.")
    try:
        with transaction() as session:
            member = session.get_one(Member, member_id)
            if member.kind is not MemberKind.ORGANISATION:
                raise NotPossible(f"{member.name} is a person with this address; a sponsor is an organisation.")
            if session.scalar(sa.select(Sponsor.id).where(Sponsor.member_id == member_id)):
                raise NotPossible(f"{member.name} is a sponsor already.")
            row = Sponsor(
                id=new_id(), member_id=member_id, credit_name=credit_name.strip(), url=url, created_at=clock.now()
            )
            session.add(row)
            session.flush()
            events.record("underwriting.sponsor.added", actor, _about(row), {"name": row.credit_name})
            return row.id
    except IntegrityError as error:
        raise NotPossible("Somebody made it a sponsor a moment ago; search for it.") from error


def add_flight(sponsor_id: UUID, station_id: UUID, starts_on: date, ends_on: date, actor: Actor) -> UUID:
    """Book a flight: station-local days, both inclusive. Raises NotPossible for impossible days."""
    _refuse(dates_problem(starts_on, ends_on, clock.today(the_licensee().timezone)))
    with transaction() as session:
        session.get_one(Sponsor, sponsor_id)
        row = Flight(
            id=new_id(),
            sponsor_id=sponsor_id,
            station_id=station_id,
            starts_on=starts_on,
            ends_on=ends_on,
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
        _tell("underwriting.flight.booked", actor, row, starts=as_day(starts_on), ends=as_day(ends_on))
        return row.id


def write_credit(flight_id: UUID, copy: str, actor: Actor) -> UUID:
    """Write the draft of a flight's next credit, over an earlier draft. What runs goes on until an approval."""
    _refuse(copy_problem(copy))
    with transaction() as session:
        flight = session.get_one(Flight, flight_id, with_for_update=True)
        drafts = sa.select(Credit).where(Credit.flight_id == flight_id, Credit.state == CreditState.DRAFT)
        row = session.scalar(drafts)
        if row is None:
            row = Credit(id=new_id(), flight_id=flight_id, state=CreditState.DRAFT, created_at=clock.now())
            session.add(row)
        row.copy = copy.strip()
        session.flush()
        _tell("underwriting.credit.written", actor, flight, copy=row.copy)
        return row.id


def approve_credit(credit_id: UUID, read: str, actor: Actor) -> None:
    """Approve the words that were read (`read` is their fingerprint); from now on they run while the flight does.

    Raises NotPossible when the words have changed since they were read. A credit approved twice is approved once.
    """
    with transaction() as session:
        flight = session.get_one(Flight, session.get_one(Credit, credit_id).flight_id, with_for_update=True)
        row = session.get_one(Credit, credit_id, populate_existing=True)
        if row.state is CreditState.APPROVED:
            return
        if fingerprint(row.copy) != read:
            raise NotPossible("The words have changed since you read them. Read them again, then approve.")
        row.state, row.approved_by, row.approved_at = CreditState.APPROVED, actor.id, clock.now()
        _tell("underwriting.credit.approved", actor, flight, copy=row.copy)


def stop_flight(flight_id: UUID, actor: Actor) -> None:
    """Take a flight out of the slot now, for good. Stopped twice is stopped once."""
    with transaction() as session:
        row = session.get_one(Flight, flight_id, with_for_update=True)
        if row.stopped_at is None:
            row.stopped_at = clock.now()
            _tell("underwriting.flight.stopped", actor, row)


def _tell(name: str, actor: Actor, flight: Flight, **data: str) -> None:
    sponsor = db.session().get_one(Sponsor, flight.sponsor_id)
    bulletin.bump(BULLETIN)
    station = station_by_id(flight.station_id)
    stale(key_of("slot", station.slug))
    events.record(
        name,
        actor,
        [*_about(sponsor), Subject("flight", flight.id)],
        {"sponsor": sponsor.credit_name, "station": station.call_sign, **data},
    )


def _about(sponsor: Sponsor) -> list[Subject]:
    return [Subject("sponsor", sponsor.id), Subject("member", sponsor.member_id)]


def _refuse(problem: str) -> None:
    if problem:
        raise NotPossible(problem)
