"""Writing the letters about a gift that gets no receipt."""

from __future__ import annotations

from uuid import UUID

from station.accounts.services import settle_work_item
from station.core.actor import Actor
from station.core.db import transaction
from station.giving.models import Gift
from station.giving.queries.letters import LetterWords, letters_for
from station.payments.queries import lock_payment
from station.receipts.services import write_letter


def letter_key(gift_id: UUID) -> str:
    """The key of the work item that asks for the letters about a gift."""
    return f"letter:{gift_id}"


def write_letters(gift_id: UUID, words: LetterWords, actor: Actor, reason: str = "") -> list[UUID]:
    """Write the letters about a gift, and close the work item that asked for them; returns their ids.

    Those that were written before are replaced, and `reason` says why. None are written about a gift that was taken
    back: whoever takes it back holds its payment, too. Raises SilentAcknowledgment.
    """
    with transaction() as session:
        gift = session.get_one(Gift, gift_id)
        lock_payment(gift.payment_id)
        made = [write_letter(gift.id, gift.member_id, facts, actor, reason) for facts in letters_for(gift_id, words)]
        if made:
            settle_work_item(letter_key(gift_id), "The letter is written.", actor)
        return made
