"""One line of JSON in, one out: the judge for other programs, and for whoever examines it.

Reads what `station receipts evaluate` is given (docs/receipts/rules.md) into a case; unknown fields are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any, TypeVar

from station.core.money import Money
from station.receipts.policies.benefits import NOTHING, Benefit, BenefitClass, total
from station.receipts.policies.cases import INSTALMENTS, NO_CONTRIBUTION, Case, Kind, day_of_gift
from station.receipts.policies.fields import (
    BadLine,
    Fields,
    day,
    dollars,
    instant,
    limit_of,
    local,
    number,
    to_dollars,
    truth,
    whole,
)
from station.receipts.policies.judging import Judgment, judge

ZONE = "America/Los_Angeles"  # of a line without station_tz
FIRST_YEAR, LAST_YEAR = 1970, 2200
MOST_CHARGES = 1000
GIVEN_BACK = ("refunded", "returned")
T = TypeVar("T", Kind, BenefitClass)


@dataclass(frozen=True)
class Evaluated:
    """The line to write, without its end, and whether the line that was read could be judged."""

    line: str
    good: bool


@dataclass(frozen=True)
class Charge:
    amount: Money
    on: date | None


def evaluate(line: bytes | str) -> Evaluated:
    """Judge one line. Never raises: what is wrong with it is in the answer."""
    known: object = None
    try:
        fields = json.loads(line, parse_float=Decimal, parse_constant=Decimal)
        if not isinstance(fields, dict):
            raise BadLine("the line is no JSON object")
        known = _name(fields.get("id"))
        judged = judge(read(fields))
        if not judged.weighed.valued:
            raise BadLine("benefits: the fmv of one that counts is missing")
        return Evaluated(_answer(known, judged), True)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, BadLine) else f"the line is no JSON: {error}"
        return Evaluated(json.dumps({"id": known, "error": reason}, default=float), False)


def _name(given: object) -> object:
    """The id of a line as it is answered: NaN and Infinity, which JSON does not have, name nothing."""
    return None if isinstance(given, Decimal) and not given.is_finite() else given


def _answer(known: object, judged: Judgment) -> str:
    """The answer as JSON. The amount is written digit by digit, so that it never is a binary fraction."""
    whole_dollars, cents = divmod(judged.deductible.cents, 100)
    amount = f"{whole_dollars}.{cents:02d}".rstrip("0").rstrip(".") if cents else str(whole_dollars)
    rest = {
        "disclosure": judged.disclosure.value,
        "disregarded": [{"benefit": d.benefit.name, "rule": d.rule.value} for d in judged.disregarded],
        "gift_date": judged.gift_date.isoformat() if judged.gift_date else None,
        "tax_year": judged.tax_year,
        "statements": list(judged.statements),
    }
    head = json.dumps({"id": known}, default=float)[:-1]
    return f'{head}, "deductible": {amount}, {json.dumps(rest)[1:]}'


def read(fields: Fields) -> Case:
    """The case of a line's fields. Raises BadLine."""
    kind = _one_of(Kind, fields, "kind", None)
    zone = str(fields.get("station_tz") or ZONE)
    given_on = _given_on(kind, fields, zone)
    charges = _charges(fields, zone) if kind in INSTALMENTS else []
    year = _year(fields, given_on, charges)
    of_year = [charge for charge in charges if charge.on is None or charge.on.year == year]
    if charges and not of_year:
        raise BadLine(f"charges: none is of {year}")
    paid = total(charge.amount for charge in of_year) if of_year else _paid(kind, fields)
    back = _given_back(kind, fields, paid)
    return Case(
        kind=kind,
        paid=paid,
        year=year,
        benefits=_benefits(fields),
        charges=tuple(charge.amount for charge in of_year),
        given_back=back,
        given_on=given_on,
        vehicle_value=_vehicle_value(fields),
        proceeds=dollars(fields, "gross_proceeds"),
        taken_back=any(fields.get(name) is True for name in GIVEN_BACK),
    )


def _one_of(choices: type[T], fields: Fields, name: str, default: T | None) -> T:
    value = fields.get(name)
    if value in (None, "") and default is not None:
        return default
    try:
        return choices(str(value).strip().lower())
    except ValueError:
        what = "missing" if value in (None, "") else f"unknown: {str(value)[:40]!r}"
        raise BadLine(f"{name} is {what}") from None


def _given_on(kind: Kind, fields: Fields, zone: str) -> date | None:
    charged = instant(fields.get("charged_at_utc"), "charged_at_utc")
    if charged is not None:
        local(charged, zone, "charged_at_utc")
    return day_of_gift(
        kind,
        zone,
        charged,
        day(fields.get("postmark"), "postmark", zone),
        day(fields.get("received"), "received", zone),
    )


