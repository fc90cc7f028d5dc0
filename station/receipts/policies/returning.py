"""From the rules to the words: what a receipt says of what its donor got, why one waits, and what it keeps of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from station.core.money import Money
from station.receipts.policies.benefits import Benefit, BenefitClass
from station.receipts.policies.cases import Case, Kind
from station.receipts.policies.judging import Disclosure, Judgment, judge
from station.receipts.policies.wordings import InReturn, Valued

AMOUNTS = ("fmv", "cost", "cheapest_package_price", "event_cost_per_head")
FLAGS = ("logo_token", "frequently_exercisable", "commercial_quality", "unordered_free", "declined")


@dataclass(frozen=True)
class Judged:
    """A payment as the rules see it: for its receipt's words, and for the row that keeps what they were made from.

    `waits`: why no receipt may be written of it now; empty where it may.
    """

    disclosure: Disclosure
    in_return: InReturn
    benefits: list[dict[str, Any]]
    thresholds: dict[str, Any]
    waits: str = ""


def judged(paid: Money, given_on: date, benefits: Sequence[Benefit] = ()) -> Judged:
    """What the rules say of a payment of a station-local day. Each charge of a recurring gift is one of its own."""
    found = judge(Case(kind=Kind.CASH, paid=paid, year=given_on.year, benefits=tuple(benefits)))
    kept = dict(found.row.snapshot()) if found.row else {}
    return Judged(found.disclosure, _in_return(found), snapshot(found), kept, found.needs_person)


def _in_return(found: Judgment) -> InReturn:
    """Rights of members and newsletters need no word (26 CFR 1.170A-13(f)(8)(i)); what is insubstantial has one."""
    declined = tuple(each.benefit.name for each in found.disregarded if each.benefit.declined)
    return InReturn(
        deductible=found.deductible,
        counted=tuple(Valued(benefit.name, benefit.fmv or Money(0)) for benefit in found.counted),
        disregarded=tuple(benefit.name for benefit in found.insubstantial),
        declined=declined,
        netted_once=found.disclosure is Disclosure.VALUE_NOTE_PER_CHARGE,
    )


def snapshot(found: Judgment) -> list[dict[str, Any]]:
    """The benefits as they were judged, as plain values: amounts in cents, and the rule that disregards each."""
    rules = [(each.benefit, each.rule.value) for each in found.disregarded]
    return [{**plain(each), "rule": rule} for each, rule in [*rules, *((benefit, "") for benefit in found.counted)]]


def plain(benefit: Benefit) -> dict[str, Any]:
    """A benefit as plain values."""
    amounts = {name: getattr(benefit, name) for name in AMOUNTS}
    return {
        "name": benefit.name,
        "class": benefit.benefit_class.value,
        **{f"{name}_cents": amount.cents if amount else None for name, amount in amounts.items()},
        **{name: getattr(benefit, name) for name in FLAGS},
    }


def benefit_of(kept: Mapping[str, Any], currency: str) -> Benefit:
    """The benefit that plain values were made of."""
    known: dict[str, Any] = {name: kept[name] for name in FLAGS if name in kept}
    for name in AMOUNTS:
        cents = kept.get(f"{name}_cents")
        known[name] = None if cents is None else Money(cents, currency)
    return Benefit(name=kept["name"], benefit_class=BenefitClass(kept["class"]), **known)
