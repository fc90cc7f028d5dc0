"""The account itself: docs.stripe.com/api/accounts/object, as its own key sees it."""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, route
from sandbox.stripe.core.shapes import Obj


@route("get /v1/account")
def retrieve(call: Call) -> Obj:
    return {
        "id": call.sandbox.settings.account,
        "object": "account",
        "business_profile": None,
        "business_type": "non_profit",
        "capabilities": {"card_payments": "active", "us_bank_account_ach_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": "account@example.org",
        "payouts_enabled": True,
        "type": "standard",
    }
