"""Payments as we know them, Stripe's events as they arrived, and the ledger.

Money is integer cents; `currency` is Stripe's lower-case code. Stripe's object model is not mirrored here: a payment
keeps the ids that lead to Stripe's objects, each unique, and the facts that our books need.
"""

from station.payments.models.calls import CallState, GatewayCall, Operation
from station.payments.models.changes import ChangeKind, ChangeState, EndReason, SubscriptionChange
from station.payments.models.dispute import Dispute, DisputeMovement, DisputeState, FraudWarning
from station.payments.models.events import EventState, StripeEvent
from station.payments.models.ledger import Account, LedgerEntry, LedgerTransaction
from station.payments.models.payment import Payment, PaymentKind, PaymentState, Tender
from station.payments.models.refund import Refund, RefundOrigin, RefundReason, RefundState
from station.payments.models.subscription import Interval, Subscription, SubscriptionState
from station.payments.models.tendering import Deposit, ImportedBatch, Tendered, Way

__all__ = [
    "Account",
    "CallState",
    "ChangeKind",
    "ChangeState",
    "Deposit",
    "Dispute",
    "DisputeMovement",
    "DisputeState",
    "EndReason",
    "EventState",
    "FraudWarning",
    "GatewayCall",
    "ImportedBatch",
    "Interval",
    "LedgerEntry",
    "LedgerTransaction",
    "Operation",
    "Payment",
    "PaymentKind",
    "PaymentState",
    "Refund",
    "RefundOrigin",
    "RefundReason",
    "RefundState",
    "StripeEvent",
    "Subscription",
    "SubscriptionChange",
    "SubscriptionState",
    "Tender",
    "Tendered",
    "Way",
]
