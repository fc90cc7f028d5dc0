"""Schema-complete objects made from the SDK's class annotations.

Required fields get an empty value of their type, `Optional` ones null, except those Stripe leaves out unless
they were asked for (docs.stripe.com/expand#includable-properties) or do not apply; that list was read off
Stripe's own sample objects (stripe/openapi, fixtures3.json, MIT).
"""

from __future__ import annotations

import secrets
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_origin

from sandbox.stripe.contract import sdk

Obj = dict[str, Any]

PREFIXES = {
    "balance_transaction": "txn_",
    "charge": "ch_",
    "checkout.session": "cs_test_",
    "customer": "cus_",
    "dispute": "dp_",
    "event": "evt_",
    "file": "file_",
    "invoice": "in_",
    "invoice_payment": "inpay_",
    "invoiceitem": "ii_",
    "item": "li_",
    "line_item": "il_",
    "mandate": "mandate_",
    "payment_intent": "pi_",
    "payment_method": "pm_",
    "payout": "po_",
    "plan": "price_",
    "price": "price_",
    "product": "prod_",
    "radar.early_fraud_warning": "issfr_",
    "refund": "re_",
    "setup_intent": "seti_",
    "subscription": "sub_",
    "subscription_item": "si_",
    "webhook_endpoint": "we_",
}

ABSENT: dict[str, str] = {
    "charge": "authorization_code level3 presentment_details radar_options refunds transfer",
    "checkout.session": "allowed_payment_method_types branding_settings excluded_payment_method_types "
    "line_items name_collection optional_items presentment_details redirect_on_completion return_url "
    "tax_id_collection",
    "customer": "business_name cash_balance customer_account individual_name invoice_credit_balance sources "
    "subscriptions tax tax_ids",
    "dispute": "intended_submission_method network_reason_code",
    "event": "account context",
    "file": "links",
    "invoice": "amount_paid_off_stripe confirmation_secret payments status_details threshold_reason",
    "item": "discounts taxes",
    "payment_intent": "allowed_payment_method_types hooks payment_details payment_record presentment_details",
    "plan": "tiers",
    "price": "currency_options tiers",
    "product": "tax_details",
    "refund": "description failure_balance_transaction failure_reason instructions_email next_action "
    "pending_reason presentment_details",
    "setup_intent": "allowed_payment_method_types attach_to_self customer_account managed_payments",
    "subscription": "presentment_details status_details",
    "subscription_item": "billed_until current_trial",
    "webhook_endpoint": "secret",
}
ONLY = {
    "payment_method": "allow_redisplay billing_details card created customer customer_account id livemode "
    "metadata object type"
}
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def new_id(prefix: str, length: int = 24) -> str:
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


@cache
def _template(name: str) -> Obj:
    cls: Any = sdk.object_class(name)
    if name == "item":
        cls = sdk.by_name("LineItem", "stripe._line_item")
    if name == "line_item":
        cls = sdk.by_name("InvoiceLineItem", "stripe._invoice_line_item")
    if cls is None:
        raise LookupError(name)
    return _blank(cls, frozenset(ABSENT.get(name, "").split()), ONLY.get(name, "").split())


def _blank(cls: Any, absent: frozenset[str] = frozenset(), only: list[str] | None = None) -> Obj:
    done: Obj = {}
    for name, kind in sdk.fields(cls).items():
        if name in absent or name == "deleted" or (only and name not in only):
            continue
        done[name] = None if sdk.is_optional(kind) else _default(kind, cls.__module__)
    return done


def _default(kind: Any, module: str) -> Any:
    members = sdk.flat_union(kind, module)
    first = members[0]
    listed = sdk.listed_values(members)
    if listed:
        return get_args(next(part for part in members if get_args(part)))[0]
    if str in members:
        return ""
    if sdk.is_list_object(first):
        return page([], "")
    if sdk.is_untyped_map(first) or get_origin(first) is dict or first is Any:
        return {}
    if get_origin(first) is list:
        return []
    if sdk.is_object_class(first):
        return _blank(first)
    return {bool: False, int: 0, float: 0.0, Decimal: "0"}[first]


def make(name: str, created: int | None = None, /, **values: Any) -> Obj:
    """A complete object called `name` with a fresh id; `values` replace its defaults."""
    done: Obj = _copy(_template(name))
    length = 56 if name == "checkout.session" else 14 if name in ("customer", "product") else 24
    if name != "customer_session":  # the one object without an id: its secret names it
        done["id"] = new_id(PREFIXES[name], length)
    if "created" in done and created is not None:
        done["created"] = created
    if done.get("metadata", "") is None:
        done["metadata"] = {}
    done.update(values)
    return done


def page(items: list[Obj], url: str, has_more: bool = False) -> Obj:
    return {"object": "list", "data": items, "has_more": has_more, "url": url}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(inner) for name, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value
