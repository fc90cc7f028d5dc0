"""A dispute, and an early fraud warning, as they are now."""

from __future__ import annotations

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock
from station.core.actor import STRIPE, Actor
from station.core.db import db
from station.core.events import Subject
from station.core.ids import new_id
from station.core.money import Money
from station.core.outbox import enqueue
from station.payments import queries
from station.payments.gateway import DisputeSeen, Moved, WarningSeen
from station.payments.models import CallState, Dispute, DisputeMovement, DisputeState, FraudWarning, Payment
from station.payments.policies import BANK_DEBIT, DisputeEdge, dispute_edge
from station.payments.policies.states.dispute import AT_RISK, INQUIRY, stops_recurring
from station.payments.services.collecting.methods import end_mandates
from station.payments.services.folding.outcome import Outcome, told, unknown
from station.payments.services.returns import moving, work
from station.payments.services.returns.noticing import STOP


def fold_dispute(found: DisputeSeen, actor: Actor = STRIPE) -> Outcome:
    """A dispute: its state, and every movement of money that is not booked yet."""
    payment = queries.lock_payment_of_charge(found.of.charge, found.of.payment_intent)
    if payment is None:
        return unknown(found.of)
    known = queries.dispute_of_stripe(found.id)
    dispute = (queries.lock_dispute(known.id) if known else None) or _open(payment, found)
    changed = [_book(payment, dispute, moved) for moved in found.moved]
    edge, before = dispute_edge(dispute.state, found.status), dispute.state
    if edge is not None:
        dispute.refundable, dispute.due_by = found.refundable, found.due_by
    if found.answered and dispute.answered_at is None:
        dispute.answered_at = clock.now()
    if edge is not None and moving.follow_dispute(payment, dispute, edge, actor):
        changed.append(True)
        _consequences(payment, dispute, before, edge, actor)
    _answer(dispute, found)
    return told(payment, any(changed), f"the dispute is {found.status}").answering(found.id)


def _open(payment: Payment, found: DisputeSeen) -> Dispute:
    now = clock.now()
    dispute = Dispute(
        id=new_id(),
        payment_id=payment.id,
        state=DisputeState.CREATED,
        stripe_dispute=found.id,
        reason=found.reason[:60],
        amount_cents=found.amount_cents,
        currency=found.currency,
        refundable=found.refundable,
        due_by=found.due_by,
        opened_at=found.created_at,
        created_at=now,
        updated_at=now,
    )
    db.session().add(dispute)
    db.session().flush()
    return dispute


def _book(payment: Payment, dispute: Dispute, moved: Moved) -> bool:
    """One movement of money, once. False when it stands in the books already."""
    if moved.balance_transaction in queries.movements_of(dispute.id):
        return False
    row = DisputeMovement(
        id=new_id(),
        dispute_id=dispute.id,
        balance_transaction=moved.balance_transaction,
        amount_cents=moved.amount_cents,
        fee_cents=moved.fee_cents,
        at=moved.at,
    )
    db.session().add(row)
    db.session().flush()
    if moved.currency != payment.currency:
        _foreign(payment, moved)
    else:
        moving.book_movement(payment, row.id, moved.amount_cents, moved.fee_cents, moved.at)
    return True


def _foreign(payment: Payment, moved: Moved) -> None:
    open_work_item(
        "payments.movement",
        f"payments.movement:{moved.balance_transaction}",
        Role.DEVELOPMENT,
        "A dispute moved money that cannot be booked",
        f"{Money(moved.amount_cents, moved.currency)} of a payment in {payment.currency.upper()} "
        f"({moved.balance_transaction}). It is not in the ledger.",
        Subject("payment", payment.id),
    )


def _consequences(payment: Payment, dispute: Dispute, before: DisputeState, edge: DisputeEdge, actor: Actor) -> None:
    """What a person must do, and a recurring gift that must not be charged again. An inquiry stops nothing."""
    work.dispute(payment, dispute)
    if edge is DisputeEdge.LOSE and queries.goes_back(payment.id):
        work.paid_twice(payment, dispute.amount)
    taken = dispute.state in (*AT_RISK, DisputeState.LOST) and before in INQUIRY
    if taken and payment.method == BANK_DEBIT:
        end_mandates(payment, f"the bank took a debit back: {dispute.reason}", actor)
    if taken and payment.subscription_id is not None:
        stops = stops_recurring(payment.method, dispute.reason)
        work.stopped(payment, dispute, stops=stops)
        if stops:
            subscription_id = str(payment.subscription_id)
            enqueue(STOP, key=subscription_id, subscription_id=subscription_id)


def _answer(dispute: Dispute, found: DisputeSeen) -> None:
    """What Stripe says now tells whether our evidence, or our acceptance, arrived."""
    if not found.answered and dispute.closed_at is None:
        return
    for call in queries.calls_under(f"dispute:{dispute.id}:"):
        if call.state is CallState.SENDING:
            call.state, call.answer_id, call.answered_at = CallState.ANSWERED, found.id, clock.now()


def fold_warning(found: WarningSeen) -> Outcome:
    """An early fraud warning. Once nothing is left to do about it, it stays so."""
    payment = queries.lock_payment_of_charge(found.of.charge, found.of.payment_intent)
    if payment is None:
        return unknown(found.of)
    row, changed = queries.warning_of_stripe(found.id), False
    if row is None:
        row, changed = _warned(payment, found), True
    elif row.actionable and not found.actionable:
        row.actionable, row.updated_at, changed = False, clock.now(), True
    work.warning(payment, row)
    what = "asks for a refund" if row.actionable else "needs nothing more"
    return told(payment, changed, f"the fraud warning {what}").answering(found.id)


def _warned(payment: Payment, found: WarningSeen) -> FraudWarning:
    row = FraudWarning(
        id=new_id(),
        payment_id=payment.id,
        stripe_warning=found.id,
        fraud_type=found.fraud_type[:60],
        actionable=found.actionable,
        warned_at=found.created_at,
        updated_at=clock.now(),
    )
    db.session().add(row)
    db.session().flush()
    return row
