"""An invoice of a subscription, as it is now."""

from __future__ import annotations

from datetime import datetime

from station.core.actor import STRIPE, Actor
from station.payments import queries
from station.payments.gateway import Charged, Invoice
from station.payments.models import Subscription
from station.payments.services import books, renewals
from station.payments.services.collecting.invoices import close, let_older_go, note_unpaid
from station.payments.services.collecting.methods import keep_paid_with
from station.payments.services.folding.outcome import Outcome, ignored, told
from station.payments.services.folding.settling import settled, slow, with_fee
from station.payments.services.folding.subscriptions import fold_order, row_of


def fold_invoice(found: Invoice, began: datetime, actor: Actor = STRIPE) -> Outcome:
    """An invoice: the first one settles the first payment, each later one that is paid is a renewal."""
    order = found.order
    row = row_of(order) if order else None
    if order is None or row is None or row.livemode is not found.livemode:
        return ignored("an invoice of no subscription of ours")
    if row.stripe_subscription not in (None, order.id):
        return _other_subscription(row, found)
    if found.unpaid:
        note_unpaid(row, found.unpaid, actor)
    moved, closed = fold_order(row, order, began, actor), close(found.id, found.status, actor)
    changed = moved or closed
    keep_paid_with(row, order, found.paying, actor)
    outcome = (_first if found.first else _renewal)(row, found, changed, actor)
    return outcome.answering(found.id, order.id, with_fee(found.paying))


def _first(row: Subscription, found: Invoice, changed: bool, actor: Actor) -> Outcome:
    payment = queries.lock_first_payment(row.id)
    if payment is None:
        return ignored("the first invoice of a subscription without a first payment")
    payment.invoice = found.id
    if found.status == "paid":
        return settled(payment, found.paying, actor)
    if found.paying is not None and found.paying.processing:
        return slow(payment, found.paying, actor)
    return told(payment, changed, f"the first invoice is {found.status}")


def _other_subscription(row: Subscription, found: Invoice) -> Outcome:
    payment = queries.lock_first_payment(row.id)
    if payment and found.status == "paid" and found.paying and found.paying.charged:
        books.unexpected_money(payment, found.paying.charged)
    return ignored("an invoice of another subscription with our ids")


def _renewal(row: Subscription, found: Invoice, changed: bool, actor: Actor) -> Outcome:
    if found.status != "paid" or found.amount_cents == 0:
        return told(None, changed, f"the renewal is {found.status}")
    let_older_go(row, found.billed_at)
    payment = queries.lock_payment_of_invoice(found.id)
    if payment is None and found.paying is None:
        renewals.paid_elsewhere(row, found)
        return ignored("a renewal that was marked as paid without a payment")
    money = found.paying.charged if found.paying else None
    if payment is None and money and _of_before(row, money):
        return ignored("a charge of before the standing order was adopted")
    payment = payment or renewals.open_renewal(row, found, actor)
    return settled(payment, found.paying, actor)


def _of_before(row: Subscription, money: Charged) -> bool:
    """Whether an adopted standing order was charged before it was ours. Stripe's instants are whole seconds."""
    return row.adopted_at is not None and money.charged_at < row.adopted_at.replace(microsecond=0)
