"""Every write about payments. Calls to Stripe stand between transactions, never inside one."""

from station.payments.gateway import BadSignature, StripeRefused, StripeUnavailable
from station.payments.gateway.orders import HostedPage, InPage
from station.payments.services import sustaining
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
    "apply_event",
    "change_amount",
    "check_open_payments",
    "close_checkout",
    "expect",
    "forget_unpaid",
    "look_at_payment",
    "open_payment",
    "receive_event",
    "start_checkout",
    "sustaining",
    "unpaid_before",
]
