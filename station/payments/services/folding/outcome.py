"""What comes of a look at Stripe, and why one must be taken again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from station.payments.models import EventState, Payment


class NotYet(Exception):
    """Stripe's objects do not agree yet (a paid session whose charge cannot be seen): look again later."""


class Overtaken(Exception):
    """Another worker changed the subscription since the look began: look again now."""


@dataclass(frozen=True)
class Outcome:
    """What came of an event, for its row and for the one who reads it at the desk.

    `answers` holds the ids of Stripe's objects that this look has brought to our rows: an event about one of them
    that came before the look began has nothing to add.
    """

    state: EventState
    text: str
    payment_id: UUID | None = None
    answers: frozenset[str] = frozenset()

    def answering(self, *objects: str | None) -> Outcome:
        """The same outcome of a look that has brought these objects."""
        return replace(self, answers=frozenset(filter(None, objects)))


def ignored(why: str) -> Outcome:
    """The outcome of an event that is not ours."""
    return Outcome(EventState.IGNORED, why)


def told(payment: Payment | None, changed: bool, text: str) -> Outcome:
    """The outcome of an event that was ours: applied when it changed something, stale when it was known."""
    return Outcome(EventState.APPLIED if changed else EventState.STALE, text, payment.id if payment else None)


Fold = Callable[[], Outcome]  # runs inside the transaction, on what was fetched outside it
