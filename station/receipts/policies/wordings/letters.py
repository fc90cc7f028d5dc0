"""The words of letters that are not receipts (W6 to W9): stock, property, a vehicle, an IRA's distribution, a grant.

A letter of property states no value (26 USC 170(f)(8)(B)(i)); one of a distribution from an IRA never calls it
deductible (408(d)(8)(E)); the sponsor of a donor-advised fund is its donor, and its adviser is thanked without a word
of taxes (4967). All but those of a fund say whether goods or services were given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from station.core.money import Money
from station.receipts.models import LetterKind
from station.receipts.policies.wordings.receipts import SilentAcknowledgment, listing
from station.receipts.policies.wordings.sets import Language, one_line, speech

SMALL_VEHICLE_CENTS = 500_00  # 26 USC 170(f)(12)(A)(i): claimed value above $500
OF_A_FUND = (LetterKind.FUND_SPONSOR, LetterKind.FUND_ADVISER)


@dataclass(frozen=True)
class LetterFacts:
    """All that a letter says; what does not concern its kind is empty. Days are station-local.

    `number` is the printed one, `to_name` who gets it. Of stock: `symbol` and `shares`; of property and a vehicle:
    `description`; of a vehicle: `vin`, `sold_on`, and `amount` as the gross proceeds; of an IRA: `holder`, who keeps
    it; of a grant: `fund`, and `holder`, its sponsor.
    """

    kind: LetterKind
    number: str
    legal_name: str
    ein: str
    address_lines: tuple[str, ...]
    to_name: str
    received_on: date
    written_on: date
    language: str = "en"
    amount: Money | None = None
    symbol: str = ""
    shares: str = ""
    description: str = ""
    vin: str = ""
    sold_on: date | None = None
    holder: str = ""
    fund: str = ""
    replaces: str = ""
    reason: str = ""
    legends: tuple[str, ...] = ()


def letter_text(facts: LetterFacts) -> str:
    """The letter as it is stored, printed and mailed: facts as `Name: value` lines, then paragraphs.

    Raises SilentAcknowledgment should one that acknowledges a gift lack its sentence about goods or services.
    """
    words = speech(facts.language)
    lines = [
        ("letter_number", facts.number),
        ("letter_day", words.day(facts.written_on)),
        ("letter_to", facts.to_name),
        ("w1_donee", facts.legal_name),
        ("w1_ein", facts.ein),
        ("w1_address", ", ".join(facts.address_lines)),
        ("w1_received", words.day(facts.received_on)),
    ]
    said = [words.say("letter_dear", name=facts.to_name)]
    if facts.replaces:
        said.append(words.say("w12_letter", old=facts.replaces, reason=facts.reason))
    said += _BODIES[facts.kind](facts, words)
    if facts.kind not in OF_A_FUND:
        if words.say("w2") not in said:
            raise SilentAcknowledgment(f"a letter about {facts.kind.value} says nothing of goods or services")
        said += [] if facts.kind is LetterKind.IRA else [words.say("letter_keep")]
    said.append(f"{words.say('letter_close')} {one_line(facts.legal_name)}")
    said += [one_line(legend) for legend in facts.legends]
    return "\n\n".join([listing((words.say(key), value) for key, value in lines), *said])


def _stock(facts: LetterFacts, words: Language) -> list[str]:
    what = "w6_stock_one" if facts.shares == "1" else "w6_stock"
    day = words.day(facts.received_on)
    first = words.say(what, donee=facts.legal_name, shares=facts.shares, symbol=facts.symbol, day=day)
    return [first, words.say("w6_no_value"), words.say("w2")]


def _goods(facts: LetterFacts, words: Language) -> list[str]:
    day = words.day(facts.received_on)
    first = words.say("w6_goods", donee=facts.legal_name, day=day, description=facts.description)
    return [first, words.say("w6_no_value"), words.say("w2")]


def _vehicle(facts: LetterFacts, words: Language) -> list[str]:
    if facts.sold_on is None or facts.amount is None:
        raise ValueError("a vehicle's letter tells when it was sold, and for how much")
    small = facts.amount.cents <= SMALL_VEHICLE_CENTS
    day = words.day(facts.received_on)
    sold = words.say("w7_small" if small else "w7_sold", sold=words.day(facts.sold_on), proceeds=facts.amount)
    return [
        words.say("w7", donee=facts.legal_name, day=day, description=facts.description),
        words.say("w7_vin", vin=facts.vin),
        sold,
        words.say("w2"),
        words.say("w7_number"),
    ]


def _ira(facts: LetterFacts, words: Language) -> list[str]:
    day, donee = words.day(facts.received_on), facts.legal_name
    return [
        words.say("w8", donee=donee, amount=facts.amount, day=day, custodian=facts.holder),
        words.say("w2"),
        words.say("w8_status", donee=donee),
        words.say("w8_keep"),
    ]


def _sponsor(facts: LetterFacts, words: Language) -> list[str]:
    day = words.day(facts.received_on)
    said = {
        "donee": facts.legal_name,
        "sponsor": facts.holder,
        "amount": facts.amount,
        "fund": facts.fund,
        "day": day,
    }
    return [words.say("w9_sponsor", **said), words.say("w9_sponsor_benefit")]


def _adviser(facts: LetterFacts, words: Language) -> list[str]:
    day = words.day(facts.received_on)
    said = {
        "donee": facts.legal_name,
        "sponsor": facts.holder,
        "amount": facts.amount,
        "fund": facts.fund,
        "day": day,
    }
    return [words.say("w9_adviser", **said), words.say("w9_adviser_only", sponsor=facts.holder)]


_BODIES = {
    LetterKind.STOCK: _stock,
    LetterKind.GOODS: _goods,
    LetterKind.VEHICLE: _vehicle,
    LetterKind.IRA: _ira,
    LetterKind.FUND_SPONSOR: _sponsor,
    LetterKind.FUND_ADVISER: _adviser,
}
