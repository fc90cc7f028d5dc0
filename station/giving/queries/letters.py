"""What the letters about a gift would say: from the gift, and the few words that a person adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from station.core.db import db
from station.giving.models import Gift
from station.members import queries as members
from station.payments import queries as payments
from station.payments.models import Payment, Tendered
from station.payments.policies import decimal
from station.receipts.models import LetterKind
from station.receipts.policies import LetterFacts, letter_kinds
from station.receipts.queries import letter_facts


@dataclass(frozen=True)
class LetterWords:
    """What a gift does not say of itself: the fund and its adviser, or who holds the IRA."""

    fund: str = ""
    adviser: str = ""
    holder: str = ""


def kinds_of(gift_id: UUID) -> tuple[LetterKind, ...]:
    """The letters that a gift gets instead of a receipt; none for another gift, or one that was taken back."""
    gift = db.session().get(Gift, gift_id)
    payment = db.session().get(Payment, gift.payment_id) if gift else None
    facts = payments.tendered(payment.id) if payment else None
    if payment is None or facts is None or payment.voided_at is not None:
        return ()
    return letter_kinds(payment.tender, facts.way)


def letters_for(gift_id: UUID, words: LetterWords) -> list[LetterFacts]:
    """The letters about a gift, in the donor's language; none to an adviser whom nobody named."""
    gift = db.session().get_one(Gift, gift_id)
    facts, donor = payments.tendered(gift.payment_id), members.member(gift.member_id)
    assert facts is not None and donor is not None  # noqa: PT018, S101  # foreign keys
    found: list[LetterFacts] = []
    for kind in kinds_of(gift_id):
        to_name = words.adviser if kind is LetterKind.FUND_ADVISER else donor.name
        if to_name:
            said = _said(kind, gift, facts, donor.name, words)
            found.append(letter_facts(kind, to_name, facts.received_on, donor.language, **said))
    return found


def _said(kind: LetterKind, gift: Gift, facts: Tendered, donor: str, words: LetterWords) -> dict[str, Any]:
    if kind is LetterKind.STOCK:
        return {"symbol": facts.symbol, "shares": decimal(facts.shares_e4)}
    if kind is LetterKind.IRA:
        return {"amount": gift.amount, "holder": words.holder}
    return {"amount": gift.amount, "fund": words.fund, "holder": donor}
