"""Lets everything that has fallen due happen, in order, each at its own instant."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.stripe.core.clock import DAY, LONGEST_STEP
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import debits, finishing, settling
from sandbox.stripe.flows.billing import changing, subscribing
from sandbox.stripe.flows.money import disputing, movements, paying_out, refunding, warning


def _expire(sandbox: Sandbox, session: Obj) -> None:
    if session["status"] == "open":
        finishing.expire(sandbox, session)


def _renew(sandbox: Sandbox, subscription: Obj) -> None:
    subscribing.renew(sandbox, subscription)


def _cancel(sandbox: Sandbox, subscription: Obj) -> None:
    if subscription["status"] != "canceled":
        subscribing.cancel(sandbox, subscription, "cancellation_requested")


def _finalize(sandbox: Sandbox, invoice: Obj) -> None:
    if invoice["status"] == "draft":
        subscribing.finalize_and_collect(sandbox, invoice)


def _collect(sandbox: Sandbox, invoice: Obj) -> None:
    if invoice["status"] == "open":
        subscribing.collect(sandbox, invoice)


def _dispute(sandbox: Sandbox, charge: Obj) -> None:
    disputing.open_for(sandbox, charge)


def _return(sandbox: Sandbox, charge: Obj) -> None:
    known = debits.account_of(sandbox, sandbox.get("payment_method", charge["payment_method"]))
    disputing.bank_return(sandbox, charge, str(known.disputed))


def _warn(sandbox: Sandbox, charge: Obj) -> None:
    warning.create(sandbox, charge)


def _give_up(sandbox: Sandbox, subscription: Obj) -> None:
    """docs.stripe.com/billing/subscriptions/overview#subscription-statuses: 23 hours for the first payment."""
    if subscription["status"] == "incomplete":
        subscribing.change(sandbox, subscription, status="incomplete_expired")


def _debit(sandbox: Sandbox, charge: Obj) -> None:
    if charge["status"] == "pending":
        settling.settle(sandbox, charge)


KINDS: dict[str, Callable[[Sandbox, Obj], None]] = {
    "expire": _expire,
    "renew": _renew,
    "cancel": _cancel,
    "finalize": _finalize,
    "collect": _collect,
    "available": movements.make_available,
    "debit": _debit,
    "dispute": _dispute,
    "past_due": disputing.past_due,
    "warn": _warn,
    "return": _return,
    "refund": refunding.ended,
    "reconcile": paying_out.reconcile,
    "arrive": paying_out.arrive,
    "give_up": _give_up,
    "upcoming": subscribing.announce,
    "resume": changing.resume_collection,
    "trial_ends": changing.trial_ends,
}


def run_due(sandbox: Sandbox) -> int:
    """How many things happened."""
    with sandbox.store.lock:
        done, until = 0, sandbox.now()
        while sandbox.next_due <= until:
            row = min(sandbox.store.all("_due"), key=lambda due: (due["at"], due["id"]), default=None)
            if row is None or row["at"] > until:
                sandbox.next_due = row["at"] if row else until + DAY
                break
            with sandbox.clock.at(row["at"]), sandbox.action():
                sandbox.store.drop("_due", row["id"])
                found = sandbox.store.find(row["object"])
                if found is not None:
                    KINDS[row["kind"]](sandbox, found)
            done += 1
        return done


def advance(sandbox: Sandbox, seconds: float) -> int:
    """Move the clock forward: docs.stripe.com/api/test_clocks/advance (never back)."""
    if not 0 <= seconds <= LONGEST_STEP:
        raise ValueError("the clock only moves forward, and at most five years at a time")
    with sandbox.store.lock:
        sandbox.clock.offset += seconds
        sandbox.keep_clock()
        return run_due(sandbox)
