"""The baseline of the webhook: a Flask application whose one route checks the signature and does nothing else.

`gunicorn bench.bare:app`; the secret comes as STRIPE_WEBHOOK_SECRET.
"""

from __future__ import annotations

import os

import stripe
from flask import Flask, Response, request

app = Flask("bare", static_folder=None)


@app.post("/hooks/stripe")
def receive() -> Response:
    """200 when the signature holds."""
    secret = os.environ["STRIPE_WEBHOOK_SECRET"]
    stripe.WebhookSignature.verify_header(request.get_data(), request.headers["Stripe-Signature"], secret, 300)
    return Response("verified\n", mimetype="text/plain")