def _year(fields: Fields, given_on: date | None, charges: list[Charge]) -> int:
    """The day of the gift decides; then what the line says; then the days of its charges."""
    said = whole(fields, "year", FIRST_YEAR, LAST_YEAR)
    if given_on is not None:
        return given_on.year
    years = {charge.on.year for charge in charges if charge.on}
    if said is not None or len(years) == 1:
        return said if said is not None else years.pop()
    raise BadLine("charges are of several years: year is missing" if years else "year is missing")


def _paid(kind: Kind, fields: Fields) -> Money:
    """What was paid; of stock the mean of the day's high and low times the shares (Treas. Reg. 1.170A-1(c))."""
    if kind is Kind.STOCK:
        shares, high, low = (number(fields, name) for name in ("shares", "high", "low"))
        if shares is not None and high is not None and low is not None:
            return Money(int((shares * (high + low) * 50).to_integral_value(ROUND_FLOOR)))
    gift = dollars(fields, "gift")
    if gift is None and fields.get("designations"):
        gift = total(_amounts(fields, "designations"))
    if gift is not None:
        return gift
    if kind in (*NO_CONTRIBUTION, Kind.INKIND_GOODS, Kind.VEHICLE, Kind.REFUND_FULL, Kind.RETURNED):
        return NOTHING
    raise BadLine("gift is missing")


def _vehicle_value(fields: Fields) -> Money | None:
    value, gift = dollars(fields, "fmv_vehicle"), dollars(fields, "gift")
    return value if value is not None or gift is None or not gift.cents else gift


def _given_back(kind: Kind, fields: Fields, paid: Money) -> Money:
    """Refunded and returned together; `true` stands for all of it."""
    found = NOTHING
    for name in GIVEN_BACK:
        value = fields.get(name)
        if isinstance(value, bool):
            found += paid if value else NOTHING
        elif value is not None:
            found += total(_amounts(fields, name))
    if kind is Kind.REFUND_PARTIAL and fields.get("refunded") is None and fields.get("returned") is None:
        raise BadLine("refunded is missing")
    return found


def _amounts(fields: Fields, name: str) -> Iterable[Money]:
    """The amounts in a field: one, several, objects that have one, or a mapping from names to them."""
    value = fields[name]
    items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    for item in items:
        amount = to_dollars(_in(item, ("amount", "gift")), name)
        if amount is not None:
            yield amount


def _in(item: object, names: tuple[str, ...]) -> Any:
    """An item itself, or what an object has under the first of some names."""
    if not isinstance(item, dict):
        return item
    return next((item[name] for name in names if item.get(name) is not None), None)


def _charges(fields: Fields, zone: str) -> list[Charge]:
    """Each charge of a sustainer, or paycheck: a list of amounts, of objects with amount and date, or how many of
    `gift` there were.
    """
    value = fields.get("charges")
    if not isinstance(value, list):
        many = whole(fields, "charges", 0, MOST_CHARGES)
        return [Charge(_paid(Kind.RECURRING, fields), None)] * many if many else []
    found = []
    for item in value:
        amount = to_dollars(_in(item, ("amount", "gift", "charge")), "charges")
        if amount is None:
            raise BadLine("charges: an amount is missing")
        found.append(Charge(amount, _charged_on(item, zone)))
    return found


def _charged_on(item: object, zone: str) -> date | None:
    if not isinstance(item, dict):
        return None
    charged = instant(item.get("charged_at_utc"), "charges")
    return local(charged, zone, "charges") if charged else day(item.get("date"), "charges", zone)


def _benefits(fields: Fields) -> tuple[Benefit, ...]:
    value = fields.get("benefits") or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise BadLine("benefits is no list of objects")
    return tuple(_benefit(item, place) for place, item in enumerate(value, 1))


def _benefit(item: Fields, place: int) -> Benefit:
    where = f"benefit {place}"
    try:
        return Benefit(
            name=str(item.get("name") or where),
            fmv=dollars(item, "fmv"),
            cost=limit_of(item, "cost"),
            logo_token=truth(item, "logo_token") or False,
            benefit_class=_one_of(BenefitClass, item, "benefit_class", BenefitClass.GOODS_OR_SERVICE),
            cheapest_package_price=limit_of(item, "cheapest_package_price"),
            frequently_exercisable=truth(item, "frequently_exercisable") or False,
            event_cost_per_head=limit_of(item, "event_cost_per_head"),
            commercial_quality=truth(item, "commercial_quality") or False,
            unordered_free=truth(item, "unordered_free"),
            declined=truth(item, "declined") or False,
        )
    except BadLine as error:
        raise BadLine(f"{where}: {error}") from None
