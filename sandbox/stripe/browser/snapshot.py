"""A Checkout Session as Stripe.js shows it: `StripeCheckoutSession` of @stripe/stripe-js 10.2.1.

docs.stripe.com/js/custom_checkout/session_object
"""

from __future__ import annotations

from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.store import Store
from sandbox.stripe.pages.words import money


def amount(cents: int, currency: str) -> Obj:
    return {"minorUnitsAmount": cents, "amount": money(cents, currency)}


def snapshot(store: Store, session: Obj) -> Obj:
    """`canConfirm` is the browser's to say: it knows whether the elements are filled in."""
    lines = (store.get("_session", session["id"]) or {})["line_items"]
    currency = session["currency"] or "usd"
    details = session["customer_details"] or {}
    return {
        "id": session["id"],
        "livemode": False,
        "status": _status(session),
        "canConfirm": False,
        "currency": currency,
        "currencyOptions": None,
        "minorUnitsAmountDivisor": 100,
        "email": details.get("email"),
        "phoneNumber": details.get("phone"),
        "businessName": None,
        "nameCollection": None,
        "billingAddress": _contact(details),
        "shippingAddress": None,
        "shipping": None,
        "shippingOptions": [],
        "lineItems": [_line(line) for line in lines],
        "optionalItems": None,
        "discountAmounts": None,
        "taxAmounts": None,
        "tax": {"status": "ready"},
        "taxIdInfo": None,
        "surcharge": None,
        "savedPaymentMethods": None,
        "lastPaymentError": _last_error(store, session),
        "recurring": _recurring(session, lines),
        "total": _total(session, currency),
    }


def _status(session: Obj) -> Obj:
    if session["status"] == "complete":
        return {"type": "complete", "paymentStatus": session["payment_status"]}
    return {"type": session["status"]}


def _contact(details: Obj) -> Obj | None:
    address = details.get("address")
    if not address or not address.get("country"):
        return None
    return {"name": details.get("name"), "address": address}


def _line(line: Obj) -> Obj:
    price, currency = line["price"], line["currency"]
    nothing, whole = amount(0, currency), amount(line["amount_total"], currency)
    recurring = price["recurring"]
    return {
        "id": line["id"],
        "name": line["description"],
        "description": None,
        "discount": nothing,
        "subtotal": amount(line["amount_subtotal"], currency),
        "total": whole,
        "taxExclusive": nothing,
        "taxInclusive": nothing,
        "unitAmount": amount(price["unit_amount"], currency),
        "unitAmountDecimal": None,
        "quantity": line["quantity"],
        "unitLabel": None,
        "discountAmounts": None,
        "taxAmounts": None,
        "recurring": recurring and {**_interval(recurring), "usageType": recurring["usage_type"]},
        "adjustableQuantity": None,
        "images": [],
        "priceId": price["id"],
        "isRemovable": False,
        "pricing": None,
        "transformQuantity": None,
    }


def _interval(recurring: Obj) -> Obj:
    return {"interval": recurring["interval"], "intervalCount": recurring["interval_count"]}


def _recurring(session: Obj, lines: list[Obj]) -> Obj | None:
    if session["mode"] != "subscription":
        return None
    currency, nothing = session["currency"], amount(0, session["currency"])
    whole = amount(sum(int(line["amount_total"]) for line in lines), currency)
    next_time = {
        "subtotal": whole,
        "total": whole,
        "discount": nothing,
        "taxInclusive": nothing,
        "taxExclusive": nothing,
        "billingCycleAnchor": None,
    }
    return {**_interval(lines[0]["price"]["recurring"]), "isProrated": False, "dueNext": next_time, "trial": None}


def _total(session: Obj, currency: str) -> Obj:
    nothing = amount(0, currency)
    return {
        "appliedBalance": nothing,
        "balanceAppliedToNextInvoice": False,
        "discount": nothing,
        "shippingRate": nothing,
        "subtotal": amount(session["amount_subtotal"] or 0, currency),
        "surcharge": nothing,
        "taxExclusive": nothing,
        "taxInclusive": nothing,
        "total": amount(session["amount_total"] or 0, currency),
    }


def _last_error(store: Store, session: Obj) -> Obj | None:
    private = store.get("_session", session["id"]) or {}
    intent = store.find(str(private["intent"] or private.get("saving") or session["setup_intent"]))
    error = intent and (intent.get("last_payment_error") or intent.get("last_setup_error"))
    return {"message": error["message"]} if error and session["status"] == "open" else None
