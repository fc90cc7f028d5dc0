"""What a donor got in return: which of it the law disregards, and by which rule. What is left counts.

Sources: Rev. Proc. 90-12 and 92-49, Treas. Reg. 1.170A-13(f)(8)(i), Rev. Rul. 67-246. Integer cents, no rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from station.core.money import Money
from station.receipts.policies.thresholds import MEMBERSHIP_UP_TO, Thresholds

NOTHING = Money(0)


class BenefitClass(StrEnum):
    GOODS_OR_SERVICE = "goods_or_service"
    MEMBERSHIP_RIGHT = "membership_right"  # admission, parking, discounts, preferred access
    MEMBERS_EVENT = "members_event"
    PUBLICATION = "publication"
    UNORDERED_ITEM = "unordered_item"


class Rule(StrEnum):
    """Why a benefit takes nothing from the deduction."""

    DECLINED = "declined"  # Rev. Rul. 67-246: turned down before paying; leaving it unused does not help
    UNORDERED_ITEM = "unordered_item"  # Rev. Proc. 92-49
    MEMBERSHIP_RIGHT = "membership_right"  # Treas. Reg. 1.170A-13(f)(8)(i)(B)(1)
    MEMBERS_EVENT = "members_event"  # (B)(2)
    PUBLICATION = "publication"  # Rev. Proc. 90-12, 3.02
    TWO_PERCENT = "two_percent"  # Rev. Proc. 90-12, 3.01(1)
    TOKEN = "token"  # noqa: S105  # 3.01(2)


INSUBSTANTIAL = (Rule.TWO_PERCENT, Rule.TOKEN)  # the two that the receipt speaks of


@dataclass(frozen=True)
class Benefit:
    """One thing given in return. `fmv` is what a buyer would pay, `cost` what the station paid; None is unknown.

    `cheapest_package_price`: of the cheapest membership that has it, whatever this donor paid. `event_cost_per_head`:
    as projected. `unordered_free`: sent free, unasked, with a request and word that it may be kept; None leaves that
    to the class. `declined`: turned down before the payment.
    """

    name: str
    fmv: Money | None
    cost: Money | None = None
    logo_token: bool = False
    benefit_class: BenefitClass = BenefitClass.GOODS_OR_SERVICE
    cheapest_package_price: Money | None = None
    frequently_exercisable: bool = False
    event_cost_per_head: Money | None = None
    commercial_quality: bool = False
    unordered_free: bool | None = None
    declined: bool = False

    @property
    def unordered(self) -> bool:
        if self.unordered_free is None:
            return self.benefit_class is BenefitClass.UNORDERED_ITEM
        return self.unordered_free


@dataclass(frozen=True)
class Disregarded:
    benefit: Benefit
    rule: Rule


@dataclass(frozen=True)
class Weighed:
    """The benefits of one payment: those that take nothing from it, and those that count, in the order given."""

    disregarded: tuple[Disregarded, ...]
    counted: tuple[Benefit, ...]

    @property
    def value(self) -> Money:
        """The fair market value that is taken from the payment, as far as it is known."""
        return total(benefit.fmv for benefit in self.counted)

    @property
    def valued(self) -> bool:
        """Whether the value of all that counts is known."""
        return all(benefit.fmv is not None for benefit in self.counted)

    @property
    def takes(self) -> bool:
        """Whether something counts that is worth anything."""
        return self.value.cents > 0 or not self.valued


def total(amounts: Iterable[Money | None]) -> Money:
    """The sum of what is known."""
    return sum((amount for amount in amounts if amount is not None), NOTHING)


def weigh(benefits: tuple[Benefit, ...], paid: Money, row: Thresholds | None) -> Weighed:
    """Sort the benefits of a payment. `row`: the thresholds of the gift's year; without it no line that the IRS
    moves is applied, and what only such a line would disregard counts.
    """
    left, found = list(benefits), dict[int, Rule]()
    unordered_pass = row is not None and _cost_within(
        [b for b in benefits if b.unordered and not b.declined], row.low_cost
    )
    tests: tuple[tuple[Rule, Callable[[Benefit], bool]], ...] = (
        (Rule.DECLINED, lambda b: b.declined),
        (Rule.UNORDERED_ITEM, lambda b: b.unordered and unordered_pass),
        (Rule.MEMBERSHIP_RIGHT, _is_membership_right),
        (Rule.MEMBERS_EVENT, lambda b: row is not None and _is_members_event(b, row.low_cost)),
        (Rule.PUBLICATION, lambda b: b.benefit_class is BenefitClass.PUBLICATION and not b.commercial_quality),
    )
    for place, benefit in enumerate(left):
        rule = next((rule for rule, passes in tests if passes(benefit)), None)
        if rule is not None:
            found[place] = rule
    counted = tuple(b for place, b in enumerate(left) if place not in found)
    whole = insubstantial(counted, paid, row)
    if whole is not None:
        found |= {place: whole for place in range(len(left)) if place not in found}
    return Weighed(
        tuple(Disregarded(left[place], found[place]) for place in sorted(found)), () if whole is not None else counted
    )


def insubstantial(counted: tuple[Benefit, ...], paid: Money, row: Thresholds | None) -> Rule | None:
    """The rule that disregards all that counts in return for a payment, or None. Each rule is all or nothing."""
    if row is None or not counted:
        return None
    valued = all(benefit.fmv is not None for benefit in counted)
    value = total(benefit.fmv for benefit in counted)
    if valued and paid.cents * 2 >= value.cents * 100 and value <= row.cap:
        return Rule.TWO_PERCENT
    tokens = all(benefit.logo_token for benefit in counted)
    if tokens and paid >= row.min_payment and _cost_within(counted, row.low_cost):
        return Rule.TOKEN
    return None


def _cost_within(items: Iterable[Benefit], limit: Money) -> bool:
    """Whether things cost no more than a limit together; a cost that nobody knows is over it."""
    costs = [item.cost for item in items]
    return None not in costs and total(costs) <= limit


def _is_membership_right(benefit: Benefit) -> bool:
    right = benefit.benefit_class is BenefitClass.MEMBERSHIP_RIGHT and benefit.frequently_exercisable
    return right and _of_basic_membership(benefit)


def _is_members_event(benefit: Benefit, limit: Money) -> bool:
    head = benefit.event_cost_per_head
    event = benefit.benefit_class is BenefitClass.MEMBERS_EVENT and head is not None and head <= limit
    return event and _of_basic_membership(benefit)


def _of_basic_membership(benefit: Benefit) -> bool:
    """Whether a membership of $75 a year or less is known to have it: both kinds of benefits stand under that."""
    price = benefit.cheapest_package_price
    return price is not None and price <= MEMBERSHIP_UP_TO
