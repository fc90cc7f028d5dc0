"""What comes of a look at Stripe, and why one must be taken again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from station.core import clock
from station.payments.gateway import OfCharge
from station.payments.models import EventState, Payment

SETTLES_WITHIN = timedelta(minutes=10)


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


def unknown(of: OfCharge) -> Outcome:
    """The outcome of money that goes back of a charge that no payment has.

    Raises NotYet while the charge is so young that the event which settles its payment may be on its way. Of an older
    one that is ours after all, whatever settles it sees that money went back, and asks.
    """
    if of.charged_at is not None and of.charged_at > clock.now() - SETTLES_WITHIN:
        raise NotYet("no payment has this charge yet")
    return ignored("of no payment in this database")


Fold = Callable[[], Outcome]  # runs inside the transaction, on what was fetched outside it
