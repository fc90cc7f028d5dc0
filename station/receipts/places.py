"""The place where higher packages say which gifts a yearly statement may list."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from station.core.money import Money
from station.core.places import Place


@dataclass(frozen=True)
class GiftRow:
    """A gift as the books have it, in plain values. `given_on` is station-local; `back` is what went back of it.

    `kind` is one of `policies.statements.GiftKind`. `series` is the recurring gift that it is a charge of.
    """

    gift_id: UUID
    member_id: UUID
    given_on: date
    amount: Money
    back: Money
    kind: str
    series: UUID | None = None


@dataclass(frozen=True)
class GiftSource:
    """Where gifts come from.

    `rows(year, members)`: all gifts of some members in a calendar year. `members(year, after, limit)`: who gave in it
    something that a statement may list, by id, from behind one on. `ready(year)`: how many of them have no statement.
    `unlike(year, limit)`: members whose official statement of the year adds up to something else than the books do.
    """

    name: str
    rows: Callable[[int, Collection[UUID]], list[GiftRow]]
    members: Callable[[int, UUID | None, int], list[UUID]]
    ready: Callable[[int], int]
    unlike: Callable[[int, int], list[UUID]]


GIFTS: Place[GiftSource] = Place("gifts of yearly statements")
