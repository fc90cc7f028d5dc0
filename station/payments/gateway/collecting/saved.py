"""What a donor pays with, as Stripe tells of it: with a charge, or by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from station.payments.gateway.parts import Plain, id_of

BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "eftpos",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
WALLETS = {"apple_pay": "Apple Pay", "google_pay": "Google Pay", "link": "Link", "samsung_pay": "Samsung Pay"}


@dataclass(frozen=True)
class Saved:
    """A payment method that stays with a customer. Month and year of expiry are None where nothing expires.

    `fingerprint` is the same for the same card or account; `mandate` is what allows debits, "" where none is needed.
    """

    id: str
    customer: str
    kind: str
    label: str
    exp_month: int | None
    exp_year: int | None
    fingerprint: str
    livemode: bool
    mandate: str = ""


@dataclass(frozen=True)
class Allowance:
    """A donor's mandate for debits (docs.stripe.com/api/mandates/object): `status` is Stripe's word."""

    id: str
    method: str
    status: str
    livemode: bool


def method_of(details: Plain) -> tuple[str, str]:
    """The kind of payment method and what a donor calls it: "Visa ending 4242", "Visa ending 4242 (Apple Pay)"."""
    kind = details.get("type") or ""
    inside = details.get(kind) or {}
    name, last4 = kind.replace("_", " ").capitalize(), inside.get("last4")
    if kind == "card":
        brand = inside.get("brand") or "card"
        name = BRANDS.get(brand, brand.replace("_", " ").title())
    elif kind == "us_bank_account":
        name = inside.get("bank_name") or "Bank account"
    wallet = WALLETS.get((inside.get("wallet") or {}).get("type") or "", "") if kind == "card" else ""
    called = f"{name} ending {last4}" if last4 else name
    return kind[:40], (f"{called} ({wallet})" if wallet else called)[:80]


def saved_of_charge(charge: Plain) -> Saved | None:
    """The method that a customer's charge was made with, paid or not; None for a charge of nobody's."""
    method, customer = id_of(charge.get("payment_method")), id_of(charge.get("customer"))
    if not method or not customer:
        return None
    return _saved(method, customer, charge.get("payment_method_details") or {}, bool(charge["livemode"]))


def saved_of_method(method: Plain, mandate: str = "") -> Saved:
    """A payment method that was fetched; `customer` is "" once it is detached."""
    return _saved(method["id"], id_of(method.get("customer")) or "", method, bool(method["livemode"]), mandate)


def saved_of(method: Any) -> Saved | None:
    """A payment method where it came with what names it; None for its id alone, and for nothing."""
    return saved_of_method(method) if isinstance(method, Mapping) else None


def saved_of_setup(intent: Any) -> Saved | None:
    """What a SetupIntent has kept, with `payment_method` expanded; None until it has succeeded."""
    method = intent.get("payment_method") if isinstance(intent, Mapping) and intent["status"] == "succeeded" else None
    return saved_of_method(method, id_of(intent.get("mandate")) or "") if isinstance(method, Mapping) else None


def allowance_of(mandate: Plain) -> Allowance:
    """A mandate that was fetched."""
    return Allowance(
        mandate["id"], id_of(mandate["payment_method"]) or "", mandate["status"], bool(mandate["livemode"])
    )


def _saved(method_id: str, customer: str, details: Plain, livemode: bool, mandate: str = "") -> Saved:
    kind, label = method_of(details)
    inside = details.get(kind) or {}
    return Saved(
        id=method_id,
        customer=customer,
        kind=kind,
        label=label,
        exp_month=inside.get("exp_month"),
        exp_year=inside.get("exp_year"),
        fingerprint=(inside.get("fingerprint") or "")[:60],
        livemode=livemode,
        mandate=mandate or id_of(inside.get("mandate")) or "",
    )
