"""Reads of underwriting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import public_id
from station.licensee.queries import StationView, station_by_id, the_licensee
from station.members.models import Member, MemberKind
from station.underwriting.models import Credit, CreditState, Flight, Sponsor
from station.underwriting.policies import FlightState, flight_state

PAGE = 100


@dataclass(frozen=True)
class CreditView:
    """A credit's words; `approved_at` is set once they may run."""

    id: UUID
    copy: str
    state: CreditState
    approved_at: datetime | None
    created_at: datetime

    @property
    def public_id(self) -> str:
        return public_id("credit", self.id)


@dataclass(frozen=True)
class FlightView:
    """A flight with its words: `running` is the newest approved credit, `draft` the one that waits."""

    id: UUID
    sponsor_id: UUID
    sponsor_name: str
    sponsor_url: str
    station: StationView
    starts_on: date
    ends_on: date
    stopped_at: datetime | None
    running: CreditView | None
    draft: CreditView | None

    @property
    def public_id(self) -> str:
        return public_id("flight", self.id)

    @property
    def sponsor_public_id(self) -> str:
        return public_id("sponsor", self.sponsor_id)

    @property
    def state(self) -> FlightState:
        """Today's state, on the station's calendar."""
        return flight_state(self.starts_on, self.ends_on, self.stopped_at, self.running is not None, today())


@dataclass(frozen=True)
class SponsorView:
    """A sponsor: the organisation of `members`, and how its credits name it."""

    id: UUID
    member_id: UUID
    organisation: str
    credit_name: str
    url: str

    @property
    def public_id(self) -> str:
        return public_id("sponsor", self.id)

    @property
    def member_public_id(self) -> str:
        return public_id("member", self.member_id)


def today() -> date:
    """The station-local date."""
    return clock.today(the_licensee().timezone)


def sponsor(sponsor_id: UUID) -> SponsorView | None:
    """One sponsor."""
    return next(iter(_sponsors(Sponsor.id == sponsor_id)), None)


def sponsor_of_member(member_id: UUID) -> SponsorView | None:
    """The sponsor that an organisation is, if it is one."""
    return next(iter(_sponsors(Sponsor.member_id == member_id)), None)


def sponsors(wanted: str = "") -> list[SponsorView]:
    """Sponsors by name, a hundred at most; those whose name holds `wanted`."""
    return _sponsors(
        sa.or_(Sponsor.credit_name.icontains(wanted, autoescape=True), Member.name.icontains(wanted, autoescape=True))
    )


def organisations_named(wanted: str) -> list[tuple[str, str]]:
    """Organisations of `members` that are not sponsors yet and whose name holds `wanted`: (public id, name)."""
    rows = db.session().execute(
        sa.select(Member.id, Member.name)
        .outerjoin(Sponsor, Sponsor.member_id == Member.id)
        .where(
            Member.kind == MemberKind.ORGANISATION,
            Sponsor.id.is_(None),
            Member.name.icontains(wanted, autoescape=True),
        )
        .order_by(Member.name)
        .limit(20)
    )
    return [(public_id("member", row.id), row.name) for row in rows]


def flight(flight_id: UUID) -> FlightView | None:
    """One flight with its credits."""
    return next(iter(_flights(Flight.id == flight_id)), None)


def flights_of(sponsor_id: UUID) -> list[FlightView]:
    """A sponsor's flights, the newest first."""
    return _flights(Flight.sponsor_id == sponsor_id)


def flights_on(day: date) -> list[FlightView]:
    """Flights of all stations that include a station-local day and were not stopped, in order of creation."""
    return _flights(Flight.starts_on <= day, Flight.ends_on >= day, Flight.stopped_at.is_(None), limit=None)[::-1]


def flight_of_credit(credit_id: UUID) -> FlightView | None:
    """The flight that a credit belongs to."""
    owner = sa.select(Credit.flight_id).where(Credit.id == credit_id).scalar_subquery()
    return next(iter(_flights(Flight.id == owner)), None)


def flights_of_member(member_id: UUID) -> tuple[SponsorView, list[FlightView]] | None:
    """An organisation as a sponsor, with its flights; None when it is none."""
    found = sponsor_of_member(member_id)
    return (found, flights_of(found.id)) if found else None


def _sponsors(*where: sa.ColumnElement[bool]) -> list[SponsorView]:
    rows = db.session().execute(
        sa.select(Sponsor, Member.name)
        .join(Member, Member.id == Sponsor.member_id)
        .where(*where)
        .order_by(Sponsor.credit_name, Sponsor.id)
        .limit(PAGE)
    )
    return [SponsorView(s.id, s.member_id, name, s.credit_name, s.url) for s, name in rows]


def _flights(*where: sa.ColumnElement[bool], limit: int | None = PAGE) -> list[FlightView]:
    rows = (
        db.session()
        .execute(
            sa.select(Flight, Sponsor)
            .join(Sponsor, Sponsor.id == Flight.sponsor_id)
            .where(*where)
            .order_by(Flight.created_at.desc(), Flight.id.desc())
            .limit(limit)
        )
        .all()
    )
    words = _newest_credits([f.id for f, _ in rows])
    return [
        FlightView(
            f.id,
            s.id,
            s.credit_name,
            s.url,
            station_by_id(f.station_id),
            f.starts_on,
            f.ends_on,
            f.stopped_at,
            words.get((f.id, CreditState.APPROVED)),
            words.get((f.id, CreditState.DRAFT)),
        )
        for f, s in rows
    ]


def _newest_credits(flight_ids: list[UUID]) -> dict[tuple[UUID, CreditState], CreditView]:
    """Of each flight and state the newest credit: approved ones by approval, drafts by creation."""
    rows = db.session().scalars(
        sa.select(Credit)
        .where(Credit.flight_id.in_(flight_ids))
        .order_by(sa.func.coalesce(Credit.approved_at, Credit.created_at), Credit.id)
    )
    return {(c.flight_id, c.state): CreditView(c.id, c.copy, c.state, c.approved_at, c.created_at) for c in rows}
