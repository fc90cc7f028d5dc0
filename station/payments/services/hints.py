"""Events that need no question to Stripe: what they tell stands in our books, or another event brings it.

Each rule holds whatever came before or comes after:

* A payment that is settled with its fee is final; nothing about its session, charge or first invoice moves it.
* The fee of a charge that no payment has is brought by the session or the invoice that settles it, else by the check.
* Until the first payment is settled its checkout session tells of everything; the check asks for a lost session.
* What goes back of a payment is always asked about.
* A method or mandate that we do not know comes, as it is then, with the checkout or the charge that brings it.
* A subscription's event whose own body says what the row says brings nothing. The row is stamped all the same, under
  its lock, so that a worker who looked before the event came looks again (`Overtaken`) and cannot undo it.
"""

from __future__ import annotations

from collections.abc import Callable

from station.core import clock
from station.payments import gateway, queries
from station.payments.gateway import FirstBill, Snapshot, StandingOrder
from station.payments.models import EventState, PaymentState, Subscription
from station.payments.policies import SUBSCRIPTION, UNPAID, Thing, subscription_edge
from station.payments.services.folding import Outcome, Overtaken, ignored, standing_of

KEPT = (Thing.METHOD, Thing.CARD_UPDATE, Thing.MANDATE)
SETTLING = (Thing.SESSION, Thing.INVOICE, Thing.CHARGE)
OVER = (PaymentState.FAILED, PaymentState.EXPIRED)


def known(thing: Thing, object_id: str, raw: str) -> Callable[[], Outcome] | None:
    """The fold of an event that needs no question, to run inside the transaction; None when Stripe must be asked."""
    if thing is Thing.SUBSCRIPTION:
        return _subscription(gateway.snapshot_of(raw))
    if thing in KEPT:
        return None if queries.keeps(object_id) else _always(ignored("of no sustainer of ours"))
    if thing not in SETTLING:
        return None
    payment = queries.payment_of_object(object_id)
    if payment is not None and payment.balance_transaction:
        return _always(Outcome(EventState.STALE, "settled before", payment.id))
    if thing is Thing.CHARGE and payment is None:
        return _always(ignored("a charge of no settled payment (its session or invoice brings the fee)"))
    return _first_bill(gateway.first_bill_of(raw)) if thing is Thing.INVOICE else None


def _always(outcome: Outcome) -> Callable[[], Outcome]:
    return lambda: outcome


def _first_bill(bill: FirstBill | None) -> Callable[[], Outcome] | None:
    """The first invoice is told by its checkout session, unless that one is over or of another subscription."""
    row = queries.subscription_row(bill.ours.subscription_id) if bill and bill.ours.subscription_id else None
    payment = queries.payment_row(bill.ours.payment_id) if bill and bill.ours.payment_id else None
    if bill is None or row is None or payment is None or payment.subscription_id != row.id:
        return None
    theirs = row.livemode is not bill.livemode or row.stripe_subscription not in (None, bill.order_id)
    if theirs or payment.state in OVER:
        return None
    return _always(Outcome(EventState.STALE, "its checkout session tells", payment.id))


def _subscription(seen: Snapshot | None) -> Callable[[], Outcome] | None:
    row_id = seen.order.ours.subscription_id if seen else None
    row = queries.subscription_row(row_id) if row_id else None
    if seen is None or row_id is None or row is None or not _nothing_new(row, seen):
        return None

    def pass_over() -> Outcome:
        locked = queries.lock_subscription(row_id)
        if locked is None or not _nothing_new(locked, seen):
            raise Overtaken
        locked.updated_at = clock.now()
        return Outcome(EventState.STALE, f"the subscription is {seen.order.status}")

    return pass_over


def _nothing_new(row: Subscription, seen: Snapshot) -> bool:
    order = seen.order
    if row.livemode is not order.livemode:
        return False
    if row.stripe_subscription is None:
        payment = queries.payment_row(order.ours.payment_id) if order.ours.payment_id else None
        return payment is not None and payment.subscription_id == row.id and payment.state in queries.OPEN
    same = (row.stripe_subscription, row.stripe_customer or "") == (order.id, order.customer)
    if not same or _moves(row, order) or _other_terms(row, order):
        return False
    return row.current_period_end == order.period_end or _invoice_tells(seen.latest_invoice)


def _moves(row: Subscription, order: StandingOrder) -> bool:
    """Whether the state moves. A body does not show whether an unpaid bill is tried again: its own events do."""
    unpaid = row.state in UNPAID and order.status in ("past_due", "unpaid")
    return not unpaid and subscription_edge(row.state, standing_of(order)) is not None


def _other_terms(row: Subscription, order: StandingOrder) -> bool:
    if SUBSCRIPTION.is_final(row.state):
        return False
    priced = order.amount_cents is not None
    price = priced and (order.amount_cents, order.interval) != (row.amount_cents, row.interval)
    method = queries.charged_method(row.id) if row.method_id else None
    if order.method != (method.stripe_method if method else ""):
        return True
    return price or (order.resumes_at, order.ends_at) != (row.paused_until, row.ends_at)


def _invoice_tells(invoice_id: str) -> bool:
    """A new period comes with an invoice; while that one is not booked, its own events, or the check, bring both."""
    return bool(invoice_id) and queries.payment_of_object(invoice_id) is None
