"""What a yearly statement says of a member's gifts: pure rules on plain values, no words and no database.

A donor may hold one acknowledgment a year for several gifts (IRS Pub. 1771), if it says of each what the law asks
of it alone: date and amount (26 USC 170(f)(17)), and whether goods or services were given (170(f)(8)(B)(ii)). Gifts
below $250 are never added up to reach it. The year is the calendar year of the gift on the station's own clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from station.core.ids import public_id
from station.core.money import Money

ACKNOWLEDGED_FROM_CENTS = 250_00  # 26 USC 170(f)(8)(A): no deduction of $250 or more without an acknowledgment


class GiftKind(StrEnum):
    """What a gift is to the tax law, where that decides whether a statement may list it."""

    CASH = "cash"
    RECURRING = "recurring"  # one charge of it: each is a contribution of its own
    MATCHING = "matching"  # the employer's own; a donor's soft credit is no line at all
    STOCK = "stock"
    DAF = "daf"
    QCD = "qcd"
    PAYROLL = "payroll"
    VEHICLE = "vehicle"
    IN_KIND = "inkind"
    PURCHASE = "purchase"  # raffle tickets, and what was bought at its value
    UNDERWRITING = "underwriting"
    PLEDGED = "pledge_unpaid"
    IMPORTED = "imported"  # history: whoever received it acknowledged it


LISTED = frozenset({GiftKind.CASH, GiftKind.RECURRING, GiftKind.MATCHING})
LEFT_OUT: Mapping[GiftKind, str] = {
    GiftKind.STOCK: "its value is the donor's to set (26 USC 170(f)(8)(B)(i))",
    GiftKind.DAF: "the sponsor of the fund gave it, and nobody deducts it again",
    GiftKind.QCD: "it was never income, so that it is not deducted (26 USC 408(d)(8)(E))",
    GiftKind.PAYROLL: "pay stub and pledge card are its record (26 CFR 1.170A-13(f)(11))",
    GiftKind.VEHICLE: "it has a form of its own, 1098-C (26 USC 170(f)(12))",
    GiftKind.IN_KIND: "it is described and not valued (26 USC 170(f)(8)(B)(i))",
    GiftKind.PURCHASE: "it is no gift",
    GiftKind.UNDERWRITING: "it is a sponsorship, with an invoice",
    GiftKind.PLEDGED: "a promise is no gift until it is paid",
    GiftKind.IMPORTED: "another system acknowledged it",
}


@dataclass(frozen=True)
class Returned:
    """What a donor received for a gift, as judged for its receipt. `value` is fair market value.

    `counted` ones reduce what may be deducted; the others are insubstantial under the guidelines, or a right that
    comes with every membership. `over` names the recurring gift over whose charges it was earned.
    """

    name: str
    value: Money
    counted: bool = True
    over: UUID | None = None


@dataclass(frozen=True)
class GiftLine:
    """A gift as the books have it. `given_on` is station-local; `back` is what went back of it, to donor or bank.

    `receipt` is the number of its receipt that holds, empty while there is none.
    """

    gift_id: UUID
    member_id: UUID
    given_on: date
    amount: Money
    back: Money
    kind: GiftKind
    receipt: str = ""
    returned: tuple[Returned, ...] = ()

    @property
    def kept(self) -> Money:
        return self.amount - self.back

    @property
    def counts(self) -> bool:
        """Whether a statement may list it: a deductible kind of which something is left."""
        return self.kind in LISTED and self.kept.cents > 0


@dataclass(frozen=True)
class StatementLine:
    """A gift on a statement: what is left of it, what that was reduced by, and the rest, which may be deducted."""

    gift: GiftLine
    reduced: Money

    @property
    def deductible(self) -> Money:
        return self.gift.kept - self.reduced

    @property
    def needs_acknowledgment(self) -> bool:
        """Whether the donor cannot deduct it without a sentence on goods and services. The rest decides, not the
        payment (26 CFR 1.170A-13(f)(1)), and each gift alone."""
        return self.deductible.cents >= ACKNOWLEDGED_FROM_CENTS


@dataclass(frozen=True)
class Statement:
    """A member's year. `waiting` are gifts that belong on it and whose own acknowledgment a person still decides."""

    year: int
    lines: tuple[StatementLine, ...]
    waiting: tuple[GiftLine, ...]
    currency: str

    @property
    def total(self) -> Money:
        return self._sum(line.gift.kept for line in self.lines)

    @property
    def reduced(self) -> Money:
        return self._sum(line.reduced for line in self.lines)

    @property
    def deductible(self) -> Money:
        return self._sum(line.deductible for line in self.lines)

    @property
    def returned(self) -> bool:
        """Whether anything that counts was given for any of it."""
        return any(each.counted for line in self.lines for each in line.gift.returned)

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return sum(amounts, Money(0, self.currency))


