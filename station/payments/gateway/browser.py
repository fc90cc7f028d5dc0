"""What Stripe needs in a page of ours: its script, our publishable key, and the sources that the page's policy adds.

The script is never our copy: it comes from Stripe, in the train of the API version that the server speaks
(docs.stripe.com/sdks/stripejs-versioning). The sources are those of docs.stripe.com/security/guide.
"""

from __future__ import annotations

from station.core.runtime import settings
from station.payments.gateway.client import API_VERSION

TRAIN = API_VERSION.rpartition(".")[2]
STRIPE_JS = "https://js.stripe.com"
SOURCES = {
    "script-src": (STRIPE_JS, "https://*.js.stripe.com"),
    "frame-src": (STRIPE_JS, "https://*.js.stripe.com", "https://hooks.stripe.com"),
    "connect-src": ("https://api.stripe.com",),
}


def script_url() -> str:
    """The address of Stripe's script; the sandbox's stand-in where the sandbox is used."""
    return f"{settings().stripe_api_base or STRIPE_JS}/{TRAIN}/stripe.js"


def publishable_key() -> str:
    """The key that may be shown to everyone."""
    return settings().stripe_publishable_key


def policy_sources() -> dict[str, tuple[str, ...]]:
    """What a page with Stripe's elements adds to its content security policy, by directive."""
    sandbox = settings().stripe_api_base
    return dict.fromkeys(SOURCES, (sandbox,)) if sandbox else dict(SOURCES)
