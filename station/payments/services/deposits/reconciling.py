"""Reconciling a payout: its lines are read, each is tied, and together they make it, to the cent.

Begins at `payout.reconciliation_completed` (docs.stripe.com/payouts/reconciliation), and every day for those whose
event was lost or whose lines were not all tied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from station.core import clock
from station.core.actor import Actor, job
from station.core.db import db, transaction
from station.core.money import Money
from station.payments import gateway
from station.payments.gateway import PayoutSeen, StripeRefused
from station.payments.models import Listing, PayoutState
from station.payments.queries.payouts import balance
from station.payments.services.deposits import payouts, reading
from station.payments.services.folding.payouts import fold_payout
from station.payments.services.inbox import fold_again

RECONCILER = job("the reconciliation of payouts")
BACK = timedelta(days=35)


@dataclass(frozen=True)
class Reconciled:
    """What came of one payout. `lines` and `unmatched` count; `said` is a sentence for a person."""

    payout_id: UUID
    stripe_id: str
    state: PayoutState
    amount: Money
    lines: int
    unmatched: int
    mended: int
    reconciled: bool
    said: str


def reconcile_payouts(actor: Actor = RECONCILER) -> list[Reconciled]:
    """Every payout that Stripe made in the last 35 days or that is not reconciled here, oldest first.

    The state of each is looked at; the lines are read of those that are not reconciled.
    """
    seen = gateway.payouts_since(clock.now() - BACK)
    for each in seen:
        fold_again(lambda each=each: lambda: fold_payout(each, actor))  # type: ignore[misc]
    known = {each.id: each for each in seen}
    rows = balance.payouts_to_read(clock.now() - BACK)
    waiting = [(row.id, row.stripe_id, row.reconciled_at is not None) for row in rows]
    db.session().rollback()
    done = [
        _told(payout_id, "reconciled", 0, actor) if over else _reconcile(payout_id, known.get(stripe_id), actor)
        for payout_id, stripe_id, over in waiting
    ]
    reading.tie_what_waits(actor)
    return done


def reconcile_payout(payout_id: UUID, actor: Actor = RECONCILER) -> Reconciled:
    """One payout, looked at anew. Raises StripeUnavailable for the job to try again."""
    done = _reconcile(payout_id, None, actor)
    reading.tie_what_waits(actor)
    return done


def reconcile_named(stripe_id: str, actor: Actor) -> Reconciled:
    """The payout that Stripe knows under an id, also one that nobody has told us of. Raises StripeRefused."""
    seen = gateway.fetch_payout(stripe_id)
    fold_again(lambda: lambda: fold_payout(seen, actor))
    found = balance.payout_of(stripe_id)
    if found is None:
        raise StripeRefused(f"{stripe_id} is a payout of the other mode, or from before the house was opened")
    return reconcile_payout(found.id, actor)


def _reconcile(payout_id: UUID, seen: PayoutSeen | None, actor: Actor) -> Reconciled:
    row = balance.payout_row(payout_id)
    stripe_id = row.stripe_id if row else ""
    db.session().rollback()
    try:
        looked = seen or gateway.fetch_payout(stripe_id)
    except StripeRefused as refusal:
        return _told(payout_id, str(refusal), 0, actor)
    if seen is None:
        fold_again(lambda: lambda: fold_payout(looked, actor))
    if looked.listing != Listing.COMPLETE:
        manual = looked.listing == Listing.NEVER
        said = "made by hand: Stripe ties no lines to it" if manual else "Stripe has not listed its lines yet"
        return _told(payout_id, said, 0, actor)
    found = reading.keep_lines(gateway.movements_of(stripe_id), payout_id, actor)
    with transaction():
        locked = balance.lock_payout_row(payout_id)
        locked.read_at = locked.read_at or clock.now()
        payouts.refresh(locked, actor)
        said = locked.problem or (
            f"{len(found.unmatched)} line(s) tied to nothing" if found.unmatched else "reconciled"
        )
    reading.note_unmatched(actor)
    return _told(payout_id, said, len(found.mended), actor)


def _told(payout_id: UUID, said: str, mended: int, actor: Actor) -> Reconciled:
    with transaction():
        payout = balance.lock_payout_row(payout_id)
        if payout.read_at is None:
            payouts.refresh(payout, actor)
        lines = balance.lines_of(payout_id)
        waiting = sum(line.tied_at is None for line in lines)
        return Reconciled(
            payout.id,
            payout.stripe_id,
            payout.state,
            payout.amount,
            len(lines),
            waiting,
            mended,
            payout.reconciled_at is not None,
            said,
        )
