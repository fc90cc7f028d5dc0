"""Words of the tests about sustainers whose charges fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from sandbox.stripe.testing import Handle
from station.core.db import db
from station.payments.models import OpenInvoice, PaymentMethod
from station.payments.services import start_checkout
from tests.payments.parts import PAGE, opened, session_of, standing, stripe_id

Outbox = Callable[[], int]
DAY = 86_400


def sustainer(house: Any, sandbox: Handle, outbox: Outbox, card: str = "4242424242424242") -> UUID:
    """The first payment of a monthly gift that runs."""
    payment_id = opened(house, monthly=True)
    start_checkout(payment_id, PAGE)
    assert sandbox.pay(session_of(payment_id), card) is None
    told(sandbox, outbox)
    return payment_id


def by_bank(house: Any, sandbox: Handle, outbox: Outbox) -> UUID:
    """The first payment of a monthly gift from a bank account, which has arrived."""
    payment_id = opened(house, monthly=True)
    start_checkout(payment_id, PAGE)
    assert sandbox.pay_by_bank(session_of(payment_id)) is None
    told(sandbox, outbox)
    sandbox.settle_debits()
    told(sandbox, outbox)
    return payment_id


def told(sandbox: Handle, outbox: Outbox) -> None:
    """Stripe's events arrive, and the worker does what they ask for."""
    sandbox.deliver_now()
    outbox()


def declined(payment_id: UUID, sandbox: Handle, outbox: Outbox, times: int = 1) -> str:
    """A renewal that the bank refuses; the invoice's id at Stripe."""
    sandbox.decline_next(stripe_id(payment_id), times)
    invoice = sandbox.renew(stripe_id(payment_id))
    assert invoice
    told(sandbox, outbox)
    return invoice


def invoices(payment_id: UUID) -> list[OpenInvoice]:
    """The invoices of its subscription that were not paid at once, oldest first."""
    db.session.rollback()
    mine = OpenInvoice.subscription_id == standing(payment_id).id
    return list(db.session().scalars(sa.select(OpenInvoice).where(mine).order_by(OpenInvoice.billed_at)))


def invoice(payment_id: UUID) -> OpenInvoice:
    """The only one of them."""
    found = invoices(payment_id)
    assert len(found) == 1
    return found[0]


def methods() -> list[PaymentMethod]:
    """Every payment method that is kept, oldest first."""
    db.session.rollback()
    return list(db.session().scalars(sa.select(PaymentMethod).order_by(PaymentMethod.id)))


def charges_of(sandbox: Handle, stripe_invoice: str) -> int:
    """How often an invoice's money was really taken."""
    intents = {
        row["payment"]["payment_intent"]
        for row in sandbox.sandbox.store.all("invoice_payment")
        if row["invoice"] == stripe_invoice
    }
    return sum(c["paid"] for c in sandbox.sandbox.store.all("charge") if c["payment_intent"] in intents)
