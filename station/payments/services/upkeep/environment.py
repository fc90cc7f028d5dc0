"""A person says that a copied database belongs here from now on."""

from __future__ import annotations

from station.core import events, fingerprint, outbox
from station.core.actor import Actor
from station.core.db import transaction
from station.core.fingerprint import Environment
from station.payments import gateway


def accept_environment(actor: Actor) -> Environment:
    """Leave this environment's mark in the database, over another one's; what was held becomes due at once.

    Raises gateway.StripeUnavailable or gateway.StripeRefused when Stripe does not say whose key this is.
    """
    gateway.account()
    before, here = fingerprint.stored(), fingerprint.present()
    with transaction():
        fingerprint.imprint(here, anew=True)
        outbox.hurry()
        events.record("payments.environment.accepted", actor, [], {"before": str(before or "none"), "now": str(here)})
    fingerprint.forget()
    return here
