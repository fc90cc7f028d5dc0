"""Every write about payments. Calls to Stripe stand between transactions, never inside one."""

from station.payments.gateway import BadSignature, StripeRefused, StripeUnavailable
from station.payments.gateway.orders import HostedPage, InPage
from station.payments.services import sustaining
from station.payments.services.again import apply_again, apply_all_again, note_export, run_job_again, run_jobs_again
from station.payments.services.checkout.amounts import change_amount
from station.payments.services.checkout.closing import close_checkout, look_at_payment
from station.payments.services.checkout.forgetting import forget_unpaid, unpaid_before
from station.payments.services.checkout.opening import CheckoutClosed, expect, open_payment, start_checkout
from station.payments.services.environment import accept_environment
from station.payments.services.inbox import APPLY, apply_event, receive_event
from station.payments.services.keeping import KEEP
from station.payments.services.sweep import check_open_payments

__all__ = [
    "APPLY",
    "KEEP",
    "BadSignature",
    "CheckoutClosed",
    "HostedPage",
    "InPage",
    "StripeRefused",
    "StripeUnavailable",
    "accept_environment",
    "apply_again",
    "apply_all_again",
    "apply_event",
    "change_amount",
    "check_open_payments",
    "close_checkout",
    "expect",
    "forget_unpaid",
    "look_at_payment",
    "note_export",
    "open_payment",
    "receive_event",
    "run_job_again",
    "run_jobs_again",
    "start_checkout",
    "sustaining",
    "unpaid_before",
]
