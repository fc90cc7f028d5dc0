"""Which of Stripe's events mean something to us, and what each is about."""

from __future__ import annotations

from enum import StrEnum


class Thing(StrEnum):
    """The kind of Stripe object that an event is about, and that is fetched again before it is believed.

    An ATTEMPT is not fetched: a card that was refused moves no money and no state, and its signed event says it all.
    """

    SESSION = "session"
    INVOICE = "invoice"
    SUBSCRIPTION = "subscription"
    CHARGE = "charge"
    ATTEMPT = "attempt"
    REFUND = "refund"
    GIVEN_BACK = "given_back"  # a charge, for its refunds and disputes
    DISPUTE = "dispute"
    WARNING = "warning"
    PAYOUT = "payout"
    METHOD = "method"
    CARD_UPDATE = "card_update"
    MANDATE = "mandate"


HOOK = "/hooks/stripe"  # the path that Stripe posts to

# Every type that is folded; our endpoint subscribes to these and no other. payment_intent.succeeded and its like are
# left out on purpose: in subscription mode they come without their invoice
# (docs.stripe.com/changelog/basil/2025-03-31/checkout-legacy-subscription-upgrade); the session says it all.
FOLDED: dict[str, Thing] = {
    "checkout.session.completed": Thing.SESSION,
    "checkout.session.async_payment_succeeded": Thing.SESSION,
    "checkout.session.async_payment_failed": Thing.SESSION,
    "checkout.session.expired": Thing.SESSION,
    "invoice.paid": Thing.INVOICE,
    "invoice.payment_failed": Thing.INVOICE,
    "invoice.payment_action_required": Thing.INVOICE,
    "invoice.voided": Thing.INVOICE,
    "invoice.marked_uncollectible": Thing.INVOICE,
    "customer.subscription.updated": Thing.SUBSCRIPTION,
    "customer.subscription.deleted": Thing.SUBSCRIPTION,
    "charge.updated": Thing.CHARGE,  # brings the processing fee, which can come after the payment
    "payment_intent.payment_failed": Thing.ATTEMPT,
    "refund.created": Thing.REFUND,
    "refund.updated": Thing.REFUND,
    "refund.failed": Thing.REFUND,
    "charge.refunded": Thing.GIVEN_BACK,
    "charge.dispute.created": Thing.DISPUTE,
    "charge.dispute.updated": Thing.DISPUTE,
    "charge.dispute.closed": Thing.DISPUTE,
    "charge.dispute.funds_withdrawn": Thing.DISPUTE,
    "charge.dispute.funds_reinstated": Thing.DISPUTE,
    "radar.early_fraud_warning.created": Thing.WARNING,
    "radar.early_fraud_warning.updated": Thing.WARNING,
    "payout.created": Thing.PAYOUT,
    "payout.updated": Thing.PAYOUT,
    "payout.paid": Thing.PAYOUT,
    "payout.failed": Thing.PAYOUT,
    "payout.canceled": Thing.PAYOUT,
    "payout.reconciliation_completed": Thing.PAYOUT,
    "payment_method.automatically_updated": Thing.CARD_UPDATE,  # by the card networks' updater, without the donor
    "payment_method.updated": Thing.METHOD,
    "payment_method.detached": Thing.METHOD,
    "mandate.updated": Thing.MANDATE,
}
# These are about a charge, and no look at what settled that charge answers them.
ALONE = tuple(kind for kind, thing in FOLDED.items() if thing is Thing.GIVEN_BACK)
