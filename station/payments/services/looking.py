"""How each kind of thing is looked at: fetched outside any transaction, folded inside one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from station.core import clock
from station.core.db import db
from station.payments import gateway, queries
from station.payments.gateway import StripeRefused
from station.payments.policies import Thing
from station.payments.services.folding import (
    Fold,
    fold_attempt,
    fold_charge,
    fold_dispute,
    fold_given_back,
    fold_invoice,
    fold_mandate,
    fold_method,
    fold_payout,
    fold_refund,
    fold_session,
    fold_subscription,
    fold_warning,
)


def look(thing: Thing, object_id: str, raw: str) -> Fold:
    """Fetch the object, or read a refused try from its event; returns the fold to run inside the transaction."""
    if thing is Thing.ATTEMPT:
        attempt = gateway.attempt_of(raw)
        return lambda: fold_attempt(attempt)
    db.session().rollback()  # no transaction, not even a reading one, stays open while Stripe answers
    return LOOKS[thing](object_id)


def who_paid(payment_id: UUID) -> tuple[str, str]:
    """Name and email that a payment's payer told Stripe, as its charge has them; "" for what nobody said.

    Raises StripeUnavailable, or StripeRefused."""
    row = queries.payment_row(payment_id)
    charge = row.charge if row else None
    db.session().rollback()
    found = gateway.fetch_charge(charge) if charge else None
    return (found.payer_name, found.payer_email) if found else ("", "")


def _session(object_id: str) -> Fold:
    began, found = clock.now(), gateway.fetch_session(object_id)
    return lambda: fold_session(found, began)


def _invoice(object_id: str) -> Fold:
    began, found = clock.now(), gateway.fetch_invoice(object_id)
    return lambda: fold_invoice(found, began)


def _subscription(object_id: str) -> Fold:
    began, found = clock.now(), gateway.fetch_subscription(object_id)
    return lambda: fold_subscription(found, began)


def _charge(object_id: str) -> Fold:
    found = gateway.fetch_charge(object_id)
    return lambda: fold_charge(found)


def _refund(object_id: str) -> Fold:
    found = gateway.fetch_refund(object_id)
    return lambda: fold_refund(found)


def _given_back(object_id: str) -> Fold:
    refunds, disputes = gateway.refunds_of(object_id), gateway.disputes_of(object_id)
    return lambda: fold_given_back(refunds, disputes)


def _dispute(object_id: str) -> Fold:
    found = gateway.fetch_dispute(object_id)
    return lambda: fold_dispute(found)


def _warning(object_id: str) -> Fold:
    found = gateway.fetch_warning(object_id)
    return lambda: fold_warning(found)


def _payout(object_id: str) -> Fold:
    found = gateway.fetch_payout(object_id)
    return lambda: fold_payout(found)


def _method(object_id: str, *, automatic: bool = False) -> Fold:
    try:
        found = gateway.fetch_method(object_id)
    except StripeRefused as refusal:
        if not refusal.missing:
            raise
        found = None
    return lambda: fold_method(found, object_id, automatic=automatic)


def _mandate(object_id: str) -> Fold:
    found = gateway.fetch_mandate(object_id)
    return lambda: fold_mandate(found)


LOOKS: Mapping[Thing, Callable[[str], Fold]] = {
    Thing.SESSION: _session,
    Thing.INVOICE: _invoice,
    Thing.SUBSCRIPTION: _subscription,
    Thing.CHARGE: _charge,
    Thing.REFUND: _refund,
    Thing.GIVEN_BACK: _given_back,
    Thing.DISPUTE: _dispute,
    Thing.WARNING: _warning,
    Thing.PAYOUT: _payout,
    Thing.METHOD: _method,
    Thing.CARD_UPDATE: partial(_method, automatic=True),
    Thing.MANDATE: _mandate,
}
