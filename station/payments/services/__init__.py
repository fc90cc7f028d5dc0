"""Every write about payments. Calls to Stripe stand between transactions, never inside one."""

from station.payments.gateway import BadSignature, StripeRefused, StripeUnavailable
from station.payments.gateway.orders import HostedPage, InPage
from station.payments.services import sustaining
from station.payments.services.checkout.amounts import change_amount
from station.payments.services.checkout.closing import close_checkout, look_at_payment
from station.payments.services.checkout.forgetting import forget_unpaid, unpaid_before
from station.payments.services.checkout.opening import (
    CheckoutClosed,
    choose_day,
    expect,
    open_payment,
    start_checkout,
)
from station.payments.services.collecting.changing import (
    NotRunning,
    adopt_method,
    look_at_method_page,
    open_method_page,
)
from station.payments.services.collecting.invoices import VOID
from station.payments.services.collecting.methods import NoMethod
from station.payments.services.collecting.paying import NothingOpen, look_at_invoice, pay_open_invoice, void_older
from station.payments.services.folding import ADOPT, RECONCILE
from station.payments.services.inbox import APPLY, apply_event, receive_event
from station.payments.services.keeping import KEEP
from station.payments.services.looking import who_paid
from station.payments.services.returns.answering import DisputeOver, accept_dispute, answer_dispute
from station.payments.services.returns.approving import (
    MANY,
    ONE,
    RefundWish,
    carry_out_many,
    carry_out_one,
    limit,
    refundable_of,
    wish_refund,
    wish_refunds,
)
from station.payments.services.returns.asking import SEND_REFUND, RefundRefused, ask_refund, record_refund
from station.payments.services.returns.checking import end_subscription, look_back, watch_disputes
from station.payments.services.returns.noticing import LOOK_BACK, STOP
from station.payments.services.returns.sending import send_refund
from station.payments.services.tendering import (
    CannotUndo,
    DepositRefused,
    PastPayment,
    Taken,
    add_history,
    bounce_check,
    close_batch,
    make_deposit,
    open_batch,
    take_in,
    undo_batch,
    void_payment,
)
from station.payments.services.upkeep.again import (
    apply_again,
    apply_all_again,
    note_export,
    run_job_again,
    run_jobs_again,
)
from station.payments.services.upkeep.environment import accept_environment
from station.payments.services.upkeep.sweep import ask_renewals, check_open_payments

__all__ = [
    "ADOPT",
    "APPLY",
    "KEEP",
    "LOOK_BACK",
    "MANY",
    "ONE",
    "RECONCILE",
    "SEND_REFUND",
    "STOP",
    "VOID",
    "BadSignature",
    "CannotUndo",
    "CheckoutClosed",
    "DepositRefused",
    "DisputeOver",
    "HostedPage",
    "InPage",
    "NoMethod",
    "NotRunning",
    "NothingOpen",
    "PastPayment",
    "RefundRefused",
    "RefundWish",
    "StripeRefused",
    "StripeUnavailable",
    "Taken",
    "accept_dispute",
    "accept_environment",
    "add_history",
    "adopt_method",
    "answer_dispute",
    "apply_again",
    "apply_all_again",
    "apply_event",
    "ask_refund",
    "ask_renewals",
    "bounce_check",
    "carry_out_many",
    "carry_out_one",
    "change_amount",
    "check_open_payments",
    "choose_day",
    "close_batch",
    "close_checkout",
    "end_subscription",
    "expect",
    "forget_unpaid",
    "limit",
    "look_at_invoice",
    "look_at_method_page",
    "look_at_payment",
    "look_back",
    "make_deposit",
    "note_export",
    "open_batch",
    "open_method_page",
    "open_payment",
    "pay_open_invoice",
    "receive_event",
    "record_refund",
    "refundable_of",
    "run_job_again",
    "run_jobs_again",
    "send_refund",
    "start_checkout",
    "sustaining",
    "take_in",
    "undo_batch",
    "unpaid_before",
    "void_older",
    "void_payment",
    "watch_disputes",
    "who_paid",
    "wish_refund",
    "wish_refunds",
]