def compose(year: int, gifts: Iterable[GiftLine], currency: str = "usd") -> Statement:
    """The statement of one member's gifts: those of the year that count, in order of day.

    What was earned over the charges of a recurring gift is netted once, from the first charge of the year on, and
    never below zero; no authority says how, so that this is the house's rule. Raises ValueError for gifts of several
    members: nobody gets another one's statement.
    """
    mine = sorted(
        (gift for gift in gifts if gift.counts and gift.given_on.year == year), key=lambda g: (g.given_on, g.gift_id)
    )
    if len({gift.member_id for gift in mine}) > 1:
        raise ValueError("a statement is of one member")
    ready = [gift for gift in mine if gift.receipt]
    owed = _earned_over_charges(ready)
    return Statement(
        year, tuple(_netted(gift, owed) for gift in ready), tuple(gift for gift in mine if not gift.receipt), currency
    )


def _earned_over_charges(gifts: Iterable[GiftLine]) -> dict[tuple[UUID, str, int], int]:
    """What was earned over several charges, each once, with the cents that are still to be netted."""
    return {
        (each.over, each.name, each.value.cents): each.value.cents
        for gift in gifts
        for each in gift.returned
        if each.counted and each.over is not None
    }


def _netted(gift: GiftLine, owed: dict[tuple[UUID, str, int], int]) -> StatementLine:
    """A gift with what it is reduced by; takes that from `owed`."""
    left = gift.kept.cents
    for each in gift.returned:
        if not each.counted:
            continue
        if each.over is None:
            left -= min(left, each.value.cents)
            continue
        key = (each.over, each.name, each.value.cents)
        part = min(left, owed[key])
        left, owed[key] = left - part, owed[key] - part
    return StatementLine(gift, Money(gift.kept.cents - left, gift.kept.currency))


def facts(statement: Statement) -> dict[str, Any]:
    """A statement as plain JSON: what is kept of it, and all that its words are made from. Amounts are cents."""
    return {
        "year": statement.year,
        "currency": statement.currency,
        "total": statement.total.cents,
        "reduced": statement.reduced.cents,
        "deductible": statement.deductible.cents,
        "lines": [_line_facts(line) for line in statement.lines],
    }


def _line_facts(line: StatementLine) -> dict[str, Any]:
    gift = line.gift
    return {
        "gift": public_id("gift", gift.gift_id),
        "on": gift.given_on.isoformat(),
        "receipt": gift.receipt,
        "given": gift.amount.cents,
        "back": gift.back.cents,
        "kept": gift.kept.cents,
        "returned": [
            {"name": each.name, "value": each.value.cents, "counted": each.counted, "charges": each.over is not None}
            for each in gift.returned
        ],
        "reduced": line.reduced.cents,
        "deductible": line.deductible.cents,
    }


def digest(said: Mapping[str, Any]) -> str:
    """The fingerprint of what a statement says of the gifts. Two that say the same have the same one."""
    plain = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def label(year: int, number: int) -> str:
    """The number as printed: S-2026-000123. Receipts have numbers of their own."""
    return f"S-{year}-{number:06d}"


def over(year: int, today: date) -> bool:
    """Whether a year has ended on the station's own calendar: before that no statement of it is official."""
    return today.year > year


def years_to_watch(frozen: Sequence[int], today: date, many: int = 4) -> list[int]:
    """The frozen years whose statements are compared with the books by themselves, the newest first.

    A return may be amended for three years (26 USC 6511(a)); what changes later, a person asks for.
    """
    return sorted((year for year in frozen if today.year - year <= many), reverse=True)
