"""The judge: what of a contribution is deductible, and what its document must say. Never typed, always derived.

Law: 26 USC 170(f)(8), 170(f)(12), 170(f)(17), 408(d)(8), 4967, 6115; docs/receipts/rules.md has the table.
Pure: integer cents, no rounding, no clock, no database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from station.core.money import Money
from station.receipts.policies import thresholds
from station.receipts.policies.benefits import INSUBSTANTIAL, NOTHING, Benefit, Disregarded, Weighed, weigh
from station.receipts.policies.cases import INSTALMENTS, NONCASH, Case, Kind
from station.receipts.policies.sentences import Sentence, statement_texts
from station.receipts.policies.thresholds import ACKNOWLEDGED_FROM, DISCLOSED_ABOVE, VEHICLE_SALE_UP_TO, Thresholds


class Disclosure(StrEnum):
    """What a document must disclose, by which it is one of these."""

    NONE = "NONE"  # under $250 and nothing counted in return
    CWA0 = "CWA0"  # $250 or more and nothing counted in return
    QPQ = "QPQ"  # a payment above $75, part gift and part purchase
    QPQ_CWA1 = "QPQ+CWA1"  # the same, and $250 or more of it contributed
    VALUE_NOTE = "VALUE_NOTE"  # a payment up to $75: the value is told all the same
    VALUE_NOTE_PER_CHARGE = "VALUE_NOTE_PER_CHARGE"  # earned over charges up to $75 each, taken off once
    PURCHASE = "PURCHASE"  # worth what was paid, or more
    DAF_LETTER = "DAF_LETTER"
    QCD_LETTER = "QCD_LETTER"
    BENEFIT_BLOCKED = "BENEFIT_BLOCKED"  # a fund's or an IRA's money may not buy what counts
    NONCASH_DESC = "NONCASH_DESC"
    FORM_1098C = "1098C"
    VEHICLE_SMALL = "VEHICLE_SMALL"
    NOT_DEDUCTIBLE = "NOT_DEDUCTIBLE"
    NOT_A_GIFT = "NOT_A_GIFT"
    PLEDGE_NO_RECEIPT = "PLEDGE_NO_RECEIPT"
    VOID = "VOID"


FIXED = {
    Kind.PLEDGE_UNPAID: Disclosure.PLEDGE_NO_RECEIPT,
    Kind.UNDERWRITING: Disclosure.NOT_A_GIFT,
    Kind.RAFFLE: Disclosure.NOT_DEDUCTIBLE,
    Kind.INKIND_SERVICE: Disclosure.NOT_DEDUCTIBLE,
}
LETTERS = {Kind.DAF: Disclosure.DAF_LETTER, Kind.QCD: Disclosure.QCD_LETTER}
SUBJECT = {  # what a document of this disclosure says of itself; goods and services are told apart from it
    Disclosure.NONCASH_DESC: (Sentence.DESCRIPTION,),
    Disclosure.FORM_1098C: (Sentence.VEHICLE_SOLD,),
    Disclosure.VEHICLE_SMALL: (Sentence.VEHICLE_SMALL,),
    Disclosure.QCD_LETTER: (Sentence.QCD,),
    Disclosure.DAF_LETTER: (Sentence.DAF,),
    Disclosure.NOT_A_GIFT: (Sentence.NOT_A_GIFT,),
    Disclosure.NOT_DEDUCTIBLE: (Sentence.NOT_DEDUCTIBLE,),
    Disclosure.VOID: (Sentence.VOID,),
}
SILENT = (  # no acknowledgment of a contribution: nothing is said of goods and services, and nothing is deductible
    Disclosure.DAF_LETTER,
    Disclosure.BENEFIT_BLOCKED,
    Disclosure.NOT_DEDUCTIBLE,
    Disclosure.NOT_A_GIFT,
    Disclosure.PLEDGE_NO_RECEIPT,
    Disclosure.VOID,
)


class Contradiction(ValueError):
    """A judgment that cannot be: for example $250 acknowledged without the sentence on goods and services."""


@dataclass(frozen=True)
class Judgment:
    """What the rules say of a contribution. `worth` is what is left of it before benefits; of stock, goods and
    vehicles neither it nor `deductible` is ever printed as a value by the station.

    `row`: the thresholds that were applied. `needs_person`: why no document may go out by itself, else empty.
    The sentences follow from the rest and cannot be given or left out. Raises Contradiction.
    """

    kind: Kind
    disclosure: Disclosure
    worth: Money
    deductible: Money
    weighed: Weighed
    gift_date: date | None
    tax_year: int
    row: Thresholds | None
    proceeds: Money | None = None
    needs_person: str = ""

    def __post_init__(self) -> None:
        if not NOTHING <= self.deductible <= self.worth:
            raise Contradiction(f"{self.deductible} of {self.worth} cannot be deductible")
        if self.disclosure in SILENT and self.deductible.cents:
            raise Contradiction(f"{self.deductible} is deductible without an acknowledgment")
        told = [s for s in self.sentences if s in (Sentence.NO_GOODS, Sentence.GOODS)]
        if self.disclosure not in SILENT and len(told) != 1:
            raise Contradiction("An acknowledgment says once whether goods or services were given in return")

    @property
    def counted(self) -> tuple[Benefit, ...]:
        return self.weighed.counted

    @property
    def disregarded(self) -> tuple[Disregarded, ...]:
        return self.weighed.disregarded

    @property
    def insubstantial(self) -> tuple[Benefit, ...]:
        """What the 2 % rule or the token rule disregards, of which the document speaks."""
        return tuple(each.benefit for each in self.disregarded if each.rule in INSUBSTANTIAL)

    @property
    def held(self) -> bool:
        return bool(self.needs_person)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What the document must say, in order."""
        subject = SUBJECT.get(self.disclosure, ())
        if self.disclosure is Disclosure.FORM_1098C and self.proceeds is None:
            subject = (Sentence.VEHICLE_KEPT,)
        if self.disclosure in SILENT:
            return subject
        return (*subject, *self._in_return())

    def _in_return(self) -> tuple[Sentence, ...]:
        if not self.weighed.takes:
            spoken = self.insubstantial and self.disclosure in (Disclosure.NONE, Disclosure.CWA0)
            return (Sentence.NO_GOODS, Sentence.INSUBSTANTIAL) if spoken else (Sentence.NO_GOODS,)
        if self.disclosure is Disclosure.PURCHASE:
            return Sentence.GOODS, Sentence.PURCHASE
        if self.disclosure is Disclosure.VALUE_NOTE_PER_CHARGE:
            return Sentence.GOODS, Sentence.ONCE
        by_value = self.kind in (*NONCASH, Kind.VEHICLE)
        return Sentence.GOODS, Sentence.LIMIT_BY_VALUE if by_value else Sentence.LIMIT

    @property
    def statements(self) -> tuple[str, ...]:
        """The sentences in English."""
        return statement_texts(self)


