"""The part of the entry form about what the donor gets in return: a few keys for the usual, more where it counts."""

from __future__ import annotations

from contextlib import suppress

from wtforms import BooleanField, Field, Form, SelectField, StringField
from wtforms.validators import Length, ValidationError

from station.core.money import Money, MoneyError
from station.licensee.queries import the_licensee
from station.receipts.policies import Benefit, BenefitClass

THING, GUIDE, MAGAZINE = "thing", "guide", "magazine"
RIGHT, EVENT, UNORDERED = "right", "event", "unordered"
KINDS = {
    THING: "A thing or a service",
    RIGHT: "A right of members that is used often",
    EVENT: "An event for members only",
    GUIDE: "A newsletter or program guide",
    MAGAZINE: "A magazine that is also sold",
    UNORDERED: "Sent unasked, to keep in any case",
}
CLASSES = {
    THING: BenefitClass.GOODS_OR_SERVICE,
    RIGHT: BenefitClass.MEMBERSHIP_RIGHT,
    EVENT: BenefitClass.MEMBERS_EVENT,
    GUIDE: BenefitClass.PUBLICATION,
    MAGAZINE: BenefitClass.PUBLICATION,
    UNORDERED: BenefitClass.UNORDERED_ITEM,
}


def _money(label: str, description: str = "") -> StringField:
    return StringField(label, [Length(max=40, message="Use at most 40 characters.")], description=description)


class BenefitFields(Form):
    """What the donor gets. Name and value are enough; the rest decides whether the law disregards it."""

    goods = StringField(
        "What the donor gets",
        [Length(max=200, message="Use at most 200 characters.")],
        description="As the receipt will name it, such as a concert poster.",
    )
    goods_value = _money("Its fair market value", "What a buyer would pay for it.")
    goods_cost = _money("What it cost us", "Each; of an event, a head. Empty counts as its value.")
    goods_kind = SelectField("What kind it is", choices=KINDS, validate_choice=False, default=THING)
    goods_price = _money("Cheapest membership that has it", "A year. Of rights and events of members.")
    goods_logo = BooleanField("It bears our name or logo")
    goods_declined = BooleanField("The donor declined it before giving")

    def validate_goods_value(self, field: Field) -> None:
        typed = (field.data or "").strip()
        if bool((self.goods.data or "").strip()) != bool(typed):
            raise ValidationError("Say both what the donor gets and what it is worth, or neither.")
        if typed and not _amount(typed):
            raise ValidationError("Type what it is worth, like 20.")

    def validate_goods_cost(self, field: Field) -> None:
        _readable(field)

    def validate_goods_price(self, field: Field) -> None:
        _readable(field)
        if (self.goods.data or "").strip() and self.goods_kind.data in (RIGHT, EVENT) and not field.data:
            raise ValidationError(
                "Say what the cheapest membership that has it costs: up to $75 nothing is taken off."
            )

    def validate_goods_kind(self, field: Field) -> None:
        if (self.goods.data or "").strip() and (field.data or THING) not in KINDS:
            raise ValidationError("Choose what kind of thing it is.")

    def benefits(self) -> tuple[Benefit, ...]:
        """What the donor gets, as the rules see it; nothing where nothing was typed."""
        named = " ".join((self.goods.data or "").split())
        if not named:
            return ()
        value, kind = _amount(self.goods_value.data), self.goods_kind.data or THING
        cost = _amount(self.goods_cost.data) or value  # a thing costs hardly more than it is sold for
        return (
            Benefit(
                name=named,
                fmv=value,
                cost=cost,
                logo_token=bool(self.goods_logo.data),
                benefit_class=CLASSES[kind],
                cheapest_package_price=_amount(self.goods_price.data),
                frequently_exercisable=kind == RIGHT,
                event_cost_per_head=cost if kind == EVENT else None,
                commercial_quality=kind == MAGAZINE,
                declined=bool(self.goods_declined.data),
            ),
        )


def _amount(typed: str | None) -> Money | None:
    """An amount above nothing; None for anything else."""
    with suppress(MoneyError):
        found = Money.parse((typed or "")[:40], the_licensee().currency)
        return found if found.cents > 0 else None
    return None


def _readable(field: Field) -> None:
    if (field.data or "").strip() and not _amount(field.data):
        raise ValidationError("Type an amount like 4.50, or leave it empty.")
