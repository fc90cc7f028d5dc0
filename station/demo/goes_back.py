"""What went back: a gift that was refunded in part, a dispute that awaits an answer, and a card issuer's warning.

Stripe's word on them goes through the services, as its events would bring it, once all other rows are written.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from station.core import clock
from station.core.actor import Actor
from station.core.db import db
from station.core.money import Money
from station.demo.generator.calendar import Calendar
from station.demo.generator.money.pledges import CURRENCY
from station.payments import queries
from station.payments.gateway import DisputeSeen, Moved, OfCharge, RefundSeen, WarningSeen
from station.payments.models import Account, Payment, PaymentKind, PaymentState, RefundReason, Tender
from station.payments.queries.payouts.balance import balance_of, travelling
from station.payments.services import ask_refund
from station.payments.services.deposits.comparing import open_books
from station.payments.services.deposits.sweeps import keep_comparison
from station.payments.services.folding import fold_dispute, fold_refund, fold_warning

RECENT = timedelta(days=60)
FEE = 1500
REFUNDS = 1  # each has a receipt that replaces another one, and its mail


def goes_back(calendar: Calendar, actor: Actor) -> int:
    """Let it happen to the newest gifts by card; how many receipts, and mails, are new."""
    refunded, disputed, warned = _newest(calendar.now, 3)
    _refund(refunded, calendar.now, actor)
    _dispute(disputed, calendar.now)
    _warn(warned, calendar.now)
    return REFUNDS


def _newest(now: datetime, many: int) -> list[Payment]:
    """The newest one-time gifts by card of $40 and more."""
    cards = (Payment.method == "card", Payment.kind == PaymentKind.ONCE, Payment.tender == Tender.STRIPE)
    some = (Payment.state == PaymentState.SETTLED, Payment.amount_cents >= 4000, Payment.settled_at > now - RECENT)
    wanted = sa.select(Payment).where(*cards, *some).order_by(Payment.id.desc()).limit(many)
    return list(db.session().scalars(wanted))


def _of(payment: Payment) -> OfCharge:
    return OfCharge(payment.charge or "", payment.payment_intent or "", payment.settled_at)


def _refund(payment: Payment, now: datetime, actor: Actor) -> None:
    amount = Money(2000, payment.currency)
    refund_id = ask_refund(
        payment.id, amount, RefundReason.AMOUNT, "Meant twenty dollars less, and called the same day.", actor
    )
    fold_refund(
        RefundSeen(
            id=f"re_demo_{payment.charge}",
            of=_of(payment),
            ours=refund_id,
            amount_cents=amount.cents,
            currency=amount.currency,
            status="succeeded",
            reason="",
            failure="",
            balance_transaction=f"txn_demo_re_{payment.charge}",
            failure_balance_transaction=None,
            created_at=now,
        )
    )


def _dispute(payment: Payment, now: datetime) -> None:
    opened, due_by = now - timedelta(hours=5), now + timedelta(days=8)
    withdrawn = Moved(f"txn_demo_du_{payment.charge}", -payment.amount_cents, FEE, payment.currency, opened)
    fold_dispute(
        DisputeSeen(
            id=f"du_demo_{payment.charge}",
            of=_of(payment),
            amount_cents=payment.amount_cents,
            currency=payment.currency,
            status="needs_response",
            reason="unrecognized",
            refundable=False,
            due_by=due_by,
            answered=False,
            moved=(withdrawn,),
            created_at=opened,
        )
    )
    row = queries.dispute_of_stripe(f"du_demo_{payment.charge}")
    assert row is not None  # noqa: S101  # it was folded just now
    row.updated_at = due_by  # the sandbox does not know it, and the check must not ask


def _warn(payment: Payment, now: datetime) -> None:
    charge = _of(payment)
    fold_warning(WarningSeen(f"issfr_demo_{payment.charge}", charge, "made_with_stolen_card", True, now))


def nothing_is_at_stripe(actor: Actor) -> None:
    """The sandbox's account has seen none of this and is empty: what went back since the last payout is evened out by
    the opening balance. From the next second on each movement is to be explained."""
    now, moving = clock.now(), travelling(CURRENCY)
    open_books(moving - balance_of(Account.STRIPE, CURRENCY), CURRENCY, now)
    numbers = {"stripe": 0, "ledger": moving, "moving": moving, "in_flight": 0, "difference": 0, "named": []}
    keep_comparison(now + timedelta(seconds=1), now, 0, [], numbers, actor)
