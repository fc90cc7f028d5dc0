"""Money that goes back, as Stripe tells it: refunds, disputes with what they moved, early fraud warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from station.core.ids import row_id
from station.payments.gateway.orders import NAMESPACE
from station.payments.gateway.parts import Plain, id_of, instant

REFUND_PREFIX = "refund"


@dataclass(frozen=True)
class OfCharge:
    """Whose money it is: the charge, its intent, and when the charge was made (None where it came unexpanded)."""

    charge: str
    payment_intent: str
    charged_at: datetime | None


@dataclass(frozen=True)
class RefundSeen:
    """A refund: cents, Stripe's `status`, the movements on our balance. `ours` is our row, when it carries its id."""

    id: str
    of: OfCharge
    ours: UUID | None
    amount_cents: int
    currency: str
    status: str
    reason: str
    failure: str
    balance_transaction: str | None
    failure_balance_transaction: str | None
    created_at: datetime

    @property
    def moved(self) -> bool:
        """Whether the money has left our balance, be it for a while."""
        return self.balance_transaction is not None or self.status == "succeeded"


@dataclass(frozen=True)
class Moved:
    """A movement of a dispute on our balance: cents as Stripe counts them, and the fee that it took."""

    balance_transaction: str
    amount_cents: int
    fee_cents: int
    currency: str
    at: datetime


@dataclass(frozen=True)
class DisputeSeen:
    """A dispute: Stripe's `status` and `reason`, the deadline, and every movement so far."""

    id: str
    of: OfCharge
    amount_cents: int
    currency: str
    status: str
    reason: str
    refundable: bool
    due_by: datetime | None
    answered: bool
    moved: tuple[Moved, ...]
    created_at: datetime


@dataclass(frozen=True)
class WarningSeen:
    """An early fraud warning; `actionable` while the charge is neither disputed nor refunded in full."""

    id: str
    of: OfCharge
    fraud_type: str
    actionable: bool
    created_at: datetime


def _of(found: Plain) -> OfCharge:
    charge = found.get("charge")
    made = instant(charge["created"]) if isinstance(charge, Mapping) else None
    return OfCharge(id_of(charge) or "", id_of(found.get("payment_intent")) or "", made)


def refund_of(refund: Plain) -> RefundSeen:
    """docs.stripe.com/api/refunds/object"""
    metadata = refund.get("metadata") or {}
    mine = metadata.get("namespace") == NAMESPACE
    return RefundSeen(
        id=refund["id"],
        of=_of(refund),
        ours=row_id(REFUND_PREFIX, metadata.get("refund") or "") if mine else None,
        amount_cents=refund["amount"],
        currency=refund["currency"],
        status=refund["status"] or "",
        reason=refund.get("reason") or "",
        failure=(refund.get("failure_reason") or "").replace("_", " "),
        balance_transaction=id_of(refund.get("balance_transaction")),
        failure_balance_transaction=id_of(refund.get("failure_balance_transaction")),
        created_at=instant(refund["created"]),
    )


def dispute_of(dispute: Plain) -> DisputeSeen:
    """docs.stripe.com/api/disputes/object; its `balance_transactions` come with it."""
    details = dispute["evidence_details"]
    return DisputeSeen(
        id=dispute["id"],
        of=_of(dispute),
        amount_cents=dispute["amount"],
        currency=dispute["currency"],
        status=dispute["status"],
        reason=dispute["reason"],
        refundable=dispute["is_charge_refundable"],
        due_by=instant(details["due_by"]) if details.get("due_by") else None,
        answered=bool(details["submission_count"]),
        moved=tuple(_moved(each) for each in dispute["balance_transactions"]),
        created_at=instant(dispute["created"]),
    )


def _moved(found: Mapping[str, Any]) -> Moved:
    return Moved(found["id"], found["amount"], found["fee"], found["currency"], instant(found["created"]))


def warning_of(warning: Plain) -> WarningSeen:
    """docs.stripe.com/api/radar/early_fraud_warnings/object"""
    return WarningSeen(
        warning["id"], _of(warning), warning["fraud_type"], warning["actionable"], instant(warning["created"])
    )
