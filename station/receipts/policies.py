"""The words of a receipt: pure text of plain values, one version of wording at a time.

What must stand there: legal name of the donee, date and amount (26 USC 170(f)(17)); whether goods or services were
given (170(f)(8)(B)(ii); its absence cost a donor the deduction in Durden v. Commissioner, T.C. Memo 2012-140); EIN
and postal address by practice. No tax advice beyond that (IRS Pub. 1771).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from station.core.money import Money
from station.core.words import money
from station.payments.models import Interval, Tender, Way
from station.receipts.models import Acknowledged

WORDING = "2026-2"
QUID_PRO_QUO_CENTS = 75_00  # 26 USC 6115(a): payments in excess of $75
NO_GOODS = "No goods or services were provided in exchange for this contribution."
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class Goods:
    """What the donor received in return, and its fair market value as estimated in good faith."""

    description: str
    value: Money


@dataclass(frozen=True)
class ReceiptFacts:
    """All that a receipt says. `given_on` is the station-local date of the charge; `label` is the printed number.

    `cover`: the part of the amount that the donor added for processing; a contribution as the rest is.
    `replaces` is the number of the receipt that holds no more because of it, `reason` the sentence that says why.
    """

    label: str
    legal_name: str
    ein: str
    address_lines: tuple[str, ...]
    donor_name: str
    amount: Money
    given_on: date
    station_name: str
    interval: Interval | None  # of the gift that this is one charge of
    cover: Money | None = None
    goods: Goods | None = None
    replaces: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a receipt's text: a list of facts, or a paragraph (then `facts` is empty)."""

    facts: tuple[tuple[str, str], ...]
    paragraph: str = ""


def label(year: int, number: int) -> str:
    """The number as printed: 2026-000123."""
    return f"{year}-{number:06d}"


def long_day(day: date) -> str:
    """November 23, 2026."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def receipt_text(facts: ReceiptFacts) -> str:
    """The receipt as it is stored, mailed and shown: facts as `Name: value` lines, then paragraphs."""
    every = facts.interval
    kind = f"{every.adjective.capitalize()} contribution, this {every}'s charge" if every else "One-time contribution"
    lines = [
        ("Receipt number", facts.label),
        ("Received by", facts.legal_name),
        ("EIN", facts.ein),
        ("Address", ", ".join(facts.address_lines)),
        ("Received from", facts.donor_name),
        ("Amount", str(facts.amount)),
        ("Date of contribution", long_day(facts.given_on)),
        ("Tax year", str(facts.given_on.year)),
        ("Kind", kind),
        ("In support of", facts.station_name),
    ]
    listed = "\n".join(f"{name}: {_one_line(value)}" for name, value in lines)
    return "\n\n".join([listed, *_paragraphs(facts)])


def _paragraphs(facts: ReceiptFacts) -> list[str]:
    said = [
        f"{_one_line(facts.legal_name)} thanks you for your contribution of {facts.amount} on "
        f"{long_day(facts.given_on)}.",
        *_in_return(facts),
        f"{_one_line(facts.legal_name)} is a nonprofit organization under section 501(c)(3) of the Internal Revenue "
        "Code. Keep this receipt with your tax records.",
    ]
    if facts.replaces:
        said.insert(0, f"This receipt replaces receipt {facts.replaces}, which is void. {_one_line(facts.reason)}")
    if facts.cover:
        said.insert(1, f"It includes {facts.cover} that you added so that we keep your whole gift.")
    if facts.interval:
        said.insert(
            -2,
            f"This receipt is for one charge of your {facts.interval.adjective} contribution. Each charge is a "
            "contribution of its own and gets a receipt of its own.",
        )
    return said


def _in_return(facts: ReceiptFacts) -> list[str]:
    """Whether goods were given, always (170(f)(8)(B)); above $75 also what may be deducted (26 USC 6115(a))."""
    goods = facts.goods
    if goods is None:
        return [NO_GOODS]
    said = [
        f"In return you received: {_one_line(goods.description)}. We estimate in good faith that its fair market "
        f"value is {goods.value}."
    ]
    if facts.amount.cents > QUID_PRO_QUO_CENTS:
        said.append(
            "The amount of your contribution that is deductible for federal income tax purposes is limited to what "
            f"you gave beyond the value of what you received: {facts.amount - goods.value}."
        )
    return said


def acknowledgment(tender: Tender, way: Way | None) -> Acknowledged:
    """What acknowledges a gift. A receipt states an amount of money that its donor may deduct, so none goes out for
    stock, whose value the donor sets (26 USC 170(f)(8)(B)(i)), nor for a fund's grant, which the sponsor gave and
    nobody deducts again. Of payroll giving the pay stub and the pledge card are the record (26 CFR 1.170A-13(f)(11)).
    """
    if tender is Tender.IMPORTED or way is Way.PAYROLL:
        return Acknowledged.NONE
    return Acknowledged.LETTER if tender is Tender.STOCK or way is Way.FUND else Acknowledged.RECEIPT


def letter_advice(way: Way | None) -> str:
    """What a person should write for a gift that gets a letter instead of a receipt."""
    if way is Way.FUND:
        return (
            "Thank the sponsoring organization for its grant, and the adviser for recommending it; name the fund. "
            "Say nothing of taxes: the sponsor is the donor."
        )
    return (
        "Name the stock, the number of shares and the day they arrived, and say whether goods or services were given "
        "in return. State no value: that is the donor's to set."
    )


def sections(text: str) -> list[Section]:
    """A stored receipt text in its parts, for a page that shows exactly what was issued."""
    found: list[Section] = []
    for number, block in enumerate(text.split("\n\n")):
        if number == 0:
            pairs = (line.partition(": ") for line in block.split("\n"))
            found.append(Section(tuple((name, value) for name, _, value in pairs)))
        else:
            found.append(Section((), block))
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())


def mail_context(facts: ReceiptFacts, station: object, url: str) -> dict[str, Any]:
    """What the receipt's mail is rendered from; `url` is the receipt's page."""
    text = receipt_text(facts)
    return {
        "station": station,
        "facts": facts,
        "amount": money(facts.amount),
        "given_on": long_day(facts.given_on),
        "text": text,
        "sections": sections(text),
        "url": url,
    }


def replaced_context(
    old: str, reason: str, donor_name: str, facts: ReceiptFacts | None, station: object, url: str
) -> dict[str, Any]:
    """What the mail about a receipt that holds no more is rendered from. `facts`: the new one's, if there is one."""
    text = receipt_text(facts) if facts else ""
    return {
        "station": station,
        "old": old,
        "reason": reason,
        "donor_name": donor_name,
        "facts": facts,
        "text": text,
        "sections": sections(text) if facts else [],
        "url": url,
    }
