"""The balance: one balance transaction for each movement of money.

docs.stripe.com/reports/balance-transaction-types and docs.stripe.com/reports/reporting-categories.
Amounts are in cents, as the account sees them: a charge is positive, a refund, a fee and a payout are negative,
and `net` is what the balance changes by.
"""

from __future__ import annotations

from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.core.world import Sandbox

SETTLES_AFTER = 2 * DAY  # docs.stripe.com/payouts#payout-speed: US accounts, two business days (here: two days)
CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "charge_failure",
    "payout": "payout",
    "payout_cancel": "payout_reversal",
    "payout_failure": "payout_reversal",
    "stripe_fee": "fee",
}
"""Type → reporting category; an `adjustment` says which one it is."""


def record(
    sandbox: Sandbox,
    kind: str,
    amount: int,
    source: Obj | None,
    *,
    category: str | None = None,
    fee: int = 0,
    fee_text: str = "Stripe processing fees",
    after: int = 0,
    currency: str = "usd",
    description: str | None = None,
) -> Obj:
    """Keep a movement; `after` are the seconds until it counts as available, at once without."""
    now = sandbox.now()
    if source is not None:
        currency, description = source["currency"], description or source.get("description")
    moved = make(
        "balance_transaction",
        now,
        amount=amount,
        fee=fee,
        net=amount - fee,
        fee_details=[_fee(fee, currency, fee_text)] if fee else [],
        currency=currency,
        description=description,
        available_on=now + after,
        status="pending" if after else "available",
        type=kind,
        source=source["id"] if source else None,
        reporting_category=category or CATEGORIES[kind],
        balance_type="payments",
    )
    if after:
        sandbox.due_at("available", moved["id"], moved["available_on"])
    return sandbox.store.save(moved)


def _fee(amount: int, currency: str, text: str) -> Obj:
    return {"amount": amount, "application": None, "currency": currency, "description": text, "type": "stripe_fee"}


def by_bank(charge: Obj) -> bool:
    """Whether a charge came from a bank account: its movements are called `payment…`."""
    return bool(charge["payment_method_details"]["type"] == "us_bank_account")


def make_available(sandbox: Sandbox, moved: Obj) -> None:
    """The money has settled."""
    sandbox.due_at("available", moved["id"], None)
    moved["status"] = "available"
    sandbox.store.save(moved)


def available(sandbox: Sandbox, currency: str) -> int:
    """The balance that can be paid out, in the smallest unit."""
    rows = sandbox.store.all("balance_transaction")
    return sum(int(row["net"]) for row in rows if row["status"] == "available" and row["currency"] == currency)


def charge_fee(sandbox: Sandbox, amount: int, description: str) -> Obj:
    """A fee that belongs to no payment, such as Radar's by the month: type `stripe_fee`, without a source."""
    return record(sandbox, "stripe_fee", -amount, None, description=description)
