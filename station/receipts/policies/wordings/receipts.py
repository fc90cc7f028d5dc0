"""The words of a receipt, composed from plain facts and what the rules say: pure text.

What must stand there: legal name of the donee, date and amount (26 USC 170(f)(17)); whether goods or services were
given (170(f)(8)(B)(ii); its absence cost a donor the deduction in Durden v. Commissioner, T.C. Memo 2012-140), what
they were and their value (iii), above $75 what limits the deduction (6115(a)); EIN and postal address by practice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from station.core.money import Money
from station.payments.models import Interval
from station.receipts.policies.wordings.sets import Language, one_line, speech

QUID_PRO_QUO_CENTS = 75_00  # 26 USC 6115(a): payments in excess of $75
ACKNOWLEDGED_CENTS = 250_00  # 26 USC 170(f)(8)(A): contributions of $250 or more


class SilentAcknowledgment(Exception):
    """An acknowledgment of $250 or more that does not say whether goods or services were given. Never issued."""


@dataclass(frozen=True)
class Valued:
    """Something that counts: as the receipt names it, with its fair market value."""

    name: str
    value: Money


@dataclass(frozen=True)
class InReturn:
    """What the rules make of what the donor got for a payment, and what of the payment may be deducted.

    `counted` lowers the deduction, `disregarded` need not, `declined` was refused before paying. `netted_once`: the
    value is taken off the year's payments together, because each alone is small.
    """

    deductible: Money
    counted: tuple[Valued, ...] = ()
    disregarded: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    netted_once: bool = False

    @property
    def value(self) -> Money:
        """What all that counts is worth."""
        return Money(sum(each.value.cents for each in self.counted), self.deductible.currency)


@dataclass(frozen=True)
class ReceiptFacts:
    """All that a receipt says. `given_on` is the station-local day that counts; `label` is the printed number.

    `in_return` is what the rules say of this payment. `received_on` is told where it differs, as with a mailed check.
    `cover`: the part of the amount that the donor added for processing; a contribution as the rest is. `replaces` is
    the number of the receipt that holds no more because of it, `reason` the sentence that says why. `legends` are
    what states ask to be printed.
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
    in_return: InReturn
    cover: Money | None = None
    replaces: str = ""
    reason: str = ""
    received_on: date | None = None
    legends: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True)
class Section:
    """A part of a document's text: a list of facts, or a paragraph (then `facts` is empty)."""

    facts: tuple[tuple[str, str], ...]
    paragraph: str = ""


def label(year: int, number: int) -> str:
    """The number as printed: 2026-000123."""
    return f"{year}-{number:06d}"


def long_day(day: date, language: str = "en") -> str:
    """November 23, 2026, in a language."""
    return speech(language).day(day)


def receipt_text(facts: ReceiptFacts) -> str:
    """The receipt as it is stored, mailed and shown: facts as `Name: value` lines, then paragraphs.

    Raises SilentAcknowledgment for one of $250 or more that lacks its sentence about goods or services.
    """
    words = speech(facts.language)
    text = "\n\n".join([listing(_facts(facts, words)), *_paragraphs(facts, words)])
    refuse_silence(text, facts.in_return.deductible, in_return(facts.amount, facts.in_return, words), words)
    return text


def listing(lines: Iterable[tuple[str, str]]) -> str:
    """Facts as lines."""
    return "\n".join(f"{name}: {one_line(value)}" for name, value in lines)


def refuse_silence(text: str, deductible: Money, said: Iterable[str], words: Language) -> None:
    """Let nothing of $250 or more pass in which no sentence of ours says whether goods or services were given.

    `said` are the sentences about it, which must stand in `text` word by word: a donor's name cannot speak for us.
    """
    if deductible.cents < ACKNOWLEDGED_CENTS:
        return
    if not any(words.goods_or_services in sentence and sentence in text for sentence in said):
        raise SilentAcknowledgment(f"an acknowledgment of {deductible} says nothing of goods or services")


