"""Everything that goes back of one charge, as it is now."""

from __future__ import annotations

from collections.abc import Sequence

from station.core.actor import STRIPE, Actor
from station.payments.gateway import DisputeSeen, RefundSeen
from station.payments.models import EventState
from station.payments.services.folding.disputes import fold_dispute
from station.payments.services.folding.outcome import Outcome, ignored
from station.payments.services.folding.refunds import fold_refund


def fold_given_back(refunds: Sequence[RefundSeen], disputes: Sequence[DisputeSeen], actor: Actor = STRIPE) -> Outcome:
    """All refunds and disputes of a charge, the oldest first."""
    outcomes = [fold_refund(each, actor) for each in reversed(refunds)]
    outcomes += [fold_dispute(each, actor) for each in reversed(disputes)]
    if not outcomes:
        return ignored("nothing of this charge goes back")
    applied = [each for each in outcomes if each.state is EventState.APPLIED]
    answers = frozenset().union(*(each.answers for each in outcomes))
    chosen = (applied or outcomes)[-1]
    return Outcome(chosen.state, f"{len(outcomes)} refunds and disputes looked at", chosen.payment_id, answers)
