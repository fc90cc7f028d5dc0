"""Stripe's door: verify, store, 200. Everything else is a worker's."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, request

from station.accounts.guards import public
from station.core.faults import point
from station.payments.policies import HOOK
from station.payments.services import BadSignature, receive_event

LARGEST_BODY = 256 * 1024
log = logging.getLogger(__name__)

payments_hooks = Blueprint("payments_hooks", __name__)
public(payments_hooks, "Stripe calls it; every body must carry Stripe's signature, made with our secret")
payments_hooks.csrf_exempt_because = "called by Stripe, which has no form; the signature proves the sender"  # type: ignore[attr-defined]


@payments_hooks.post(HOOK)
def receive() -> Response:
    """200 once the event is stored (again, too), 400 for one that Stripe did not sign for us, 413 for a large one."""
    request.max_content_length = LARGEST_BODY
    raw = request.get_data(cache=False)
    try:
        fresh = receive_event(raw, request.headers.get("Stripe-Signature", ""))
    except BadSignature as refusal:
        log.warning("a webhook was refused: %s", refusal)
        return Response("The signature does not hold.\n", 400, mimetype="text/plain")
    point("payments.event:stored")
    return Response("stored\n" if fresh else "known\n", mimetype="text/plain")
