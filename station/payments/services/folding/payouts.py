"""A payout, as it is now."""

from __future__ import annotations

from station.core import clock, events
from station.core.actor import STRIPE, Actor
from station.core.events import Subject
from station.core.ids import new_id
from station.core.outbox import Job, Queue, enqueue
from station.core.runtime import settings
from station.core.upsert import insert_missing
from station.payments.gateway import PayoutSeen
from station.payments.models import Listing, Payout, PayoutState
from station.payments.policies import PAYOUT, PayoutEdge, payout_edge
from station.payments.queries.payouts import balance
from station.payments.services.deposits.payouts import refresh
from station.payments.services.deposits.ties import opened_at
from station.payments.services.folding.outcome import Outcome, ignored, told

RECONCILE = Job("payments.reconcile", Queue.MONEY, lease=600)
EVENTS = {
    PayoutEdge.SEND: "payments.payout.sent",
    PayoutEdge.PAY: "payments.payout.paid",
    PayoutEdge.FAIL: "payments.payout.failed",
    PayoutEdge.CANCEL: "payments.payout.canceled",
}


def fold_payout(seen: PayoutSeen, actor: Actor = STRIPE) -> Outcome:
    """A payout: its state, its place in the ledger, and a job that reads its lines once Stripe has listed them."""
    if seen.livemode is not settings().livemode:
        return ignored("a payout of the other mode")
    if seen.made_at < opened_at() and balance.payout_of(seen.id) is None:
        return ignored("a payout from before the house was opened: the opening balance is without it")
    payout, fresh = _row(seen)
    moved = _follow(payout, seen, actor)
    if payout.listing is Listing.PENDING and seen.listing != payout.listing:
        payout.listing, moved = Listing(seen.listing), True
    if payout.listing is Listing.COMPLETE and payout.read_at is None:
        enqueue(RECONCILE, key=str(payout.id), payout_id=str(payout.id))
    refresh(payout, actor)
    return told(None, fresh or moved, f"the payout is {payout.state}").answering(seen.id)


def _row(seen: PayoutSeen) -> tuple[Payout, bool]:
    """The payout's row, locked; and whether it is new."""
    fresh = insert_missing(
        Payout,
        id=new_id(),
        stripe_id=seen.id,
        state=PayoutState.PENDING,
        listing=Listing(seen.listing),
        amount_cents=seen.amount_cents,
        currency=seen.currency,
        automatic=seen.automatic,
        livemode=seen.livemode,
        failure="",
        problem="",
        made_at=seen.made_at,
        arrives_on=seen.arrives_on,
        postings=0,
        updated_at=clock.now(),
    )
    payout = balance.lock_payout(seen.id)
    assert payout is not None  # noqa: S101  # it was inserted, or stood there
    if payout.state in balance.TRAVELLING:
        payout.arrives_on = seen.arrives_on
    return payout, fresh


def _follow(payout: Payout, seen: PayoutSeen, actor: Actor) -> bool:
    edge = payout_edge(payout.state, seen.status)
    if edge is None:
        return False
    before, payout.state, payout.updated_at = payout.state, PAYOUT.move(payout.state, edge), clock.now()
    payout.failure = seen.failure[:500]
    events.record(
        EVENTS[edge],
        actor,
        [Subject("payout", payout.id)],
        {"amount": str(payout.amount), "why": payout.failure, "was_paid": before is PayoutState.PAID},
    )
    return True
