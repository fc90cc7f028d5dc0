"""Another card or bank account for a standing order, given on Stripe's page."""

from __future__ import annotations

from uuid import UUID

from station.core import clock
from station.core.actor import STRIPE
from station.core.db import db, transaction
from station.core.faults import point
from station.payments import gateway, queries
from station.payments.gateway import StripeRefused
from station.payments.models import Operation, PaymentMethod
from station.payments.policies import SUBSCRIPTION
from station.payments.services.checkout.closing import look_at_session
from station.payments.services.collecting import calls
from station.payments.services.folding import Fold, fold_subscription
from station.payments.services.inbox import fold_again


class NotRunning(StripeRefused):
    """The standing order has ended, or has not begun: there is nothing to charge another method for."""


def open_method_page(subscription_id: UUID, back: str) -> str:
    """The address of Stripe's page on which a donor gives another card or bank account; `back` is absolute.

    Runs outside any transaction, for a person who waits. Raises StripeUnavailable, StripeRefused and NotRunning.
    """
    with transaction():
        order = queries.lock_subscription(subscription_id)
        if order is None or not order.stripe_customer or SUBSCRIPTION.is_final(order.state):
            raise NotRunning("This gift does not run.")
        params = gateway.setup_params(order.id, order.stripe_customer, order.currency, back)
        call = calls.write(order.id, Operation.OPEN, f"setup:{order.id}", params)
    session = calls.make(call, lambda: gateway.open_setup(call.params, call.key), lambda made: made.id)
    return session.url


def look_at_method_page(subscription_id: UUID) -> bool:
    """Bring home at once what a donor has just given on Stripe's page; its event or its job would do so later, or has
    done so before. False when nothing was given there.

    Runs outside any transaction, for a person who waits. Raises StripeUnavailable.
    """
    made = queries.calls_under(f"setup:{subscription_id}:")
    session_id = made[-1].answer_id if made else ""
    if session_id:
        fold_again(lambda: look_at_session(session_id, STRIPE))
        point("payments.collecting:given")
        for waiting in queries.waiting_adoptions(session_id):
            adopt_method(**waiting)
    return queries.was_given(session_id)


def adopt_method(session_id: str, subscription_id: str, method_id: str) -> None:
    """Have a standing order, and none but this, charge what was given in a session; the same again is nothing.

    A look tells our row what Stripe charges then: the key is the session's own, so that going back to an earlier card
    is a new call, and the answer to a late repetition is an old one. Raises StripeUnavailable.
    """
    order, method = queries.subscription_row(UUID(subscription_id)), db.session().get(PaymentMethod, UUID(method_id))
    if order is None or method is None or order.stripe_subscription is None or SUBSCRIPTION.is_final(order.state):
        return
    stripe_id, chosen = order.stripe_subscription, method.stripe_method
    db.session().rollback()  # no reading transaction stays open while Stripe answers
    gateway.charge_from_now_on(stripe_id, chosen, f"method:{session_id}")
    point("payments.collecting:adopted")
    fold_again(lambda: _look(stripe_id))


def _look(stripe_id: str) -> Fold:
    began, found = clock.now(), gateway.fetch_subscription(stripe_id)
    return lambda: fold_subscription(found, began)
