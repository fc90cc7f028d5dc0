"""Stripe's objects as we know them, made from plain dictionaries.

StripeObject is no dict since version 15 of the library; `client` turns it into one before it comes here.
Subscriptions stand in `standing`.
Field names are those of API version 2026-10-28.endive: an invoice has `parent` and `payments`, a subscription's
period is on its items, a PaymentIntent has `latest_charge`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from station.payments.gateway.collecting.saved import Saved, method_of, saved_of_charge, saved_of_setup
from station.payments.gateway.parts import Ours, Plain, id_of, instant, ours_of
from station.payments.gateway.standing import StandingOrder, Unpaid

ASKS = "authentication_required"  # docs.stripe.com/declines/codes: the donor must confirm with the bank


@dataclass(frozen=True)
class Charged:
    """Money that a donor's bank let go: cents, and where it stands at Stripe.

    `fee_cents` and `balance_transaction` come a little after the charge (docs.stripe.com/payments/payment-intents/
    asynchronous-capture): None until then. `payer_*` are the billing details, empty where nobody gave them.
    `fingerprint` is the same for the same card or account; `returned_cents` have been refunded, or are about to be.
    """

    payment_intent: str | None
    charge: str
    amount_cents: int
    currency: str
    method: str
    method_label: str
    charged_at: datetime
    livemode: bool
    balance_transaction: str | None = None
    fee_cents: int | None = None
    fee_currency: str = ""
    payer_name: str = ""
    payer_email: str = ""
    fingerprint: str = ""
    returned_cents: int = 0
    disputed: bool = False


@dataclass(frozen=True)
class Paying:
    """How far a payment is: money, or on its way (`processing`, a method that takes days), or refused for now.

    `asks`: the donor's bank wants them to confirm it. `saved`: what the newest try was made with, where it is kept.
    """

    charged: Charged | None = None
    processing: bool = False
    asks: bool = False
    failed: bool = False
    failure: str = ""
    failure_code: str = ""
    saved: Saved | None = None


@dataclass(frozen=True)
class Invoice:
    """A bill of a subscription. `first`: the one that Checkout collected. `paying`: None without any payment."""

    id: str
    status: str
    first: bool
    amount_cents: int
    currency: str
    livemode: bool
    order: StandingOrder | None
    paying: Paying | None
    billed_at: datetime
    unpaid: Unpaid | None = None


@dataclass(frozen=True)
class Session:
    """A Checkout Session with everything that hangs on it. `paying` is None while nobody has paid.

    An open one has an address (`url`, Stripe's page) or a client secret (elements in a page of ours). One in setup
    mode brings no money, but what was `given` to be charged from now on.
    """

    id: str
    ours: Ours
    url: str
    status: str
    paid: bool
    amount_cents: int
    currency: str
    livemode: bool
    paying: Paying | None = None
    invoice: Invoice | None = None
    order: StandingOrder | None = None
    client_secret: str = ""
    mode: str = ""
    given: Saved | None = None


def charged_of(charge: Plain) -> Charged | None:
    """A charge with its balance transaction expanded; None unless the money was really taken."""
    if charge["status"] != "succeeded" or not charge["paid"] or not charge["amount_captured"]:
        return None
    method, label = method_of(charge.get("payment_method_details") or {})
    moved = charge.get("balance_transaction")
    known = moved if isinstance(moved, Mapping) else None
    payer = charge.get("billing_details") or {}
    return Charged(
        payment_intent=id_of(charge.get("payment_intent")),
        charge=charge["id"],
        amount_cents=charge["amount_captured"],
        currency=charge["currency"],
        method=method,
        method_label=label,
        charged_at=instant(charge["created"]),
        livemode=charge["livemode"],
        balance_transaction=known["id"] if known else None,
        fee_cents=known["fee"] if known else None,
        fee_currency=known["currency"] if known else "",
        payer_name=payer.get("name") or "",
        payer_email=payer.get("email") or "",
        fingerprint=_fingerprint(charge.get("payment_method_details") or {}),
        returned_cents=charge.get("amount_refunded") or 0,
        disputed=bool(charge.get("disputed")),
    )


def _fingerprint(details: Plain) -> str:
    return ((details.get(details.get("type") or "") or {}).get("fingerprint") or "")[:60]


def paying_of(intent: Plain) -> Paying:
    """A PaymentIntent with its charge expanded."""
    charge = intent.get("latest_charge")
    taken = charged_of(charge) if intent["status"] == "succeeded" and isinstance(charge, Mapping) else None
    error = intent.get("last_payment_error") or {}
    code = error.get("decline_code") or error.get("code") or ""
    return Paying(
        taken,
        processing=intent["status"] == "processing",
        asks=intent["status"] == "requires_action" or code == ASKS,
        failed=intent["status"] in ("requires_payment_method", "canceled"),
        failure=(error.get("message") or "")[:500],
        failure_code=code[:60],
        saved=saved_of_charge(charge) if isinstance(charge, Mapping) else None,
    )


def unpaid_of(invoice: Plain, paying: Paying | None) -> Unpaid | None:
    """An invoice of a renewal that is open after a first try, or whose debit is on its way; else None."""
    if invoice["status"] != "open" or invoice["billing_reason"] == "subscription_create":
        return None
    on_its_way = paying is not None and paying.processing
    if not (invoice.get("attempted") or on_its_way):
        return None
    again = invoice.get("next_payment_attempt")
    found = paying or Paying()
    return Unpaid(
        id=invoice["id"],
        due_cents=invoice["amount_remaining"],
        currency=invoice["currency"],
        billed_at=instant(invoice["created"]),
        attempts=invoice.get("attempt_count") or 0,
        next_attempt=instant(again) if again else None,
        page_url=invoice.get("hosted_invoice_url") or "",
        processing=on_its_way,
        asks=found.asks,
        failure=found.failure,
        failure_code=found.failure_code,
        kind=found.saved.kind if found.saved else "",
    )


def parent_of(invoice: Plain) -> Plain:
    """What an invoice says of the subscription that it bills (`subscription`, `metadata`); empty without one."""
    return (invoice.get("parent") or {}).get("subscription_details") or {}


def payment_of(invoice: Plain) -> Plain | None:
    """How an invoice is being paid: the payment that succeeded, else the newest one. `payments` is expanded."""
    rows = (invoice.get("payments") or {}).get("data") or []
    paid = [row for row in rows if row["status"] == "paid"]
    newest = sorted(paid or rows, key=lambda row: row["created"])
    return newest[-1]["payment"] if newest else None


def invoice_of(invoice: Plain, order: StandingOrder | None, paying: Paying | None) -> Invoice:
    """An invoice with its subscription, and how its payment stands."""
    return Invoice(
        id=invoice["id"],
        status=invoice["status"] or "",
        first=invoice["billing_reason"] == "subscription_create",
        amount_cents=invoice["amount_paid"],
        currency=invoice["currency"],
        livemode=invoice["livemode"],
        order=order,
        paying=paying,
        billed_at=instant(invoice["created"]),
        unpaid=unpaid_of(invoice, paying),
    )


def session_of(session: Plain, invoice: Invoice | None, order: StandingOrder | None) -> Session:
    """A Checkout Session with `payment_intent.latest_charge.balance_transaction` expanded, or with its invoice."""
    intent = session.get("payment_intent")
    paying = paying_of(intent) if isinstance(intent, Mapping) else None
    if invoice is not None:
        paying = invoice.paying
    return Session(
        id=session["id"],
        ours=ours_of(session.get("metadata")),
        url=session.get("url") or "",
        status=session["status"] or "",
        paid=session["payment_status"] == "paid",
        amount_cents=session["amount_total"] or 0,
        currency=session["currency"] or "",
        livemode=session["livemode"],
        paying=paying,
        invoice=invoice,
        order=order,
        client_secret=session.get("client_secret") or "",
        mode=session["mode"],
        given=saved_of_setup(session.get("setup_intent")),
    )
