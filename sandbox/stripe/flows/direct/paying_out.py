"""Money goes to the bank: docs.stripe.com/payouts, docs.stripe.com/api/payouts."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj, make, new_id
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import paying

TRAVELS = 2 * DAY


def available(sandbox: Sandbox, currency: str) -> int:
    """The balance that can be paid out, in the smallest unit."""
    rows = sandbox.store.all("balance_transaction")
    return sum(int(row["net"]) for row in rows if row["status"] == "available" and row["currency"] == currency)


def create(sandbox: Sandbox, amount: int, currency: str, **values: Any) -> Obj:
    """A payout by hand; refused when the available balance is smaller."""
    if amount > available(sandbox, currency):
        text = "You have insufficient funds in your Stripe account for this transfer."
        raise invalid(text, "amount", "balance_insufficient")
    payout = make(
        "payout",
        sandbox.now(),
        amount=amount,
        currency=currency,
        arrival_date=sandbox.now() + TRAVELS,
        destination=new_id("ba_"),
        method="standard",
        reconciliation_status="not_applicable",
        source_type="card",
        status="pending",
        type="bank_account",
        **values,
    )
    moved = paying.record(sandbox, payout, -amount, "payout", fee=0, fee_details=[])
    sandbox.due_at("available", moved["id"], None)
    moved.update(status="available", available_on=sandbox.now())
    payout["balance_transaction"] = sandbox.store.save(moved)["id"]
    sandbox.store.save(payout)
    sandbox.due_at("arrive", payout["id"], payout["arrival_date"])
    sandbox.emit("payout.created", payout)
    return payout


def arrive(sandbox: Sandbox, payout: Obj) -> None:
    payout["status"] = "paid"
    sandbox.store.save(payout)
    sandbox.emit("payout.paid", payout)
