"""Rows of sponsors, their flights and their credits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from station.core.actor import Actor
from station.core.events import Subject
from station.core.words import day
from station.demo.generator.calendar import Calendar
from station.demo.generator.rows import Rows
from station.demo.house import SPONSORS, Booking
from station.licensee.queries import StationView
from station.members import queries as members
from station.members.models import Member, MemberEmail, MemberKind
from station.underwriting.models import Credit, CreditState, Flight, Sponsor

BOOKED_BEFORE = timedelta(days=14)


def traffic(rows: Rows, calendar: Calendar, stations: Sequence[StationView], seller: Actor) -> None:
    """All sponsors with their flights; credits approved by `seller`, or waiting for approval."""
    for booking in SPONSORS:
        station = next(s for s in stations if s.slug == booking.station)
        _book(rows, calendar, booking, station, seller)


def _book(rows: Rows, calendar: Calendar, booking: Booking, station: StationView, seller: Actor) -> None:
    first, last = (calendar.today + timedelta(days=days) for days in (booking.first, booking.last))
    at = calendar.at(min(first, calendar.today) - BOOKED_BEFORE, time(11, 20))
    member_id = _organisation(rows, booking, at)
    sponsor_id = rows.add(
        Sponsor,
        at,
        member_id=member_id,
        credit_name=booking.credit_name,
        url=f"https://{booking.host}.example.org/",
        created_at=at,
    )
    flight_id = rows.add(
        Flight,
        at,
        sponsor_id=sponsor_id,
        station_id=station.id,
        starts_on=first,
        ends_on=last,
        stopped_at=None,
        created_at=at,
    )
    approved_at = at + timedelta(days=2) if booking.approved else None
    rows.add(
        Credit,
        at,
        flight_id=flight_id,
        copy=booking.copy,
        created_at=at,
        state=CreditState.APPROVED if approved_at else CreditState.DRAFT,
        approved_by=seller.id if approved_at else None,
        approved_at=approved_at,
    )
    about = [Subject("sponsor", sponsor_id), Subject("member", member_id), Subject("flight", flight_id)]
    _told(rows, booking, station, seller, about, at, approved_at, (first, last))


def _organisation(rows: Rows, booking: Booking, at: datetime) -> UUID:
    """The sponsor as an organisation of members."""
    kind, email = MemberKind.ORGANISATION, f"accounts@{booking.host}.example.org"
    member_id = rows.add(
        Member, at, kind=kind, name=booking.organisation, given_name="", family_name="", created_at=at
    )
    rows.add(MemberEmail, at, member_id=member_id, address=email, normalised=email, is_primary=True, created_at=at)
    rows.index(members.PREFIX, member_id, booking.organisation, email)
    return member_id


def _told(
    rows: Rows,
    booking: Booking,
    station: StationView,
    seller: Actor,
    about: list[Subject],
    at: datetime,
    approved_at: datetime | None,
    days: tuple[date, date],
) -> None:
    """The events of a booking, as the services would have recorded them."""
    named = {"sponsor": booking.credit_name, "station": station.call_sign}
    words = {**named, "copy": booking.copy}
    rows.tell("members.member.created", at, seller, about[1:2], {"name": booking.organisation})
    rows.tell("underwriting.sponsor.added", at, seller, about[:2], {"name": booking.credit_name})
    span = {"starts": day(days[0]), "ends": day(days[1])}
    rows.tell("underwriting.flight.booked", at, seller, about, {**named, **span})
    rows.tell("underwriting.credit.written", at, seller, about, words)
    if approved_at:
        rows.tell("underwriting.credit.approved", approved_at, seller, about, words)
