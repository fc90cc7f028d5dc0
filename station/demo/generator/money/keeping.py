"""What sustainers pay with, and the two of them whose last charge failed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from station.demo.generator.money.plans import End, Plan
from station.demo.generator.money.pledges import CURRENCY
from station.demo.generator.rows import Rows
from station.payments.models import InvoiceState, MethodState, OpenInvoice, PaymentMethod

DECLINED = "Your card was declined."
ASKS = "Your card was declined. This transaction requires authentication."
UNPAID = {  # why, Stripe's sentence, and whether it is tried again by itself
    End.RETRYING: ("insufficient_funds", DECLINED, True),
    End.ASKED: ("authentication_required", ASKS, False),
}


def open_invoice(rows: Rows, plan: Plan, subscription_id: UUID, stripe_id: str, at: datetime) -> None:
    """What stands open. Stripe does not know it, so it has no page there."""
    code, words, again = UNPAID[plan.end]
    rows.add(
        OpenInvoice,
        at,
        subscription_id=subscription_id,
        stripe_invoice=stripe_id,
        state=InvoiceState.OPEN,
        amount_cents=plan.cents,
        currency=CURRENCY,
        kind="card",
        attempts=1,
        next_attempt_at=at + timedelta(days=3) if again else None,
        decline_code=code,
        failure=words,
        asks=not again,
        page_url="",
        billed_at=at,
        created_at=at,
        updated_at=at,
    )


def kept_method(rows: Rows, plan: Plan, customer: str, stripe_id: str, year: int) -> UUID:
    """What a standing order charges; its id."""
    card = plan.method == "card"
    return rows.add(
        PaymentMethod,
        plan.charges[0],
        stripe_method=stripe_id,
        stripe_customer=customer,
        kind=plan.method,
        label=plan.method_label,
        exp_month=9 if card else None,
        exp_year=year if card else None,
        fingerprint="",
        is_default=False,
        state=MethodState.KEPT,
        livemode=False,
        created_at=plan.charges[0],
        updated_at=plan.charges[0],
    )
