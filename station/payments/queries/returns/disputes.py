"""Reads of disputes and fraud warnings: views for the desk, rows under lock for our services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.payments.models import Dispute, DisputeMovement, DisputeState, FraudWarning, Payment
from station.payments.policies.states.dispute import AT_RISK, AWAITING_US, OPEN

DISPUTE_PREFIX = "dispute"
ASK_RARELY = timedelta(hours=6)


@dataclass(frozen=True)
class DisputeView:
    """A dispute: where it stands, until when we may answer, and what Stripe has taken for it so far."""

    id: UUID
    public_id: str
    payment_id: UUID
    state: DisputeState
    reason: str
    amount: Money
    taken: Money
    fees: Money
    due_by: datetime | None
    answered_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None

    @property
    def awaits_us(self) -> bool:
        return self.state in AWAITING_US

    @property
    def inquiry(self) -> bool:
        return self.state.value.startswith("warning")


@dataclass(frozen=True)
class WarningView:
    """An early fraud warning about a payment."""

    id: UUID
    payment_id: UUID
    fraud_type: str
    actionable: bool
    warned_at: datetime


def disputes_of(payment_id: UUID) -> list[DisputeView]:
    """The disputes of a payment, oldest first."""
    rows = db.session().scalars(sa.select(Dispute).where(Dispute.payment_id == payment_id).order_by(Dispute.id))
    return [_dispute_view(row) for row in rows]


def dispute(dispute_id: UUID) -> DisputeView | None:
    """One dispute, or None."""
    row = db.session().get(Dispute, dispute_id)
    return _dispute_view(row) if row else None


def disputes(states: Sequence[DisputeState] = (), limit: int = 200) -> list[DisputeView]:
    """Disputes of some states or all: those that await our answer first, by deadline, then the newest."""
    ours = sa.case((Dispute.state.in_(AWAITING_US), 0), else_=1)
    wanted = sa.select(Dispute).order_by(ours, Dispute.due_by.asc().nulls_last(), Dispute.opened_at.desc())
    if states:
        wanted = wanted.where(Dispute.state.in_(states))
    return [_dispute_view(row) for row in db.session().scalars(wanted.limit(limit))]


def warnings_of(payment_id: UUID) -> list[WarningView]:
    """The fraud warnings about a payment, oldest first."""
    return _warnings(FraudWarning.payment_id == payment_id)


def open_warnings() -> list[WarningView]:
    """Fraud warnings about money that was neither given back nor disputed, oldest first."""
    return _warnings(FraudWarning.actionable.is_(True))


def dispute_count(since: datetime) -> tuple[int, int]:
    """How many card payments were charged back since an instant, and how many there were: as Visa counts them."""
    cards = (Payment.method == "card", Payment.settled_at >= since)
    charges = db.session().scalar(sa.select(sa.func.count()).select_from(Payment).where(*cards)) or 0
    taken = (*AT_RISK, DisputeState.WON, DisputeState.LOST)
    disputed = (
        sa.select(sa.func.count())
        .select_from(Dispute)
        .join(Payment, Payment.id == Dispute.payment_id)
        .where(Payment.method == "card", Dispute.opened_at >= since, Dispute.state.in_(taken))
    )
    return db.session().scalar(disputed) or 0, charges


def lock_dispute(dispute_id: UUID) -> Dispute | None:
    """The dispute, locked until the transaction ends. Lock its payment first."""
    return db.session().get(Dispute, dispute_id, with_for_update=True, populate_existing=True)


def dispute_of_stripe(stripe_id: str) -> Dispute | None:
    return db.session().scalar(sa.select(Dispute).where(Dispute.stripe_dispute == stripe_id))


def warning_of_stripe(stripe_id: str) -> FraudWarning | None:
    return db.session().scalar(sa.select(FraudWarning).where(FraudWarning.stripe_warning == stripe_id))


def movements_of(dispute_id: UUID) -> set[str]:
    """The balance transactions of a dispute that are booked."""
    wanted = sa.select(DisputeMovement.balance_transaction).where(DisputeMovement.dispute_id == dispute_id)
    return set(db.session().scalars(wanted))


def waiting_disputes(now: datetime, limit: int) -> list[UUID]:
    """Disputes to ask about: open ones, and decided ones whose money is not where the decision puts it."""
    taken = sa.select(-sa.func.coalesce(sa.func.sum(DisputeMovement.amount_cents), 0))
    taken_cents = taken.where(DisputeMovement.dispute_id == Dispute.id).correlate(Dispute).scalar_subquery()
    waits = sa.or_(
        Dispute.state.in_(OPEN),
        sa.and_(Dispute.state == DisputeState.WON, taken_cents != 0),
        sa.and_(Dispute.state == DisputeState.LOST, taken_cents == 0),
    )
    wanted = sa.select(Dispute.id).where(waits, Dispute.updated_at < now - ASK_RARELY)
    return list(db.session().scalars(wanted.order_by(Dispute.updated_at).limit(limit)))


def disputes_due(before: datetime) -> Sequence[Dispute]:
    """Disputes that await our answer until before an instant."""
    wanted = sa.select(Dispute).where(Dispute.state.in_(AWAITING_US), Dispute.due_by < before)
    return db.session().scalars(wanted.order_by(Dispute.due_by)).all()


def lost_cents(payment_id: UUID) -> int:
    """What banks have taken of a payment for good, in cents."""
    lost = sa.select(sa.func.sum(Dispute.amount_cents))
    return int(
        db.session().scalar(lost.where(Dispute.payment_id == payment_id, Dispute.state == DisputeState.LOST)) or 0
    )


def _warnings(*where: sa.ColumnElement[bool]) -> list[WarningView]:
    rows = db.session().scalars(sa.select(FraudWarning).where(*where).order_by(FraudWarning.warned_at))
    return [WarningView(row.id, row.payment_id, row.fraud_type, row.actionable, row.warned_at) for row in rows]


def _dispute_view(row: Dispute) -> DisputeView:
    sums = sa.select(sa.func.sum(DisputeMovement.amount_cents), sa.func.sum(DisputeMovement.fee_cents))
    moved, fees = db.session().execute(sums.where(DisputeMovement.dispute_id == row.id)).one()
    return DisputeView(
        row.id,
        public_id(DISPUTE_PREFIX, row.id),
        row.payment_id,
        row.state,
        row.reason,
        row.amount,
        Money(-int(moved or 0), row.currency),
        Money(int(fees or 0), row.currency),
        row.due_by,
        row.answered_at,
        row.opened_at,
        row.closed_at,
    )
