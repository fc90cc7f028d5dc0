"""Stripe.js and the frames of its elements: docs.stripe.com/security/guide#content-security-policy.

A card number is typed into a frame of the sandbox's own origin and goes to the sandbox from there; the
merchant's page never holds it. Only pages on this machine may show the frames.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, render_template

from sandbox.stripe import parts
from sandbox.stripe.flows.banks import ACCOUNTS, ROUTING
from sandbox.stripe.flows.cards import CARDS, spaced

blueprint = Blueprint(
    "frames", __name__, template_folder="templates", static_folder="static", static_url_path="/elements/static"
)
SCRIPTS = Path(__file__).with_name("script")
HERE = "http://127.0.0.1:* http://localhost:* https://127.0.0.1:* https://localhost:*"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    f"base-uri 'none'; form-action 'none'; frame-ancestors {HERE}"
)
FRAMES = {
    "payment": "Payment",
    "express": "Express checkout",
    "wallet": "Wallet",
    "3d_secure": "Confirm your payment",
}
WALLET_CARDS = ("4242424242424242", "4000000000000002", "4000000000009995")
COUNTRIES = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "MX": "Mexico",
    "AU": "Australia",
    "DE": "Germany",
    "FR": "France",
    "JP": "Japan",
}


@cache
def _script() -> str:
    """The parts of Stripe.js, one after the other in a scope of their own."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.glob("*.js"))]
    return "(() => {\n'use strict';\n" + "\n".join(texts) + "\n})();\n"


@blueprint.get("/endive/stripe.js")
def script() -> Response:
    fault = parts.sandbox().faults.for_browser("script")
    if fault is not None and fault.kind == "script_down":
        abort(503)
    if fault is not None:
        parts.sandbox().stopping.wait(fault.seconds)
    return Response(_script(), content_type="text/javascript; charset=utf-8")


@blueprint.get("/elements/<name>")
def frame(name: str) -> Response:
    if name not in FRAMES:
        abort(404)
    if parts.sandbox().faults.for_browser("element") is not None:
        abort(503)
    page = render_template(
        f"frames/{name}.html",
        title=FRAMES[name],
        countries=COUNTRIES,
        accounts=ACCOUNTS.values(),
        routing=ROUTING,
        cards=[(number, spaced(number), CARDS[number].hint) for number in WALLET_CARDS],
    )
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response
