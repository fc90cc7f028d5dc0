"""The port to Stripe: our own types outside, Stripe's library and objects inside.

Nothing else in Station imports stripe or knows the name of a field of Stripe's. Amounts are integer cents, instants
aware UTC. What goes wrong is either `StripeUnavailable` (unknown or passing: try the same call again) or
`StripeRefused` (answered with no).
"""

from station.payments.gateway.bodies import Attempt, FirstBill, Snapshot, attempt_of, first_bill_of, snapshot_of
from station.payments.gateway.client import (
    API_VERSION,
    Endpoint,
    account,
    cancel_subscription,
    create_checkout,
    expire_checkout,
    fetch_charge,
    fetch_invoice,
    fetch_session,
    fetch_subscription,
    find_session,
    invoices_of,
    known_account,
    register_webhook,
    update_checkout,
    update_subscription,
)
from station.payments.gateway.errors import BadSignature, StripeRefused, StripeUnavailable
from station.payments.gateway.objects import Charged, Invoice, Paying, Session
from station.payments.gateway.orders import (
    NAMESPACE,
    PAYMENT_PREFIX,
    SUBSCRIPTION_PREFIX,
    CheckoutOrder,
    HostedPage,
    InPage,
    line_items,
    params_of,
)
from station.payments.gateway.parts import Ours
from station.payments.gateway.returned import REFUND_PREFIX, DisputeSeen, Moved, OfCharge, RefundSeen, WarningSeen
from station.payments.gateway.returning import (
    accept_dispute,
    answer_dispute,
    create_refund,
    disputes_of,
    fetch_dispute,
    fetch_refund,
    fetch_warning,
    refunds_of,
)
from station.payments.gateway.showing import ShownEvent, masked, shown
from station.payments.gateway.standing import (
    StandingOrder,
    amount_params,
    date_params,
    end_params,
    pause_params,
    resume_params,
    stay_params,
)
from station.payments.gateway.webhook import SignedEvent, verify

__all__ = [
    "API_VERSION",
    "NAMESPACE",
    "PAYMENT_PREFIX",
    "REFUND_PREFIX",
    "SUBSCRIPTION_PREFIX",
    "Attempt",
    "BadSignature",
    "Charged",
    "CheckoutOrder",
    "DisputeSeen",
    "Endpoint",
    "FirstBill",
    "HostedPage",
    "InPage",
    "Invoice",
    "Moved",
    "OfCharge",
    "Ours",
    "Paying",
    "RefundSeen",
    "Session",
    "ShownEvent",
    "SignedEvent",
    "Snapshot",
    "StandingOrder",
    "StripeRefused",
    "StripeUnavailable",
    "WarningSeen",
    "accept_dispute",
    "account",
    "amount_params",
    "answer_dispute",
    "attempt_of",
    "cancel_subscription",
    "create_checkout",
    "create_refund",
    "date_params",
    "disputes_of",
    "end_params",
    "expire_checkout",
    "fetch_charge",
    "fetch_dispute",
    "fetch_invoice",
    "fetch_refund",
    "fetch_session",
    "fetch_subscription",
    "fetch_warning",
    "find_session",
    "first_bill_of",
    "invoices_of",
    "known_account",
    "line_items",
    "masked",
    "params_of",
    "pause_params",
    "refunds_of",
    "register_webhook",
    "resume_params",
    "shown",
    "snapshot_of",
    "stay_params",
    "update_checkout",
    "update_subscription",
    "verify",
]
