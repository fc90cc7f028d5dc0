"""Payments as we know them, Stripe's events as they arrived, the ledger, and deposits.

Money is integer cents; `currency` is Stripe's lower-case code. Stripe's object model is not mirrored here: a payment
keeps the ids that lead to Stripe's objects, each unique, and the facts that our books need.
"""

from station.payments.models.calls import CallState, GatewayCall, Operation
from station.payments.models.changes import Asked, ChangeKind, ChangeState, EndReason, SubscriptionChange
from station.payments.models.deposits import BalanceShare, BalanceTransaction, Listing, Payout, PayoutState, Tie
from station.payments.models.events import EventState, StripeEvent
from station.payments.models.ledger import Account, LedgerEntry, LedgerTransaction
from station.payments.models.method import Mandate, MandateState, MethodState, PaymentMethod
from station.payments.models.open_invoice import InvoiceState, OpenInvoice
from station.payments.models.payment import Payment, PaymentKind, PaymentState, Tender
from station.payments.models.periods import Period, StripeSweep, SweepKind
from station.payments.models.returns.dispute import Dispute, DisputeMovement, DisputeState, FraudWarning
from station.payments.models.returns.refund import Refund, RefundOrigin, RefundReason, RefundState
from station.payments.models.subscription import Interval, Subscription, SubscriptionState
from station.payments.models.tendering import Deposit, ImportedBatch, Tendered, Way

__all__ = [
    "Account",
    "Asked",
    "BalanceShare",
    "BalanceTransaction",
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
    "InvoiceState",
    "LedgerEntry",
    "LedgerTransaction",
    "Listing",
    "Mandate",
    "MandateState",
    "MethodState",
    "OpenInvoice",
    "Operation",
    "Payment",
    "PaymentKind",
    "PaymentMethod",
    "PaymentState",
    "Payout",
    "PayoutState",
    "Period",
    "Refund",
    "RefundOrigin",
    "RefundReason",
    "RefundState",
    "StripeEvent",
    "StripeSweep",
    "Subscription",
    "SubscriptionChange",
    "SubscriptionState",
    "SweepKind",
    "Tender",
    "Tendered",
    "Tie",
    "Way",
]
