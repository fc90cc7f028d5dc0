"""The sentences that a judgment puts on a document: which there are, and their words in one language.

A wording is a mapping from every sentence to its text; slots in braces are filled from the judgment alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from station.receipts.policies.benefits import Benefit
from station.receipts.policies.thresholds import VEHICLE_SALE_UP_TO
from station.receipts.policies.wordings.english import WORDS

if TYPE_CHECKING:
    from station.receipts.policies.judging import Judgment


class Sentence(StrEnum):
    NO_GOODS = "no_goods"  # W2: 26 USC 170(f)(8)(B)(ii)
    GOODS = "goods"  # W3: (B)(iii)
    LIMIT = "limit"  # W4: 26 USC 6115(a)(1)
    LIMIT_BY_VALUE = "limit_by_value"  # the same where the donor sets the value
    ONCE = "once"  # W4 over the charges of a sustainer
    PURCHASE = "purchase"
    INSUBSTANTIAL = "insubstantial"  # W5: Rev. Proc. 90-12
    DESCRIPTION = "description"  # W6: 170(f)(8)(B)(i)
    VEHICLE_SOLD = "vehicle_sold"  # W7: 170(f)(12)(B)
    VEHICLE_KEPT = "vehicle_kept"
    VEHICLE_SMALL = "vehicle_small"
    QCD = "qcd"  # W8
    DAF = "daf"  # W9: no word of taxes
    NOT_DEDUCTIBLE = "not_deductible"
    NOT_A_GIFT = "not_a_gift"
    VOID = "void"


# What a receipt of money says stands with the other wordings; the rest speaks of kinds that have letters.
ENGLISH: Mapping[Sentence, str] = {
    Sentence.NO_GOODS: WORDS["w2"],
    Sentence.GOODS: WORDS["w3"].replace("{benefits}", "{goods}"),
    Sentence.LIMIT: WORDS["w4"],
    Sentence.LIMIT_BY_VALUE: (
        "What is deductible for federal income tax purposes is limited to what your gift was worth beyond the value "
        "of the goods or services you received."
    ),
    Sentence.ONCE: (
        "Their value is taken off once, from all these charges together. What is deductible for federal income tax "
        "purposes is limited to what you gave beyond it: {deductible}."
    ),
    Sentence.PURCHASE: WORDS["w4_sale"],
    Sentence.INSUBSTANTIAL: (
        "Under Internal Revenue Service guidelines the estimated value of the benefits you received "
        "({insubstantial}) is not substantial; therefore the full amount of your payment is a deductible "
        "contribution."
    ),
    Sentence.DESCRIPTION: "We describe your gift and state no value: that is for you to determine.",
    Sentence.VEHICLE_SOLD: (
        "The vehicle was sold in an arm’s length transaction between unrelated parties. The gross proceeds of the "
        "sale were {proceeds}. Your deduction may not exceed the gross proceeds."
    ),
    Sentence.VEHICLE_KEPT: (
        "The vehicle has not been sold. We certify what it will be used for, and for how long, or how it will be "
        "improved, and that it will not be exchanged for money or other property before that is done."
    ),
    Sentence.VEHICLE_SMALL: (
        "You may deduct the fair market value of the vehicle on the day you gave it, or {vehicle_limit}, whichever "
        "is less."
    ),
    Sentence.QCD: (
        "We received this gift directly from your individual retirement account. We are an organization described in "
        "sections 501(c)(3) and 170(b)(1)(A) of the Internal Revenue Code, and keep no donor-advised fund and are no "
        "supporting organization."
    ),
    Sentence.DAF: "Thank you for recommending this grant from your donor-advised fund.",
    Sentence.NOT_DEDUCTIBLE: "This is not deductible as a charitable contribution for federal income tax purposes.",
    Sentence.NOT_A_GIFT: "This payment is for underwriting under a contract. It is not a charitable contribution.",
    Sentence.VOID: "The contribution was returned, so any receipt for it is void.",
}


def statement_texts(judgment: Judgment, wording: Mapping[Sentence, str] = ENGLISH) -> tuple[str, ...]:
    """The sentences that must stand on a judgment's document, in order. Raises ValueError for a wording that has no
    words for one of them.
    """
    missing = [sentence.value for sentence in judgment.sentences if not wording.get(sentence, "").strip()]
    if missing:
        raise ValueError(f"this wording has no words for: {', '.join(missing)}")
    slots = {
        "goods": _listed(judgment.counted),
        "value": judgment.weighed.value,
        "deductible": judgment.deductible,
        "insubstantial": ", ".join(benefit.name for benefit in judgment.insubstantial),
        "proceeds": judgment.proceeds,
        "vehicle_limit": VEHICLE_SALE_UP_TO.short,
    }
    return tuple(wording[sentence].format_map(slots) for sentence in judgment.sentences)


def _listed(benefits: tuple[Benefit, ...]) -> str:
    """Several are told with the value of each."""
    if len(benefits) == 1:
        return benefits[0].name
    return ", ".join(f"{each.name} ({each.fmv if each.fmv is not None else '?'})" for each in benefits)
