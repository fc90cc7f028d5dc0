"""What every page and receipt asks about the house. Kept in memory until the bulletin "licensee" moves."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from station.core import bulletin
from station.core.db import db
from station.core.money import Money
from station.licensee.models import Licensee, Station

BULLETIN = "licensee"


@dataclass(frozen=True)
class LicenseeView:
    """The legal body. `fiscal_year_starts` is a month; `timezone` an IANA name."""

    id: UUID
    legal_name: str
    short_name: str
    ein: str
    address_lines: tuple[str, ...]
    phone: str
    email: str
    timezone: str
    currency: str
    fiscal_year_starts: int
    minimum_pledge: Money


@dataclass(frozen=True)
class StationView:
    """A service as pages name it: "News 88.9 KNPR". `home_url` is its own host, or its path on the shared one."""

    id: UUID
    position: int
    slug: str
    host: str | None
    name: str
    format: str
    frequency: str
    call_sign: str
    tagline: str
    brand: str
    stream_url: str
    home_url: str


class NotEstablished(Exception):
    """The licensee has not been entered yet."""


@dataclass(frozen=True)
class _House:
    version: int
    licensee: LicenseeView
    stations: tuple[StationView, ...]


_house: _House | None = None


def the_licensee() -> LicenseeView:
    """The one licensee. Raises NotEstablished before it has been entered."""
    return _current().licensee


def stations() -> tuple[StationView, ...]:
    """All stations, the first one being the default."""
    return _current().stations


def default_station() -> StationView:
    """The station of the shared host's front page."""
    return _current().stations[0]


def station_by_slug(slug: str) -> StationView | None:
    """The station at a path, or None."""
    return next((s for s in stations() if s.slug == slug), None)


def station_by_id(station_id: UUID) -> StationView:
    """The station of a row. Raises StopIteration for an unknown id, which foreign keys rule out."""
    return next(s for s in stations() if s.id == station_id)


def supported(station: StationView, second: StationView | None = None) -> str:
    """What a gift is for, by name: one station, or two."""
    return f"{station.name} and {second.name}" if second else station.name


def station_by_host(host: str) -> StationView | None:
    """The station that has this host name for its own, or None."""
    return next((s for s in stations() if s.host == host), None)


def _current() -> _House:
    global _house
    version = bulletin.version(BULLETIN)
    if _house is None or _house.version != version:
        _house = _read(version)
    return _house


def _read(version: int) -> _House:
    session = db.session()
    row = session.scalar(sa.select(Licensee))
    if row is None:
        raise NotEstablished("no licensee yet: run `station licensee establish`, or `make run` for the demonstration")
    licensee = LicenseeView(
        row.id,
        row.legal_name,
        row.short_name,
        row.ein,
        tuple(row.address_lines),
        row.phone,
        row.email,
        row.timezone,
        row.currency,
        row.fiscal_year_starts,
        Money(row.minimum_pledge_cents, row.currency),
    )
    found = session.scalars(sa.select(Station).order_by(Station.position))
    return _House(version, licensee, tuple(_view(s) for s in found))


def _view(s: Station) -> StationView:
    return StationView(
        id=s.id,
        position=s.position,
        slug=s.slug,
        host=s.host,
        name=f"{s.format} {s.frequency} {s.call_sign}",
        format=s.format,
        frequency=s.frequency,
        call_sign=s.call_sign,
        tagline=s.tagline,
        brand=s.brand,
        stream_url=s.stream_url,
        home_url=f"https://{s.host}/" if s.host else f"/{s.slug}/",
    )
