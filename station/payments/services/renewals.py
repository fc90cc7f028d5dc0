"""A renewal is a payment of its own, known by its invoice. Inside the caller's transaction."""

from __future__ import annotations

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db
from station.core.events import Subject
from station.core.ids import new_id
from station.core.money import Money
from station.payments.gateway import Invoice
from station.payments.models import Payment, PaymentKind, PaymentState, Subscription
from station.payments.services.amounts import cover_of_charge, set_amount
from station.payments.services.moving import subjects


def open_renewal(row: Subscription, found: Invoice, actor: Actor) -> Payment:
    """The payment of a renewal's invoice. The subscription is locked, so that two workers make one."""
    now = clock.now()
    payment = Payment(
        id=new_id(),
        kind=PaymentKind.RENEWAL,
        state=PaymentState.CREATED,
        reference=row.reference,
        station_id=row.station_id,
        subscription_id=row.id,
        second_station_id=row.second_station_id,
        currency=found.currency,
        fee_cents=0,
        livemode=row.livemode,
        invoice=found.id,
        checkout_url="",
        created_at=now,
        updated_at=now,
    )
    billed = Money(found.amount_cents, found.currency)
    set_amount(payment, billed, cover_of_charge(row, billed, now.date()))
    db.session().add(payment)
    db.session().flush()
    events.record("payments.renewal.opened", actor, subjects(payment), {"amount": str(payment.amount)})
    return payment


def paid_elsewhere(row: Subscription, found: Invoice) -> None:
    """Somebody marked an invoice as paid at Stripe's dashboard: there is no money of Stripe's to book."""
    open_work_item(
        "payments.paid_elsewhere",
        f"payments.paid_elsewhere:{found.id}",
        Role.DEVELOPMENT,
        "A renewal marked as paid by hand",
        f"Invoice {found.id} of {Money(found.amount_cents, found.currency)} is paid at Stripe without a payment. "
        "Enter the gift by hand if the money came.",
        Subject("subscription", row.id),
    )
