"""A line of Stripe's balance by station: each part is in whole cents, and the parts sum to the line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from station.core.money import Money


@dataclass(frozen=True)
class Share:
    """A station's part of a line, in cents."""

    station_id: UUID
    gross: int
    fee: int

    @property
    def net(self) -> int:
        return self.gross - self.fee


def split_line(gross: int, fee: int, weights: Mapping[UUID, int]) -> list[Share]:
    """A line by station, by largest remainder; stations without any part are left out.

    Raises MoneyError where no weight is more than zero.
    """
    stations = [station for station, weight in weights.items() if weight > 0]
    parts = [weights[station] for station in stations]
    halves = zip(stations, Money(gross).allocate(parts), Money(fee).allocate(parts), strict=True)
    shares = [Share(station, part.cents, cut.cents) for station, part, cut in halves]
    return [share for share in shares if share.gross or share.fee] or shares[:1]


def nets(shares: Iterable[Share]) -> dict[UUID, int]:
    """What each station gets of many lines, in cents."""
    found: dict[UUID, int] = {}
    for share in shares:
        found[share.station_id] = found.get(share.station_id, 0) + share.net
    return found
