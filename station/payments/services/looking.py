"""How each kind of thing is looked at: fetched outside any transaction, folded inside one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from station.core import clock
from station.core.db import db
from station.payments import gateway
from station.payments.policies import Thing
from station.payments.services.folding import (
    Fold,
    fold_attempt,
    fold_charge,
    fold_invoice,
    fold_session,
    fold_subscription,
)


def look(thing: Thing, object_id: str, raw: str) -> Fold:
    """Fetch the object, or read a refused try from its event; returns the fold to run inside the transaction."""
    if thing is Thing.ATTEMPT:
        attempt = gateway.attempt_of(raw)
        return lambda: fold_attempt(attempt)
    db.session().rollback()  # no transaction, not even a reading one, stays open while Stripe answers
    return LOOKS[thing](object_id)


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


LOOKS: Mapping[Thing, Callable[[str], Fold]] = {
    Thing.SESSION: _session,
    Thing.INVOICE: _invoice,
    Thing.SUBSCRIPTION: _subscription,
    Thing.CHARGE: _charge,
}
