"""What a line of Stripe's balance tells of is asked for at Stripe: money whose every event was lost is booked now."""

from __future__ import annotations

import logging

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock
from station.core.actor import Actor
from station.core.db import db, transaction
from station.payments import gateway, queries
from station.payments.gateway import Movement, StripeRefused, StripeUnavailable
from station.payments.models import EventState, PaymentState
from station.payments.policies import Thing
from station.payments.queries.payouts import balance
from station.payments.services.checkout.closing import look_at_session
from station.payments.services.folding import Fold, NotYet, fold_charge, fold_invoice
from station.payments.services.inbox import fold_again
from station.payments.services.looking import look

SOURCES = {
    "refund": Thing.REFUND,
    "refund_failure": Thing.REFUND,
    "dispute": Thing.DISPUTE,
    "dispute_reversal": Thing.DISPUTE,
}
log = logging.getLogger(__name__)


def mend(found: Movement, actor: Actor) -> bool:
    """Look at what a line came of, and bring our rows to it. True when they may know the line now.

    One that came of nothing of ours is asked about once. One that cannot be read or booked becomes a work item, and
    stops no other. Raises StripeUnavailable; nothing is open then.
    """
    line = balance.line_of(found.id)
    traced = line is not None and line.traced_at is not None
    db.session().rollback()
    if traced or not found.source:
        return False
    try:
        ours = _charge(found.source, actor) if found.category == "charge" else _went_back(found)
    except (StripeRefused, NotYet) as problem:
        log.warning("%s of %s: %s", found.id, found.source, problem)
        return False
    except (StripeUnavailable, sa.exc.OperationalError):
        raise
    except Exception as error:
        _unclear(found, error)
        return False
    if not ours:
        _nobodys(found.id)
    return ours


def _charge(charge: str, actor: Actor) -> bool:
    """The fee of a payment that is settled; else the session, or the invoice, that the charge came of."""
    payment = queries.payment_of_object(charge)
    settled = payment is not None and payment.state is PaymentState.SETTLED
    db.session().rollback()
    if settled:
        fold_again(lambda: _look_at_charge(charge, actor))
        return True
    trace = gateway.trace_charge(charge)
    session, invoice = trace.session, trace.invoice
    if session is not None:
        fold_again(lambda: look_at_session(session, actor))
    elif invoice is not None:
        fold_again(lambda: _look_at_invoice(invoice, actor))
    return bool(session or invoice)


def _went_back(found: Movement) -> bool:
    """A refund or a dispute, of a payment of ours."""
    thing = SOURCES.get(found.category)
    if thing is None:
        return False
    return fold_again(lambda: look(thing, found.source, "")).state is not EventState.IGNORED


def _look_at_charge(charge: str, actor: Actor) -> Fold:
    found = gateway.fetch_charge(charge)
    return lambda: fold_charge(found, actor)


def _look_at_invoice(invoice_id: str, actor: Actor) -> Fold:
    began, found = clock.now(), gateway.fetch_invoice(invoice_id)
    return lambda: fold_invoice(found, began, actor)


def _unclear(found: Movement, error: Exception) -> None:
    db.session().rollback()
    log.warning("%s of %s: %s: %s", found.id, found.source, type(error).__name__, error)
    open_work_item(
        "payments.unclear",
        unclear_key(found.id),
        Role.DEVELOPMENT,
        "A line of Stripe's balance that cannot be brought home",
        f"{found.id} of {found.source}: {type(error).__name__}: {error}",
    )


def unclear_key(stripe_id: str) -> str:
    """The key of the work item about a line that could not be read or booked."""
    return f"payments.unclear:{stripe_id}"


def _nobodys(stripe_id: str) -> None:
    with transaction():
        for line in balance.lock_lines([stripe_id]):
            line.traced_at = clock.now()