def in_return(amount: Money, rules: InReturn, words: Language) -> list[str]:
    """W2 to W5: what was given in return for a payment, and what of it may be deducted."""
    if rules.counted:
        return _counted(amount, rules, words)
    if rules.disregarded:
        benefits = words.listed(rules.disregarded)
        return [words.say("w5", benefits=benefits, deductible=rules.deductible)]
    declined = [words.say("w2_declined", benefits=words.listed(rules.declined))] if rules.declined else []
    return [words.say("w2"), *declined]


def _counted(amount: Money, rules: InReturn, words: Language) -> list[str]:
    said = [words.say("w3", benefits=_valued(rules.counted, words), value=rules.value)]
    if rules.netted_once:
        said.append(words.say("w4_once"))
    elif not rules.deductible.cents:
        said.append(words.say("w4_sale"))
    else:
        limited = "w4" if amount.cents > QUID_PRO_QUO_CENTS else "w4_small"
        said.append(words.say(limited, deductible=rules.deductible))
    if rules.disregarded:
        said.append(words.say("w5_also", benefits=words.listed(rules.disregarded)))
    return said


def _valued(counted: tuple[Valued, ...], words: Language) -> str:
    if len(counted) == 1:
        return counted[0].name
    return words.listed([words.say("w3_each", name=each.name, value=each.value) for each in counted])


def offered(amount: Money, rules: InReturn, language: str = "en") -> list[str]:
    """What a form says before payment (Rev. Proc. 90-12 wants donors to be told then): W3 to W5 of an offer."""
    words = speech(language)
    if rules.counted:
        value, benefits = rules.value, _valued(rules.counted, words)
        said = [words.say("w3_form", amount=amount, benefits=benefits, value=value)]
        said.append(words.say("w4_form" if rules.deductible.cents else "w4_sale", deductible=rules.deductible))
        return said
    return [words.say("w5_form", benefits=words.listed(rules.disregarded))] if rules.disregarded else []


def _facts(facts: ReceiptFacts, words: Language) -> list[tuple[str, str]]:
    lines = [
        ("w1_number", facts.label),
        ("w1_donee", facts.legal_name),
        ("w1_ein", facts.ein),
        ("w1_address", ", ".join(facts.address_lines)),
        ("w1_donor", facts.donor_name),
        ("w1_amount", str(facts.amount)),
        ("w1_day", words.day(facts.given_on)),
        ("w1_year", str(facts.given_on.year)),
        ("w1_kind", _kind(facts, words)),
        ("w1_station", facts.station_name),
    ]
    if facts.received_on and facts.received_on != facts.given_on:
        lines.insert(7, ("w1_received", words.day(facts.received_on)))
    return [(words.say(key), value) for key, value in lines]


def _kind(facts: ReceiptFacts, words: Language) -> str:
    if facts.interval is None:
        return words.say("w1_once")
    adjective, span = words.intervals[facts.interval.value]
    return words.say("w1_charge", adjective=adjective, Adjective=adjective.capitalize(), interval=span)


def _paragraphs(facts: ReceiptFacts, words: Language) -> list[str]:
    donee, amount, day = facts.legal_name, facts.amount, words.day(facts.given_on)
    said = [words.say("w12", old=facts.replaces, reason=facts.reason)] if facts.replaces else []
    thanks = "w1_thanks_paid" if facts.in_return.counted else "w1_thanks"
    said.append(words.say(thanks, donee=donee, amount=amount, day=day))
    if facts.cover:
        said.append(words.say("w1_cover", cover=facts.cover))
    if facts.interval:
        said.append(words.say("w1_one_charge", adjective=words.intervals[facts.interval.value][0]))
    said += in_return(amount, facts.in_return, words)
    said.append(words.say("w1_status", donee=donee))
    return said + [one_line(legend) for legend in facts.legends]


def sections(text: str) -> list[Section]:
    """A stored text in its parts, for a page that shows exactly what was issued."""
    found: list[Section] = []
    for number, block in enumerate(text.split("\n\n")):
        if number == 0:
            pairs = (line.partition(": ") for line in block.split("\n"))
            found.append(Section(tuple((name, value) for name, _, value in pairs)))
        else:
            found.append(Section((), block))
    return found