def judge(case: Case) -> Judgment:
    """What of a contribution is deductible, and what must be said. Answers every case; never raises."""
    row = thresholds.of(case.tax_year)
    worth = case.worth
    if case.kind in FIXED or case.is_void:
        disclosure = FIXED.get(case.kind, Disclosure.VOID)
        return _judgment(case, disclosure, NOTHING, NOTHING, Weighed((), ()), row)
    weighed = weigh(case.benefits, worth, row)
    value = weighed.value if weighed.valued else _larger(weighed.value, worth)
    if case.kind in LETTERS:
        disclosure = Disclosure.BENEFIT_BLOCKED if weighed.takes else LETTERS[case.kind]
        return _judgment(case, disclosure, worth, NOTHING, weighed, row)
    deductible = worth - value if value < worth else NOTHING
    disclosure = _disclosure(case, worth, value, takes=weighed.takes)
    return _judgment(case, disclosure, worth, deductible, weighed, row)


def _judgment(
    case: Case, disclosure: Disclosure, worth: Money, deductible: Money, weighed: Weighed, row: Thresholds | None
) -> Judgment:
    return Judgment(
        kind=case.kind,
        disclosure=disclosure,
        worth=worth,
        deductible=deductible,
        weighed=weighed,
        gift_date=case.given_on,
        tax_year=case.tax_year,
        row=row,
        proceeds=case.proceeds,
        needs_person=_needs_person(case, disclosure, worth, weighed, row),
    )


def _disclosure(case: Case, worth: Money, value: Money, *, takes: bool) -> Disclosure:
    if case.kind in NONCASH:
        return Disclosure.NONCASH_DESC
    if case.kind is Kind.VEHICLE:
        sold = case.proceeds if case.proceeds is not None else worth
        return Disclosure.FORM_1098C if sold > VEHICLE_SALE_UP_TO else Disclosure.VEHICLE_SMALL
    parts = _less(case.parts, case.given_back) if case.kind in INSTALMENTS else [worth]
    acknowledged = any(part >= ACKNOWLEDGED_FROM for part in _less(parts, value))
    if not takes:
        return Disclosure.CWA0 if acknowledged else Disclosure.NONE
    if case.kind in INSTALMENTS and all(part <= DISCLOSED_ABOVE for part in case.parts):
        return Disclosure.VALUE_NOTE_PER_CHARGE
    if worth <= value:
        return Disclosure.PURCHASE
    if all(part <= DISCLOSED_ABOVE for part in parts):
        return Disclosure.VALUE_NOTE
    return Disclosure.QPQ_CWA1 if acknowledged else Disclosure.QPQ


def _larger(one: Money, other: Money) -> Money:
    return other if one < other else one


def _less(parts: Iterable[Money], taken_off: Money) -> list[Money]:
    """What is left of each part once a benefit's value, or a refund, is taken off, from the smallest first: where it
    is open which charge that was, the sentence for $250 is rather printed than not (Treas. Reg. 1.170A-13(f)(1)).
    """
    rest, found = taken_off, list[Money]()
    for part in sorted(parts, key=lambda money: money.cents):
        taken = rest if rest < part else part
        found.append(part - taken)
        rest = rest - taken
    return found


def _needs_person(case: Case, disclosure: Disclosure, worth: Money, weighed: Weighed, row: Thresholds | None) -> str:
    """Why a person must look before anything goes out; empty where the rules are enough."""
    if disclosure is Disclosure.BENEFIT_BLOCKED:
        return "A grant of a donor-advised fund, or a gift from an IRA, may bring nothing that counts as a benefit."
    if row is None and weighed.counted:
        return f"Station does not know the IRS thresholds of {case.tax_year}, and something was given in return."
    if not weighed.valued:
        return "The fair market value of what was given in return is not known."
    if case.kind is Kind.VEHICLE and case.proceeds is None:
        return "The vehicle is not sold: certify on Form 1098-C how it will be used or improved."
    if case.kind is Kind.QCD and row is not None and worth > row.qcd_limit:
        return f"One IRA owner may give {row.qcd_limit} this way in {row.year}. Does more than one stand behind it?"
    return ""
