"""How often a visitor may try before we ask Stripe for anything."""

from __future__ import annotations

from datetime import timedelta

from station.core import ratelimit
from station.core.ratelimit import Limit
from station.members.policies import normalise_email

BUDGETS = (  # a drive's busiest minutes fit; a card tester's do not (specs/donations.md A1–A3)
    ("address", Limit("giving.address", burst=20, per=timedelta(hours=1))),
    ("email", Limit("giving.email", burst=10, per=timedelta(hours=1))),
    ("house", Limit("giving.house", burst=1_000, per=timedelta(minutes=10))),
)


def within_budgets(address: str, email: str) -> bool:
    """Count one try of a visitor's network address and an email. False when one of the budgets is used up.

    Only hashes are kept. IPv6 is counted by household (/64), the email without case.
    """
    who = {"address": ratelimit.network(address), "email": normalise_email(email), "house": ""}
    return all(ratelimit.allow(limit, who[name]) for name, limit in BUDGETS)
