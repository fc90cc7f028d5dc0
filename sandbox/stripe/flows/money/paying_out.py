"""Money goes to the bank: docs.stripe.com/payouts, docs.stripe.com/api/payouts.

An automatic payout takes the whole available balance and remembers which balance transactions it is made of; the
list is complete once `reconciliation_status` is `completed` (docs.stripe.com/payouts/reconciliation). A payout by
hand takes an amount, and Stripe ties nothing to it. The bank may send either back after it was paid
(docs.stripe.com/payouts#payout-failures): the money returns by a `payout_failure`, and the next payout holds it.
"""

from __future__ import annotations

from typing import Any

from sandbox.stripe.core.clock import DAY, HOUR
from sandbox.stripe.core.errors import invalid
from sandbox.stripe.core.shapes import Obj, make, new_id
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows.money import movements

TRAVELS = 2 * DAY
RECONCILED_AFTER = HOUR
TIED = "_paid_out"
"""Balance transaction → the automatic payout it is part of."""


def create(sandbox: Sandbox, amount: int, currency: str, **values: Any) -> Obj:
    """A payout by hand; refused when the available balance is smaller."""
    if amount > movements.available(sandbox, currency):
        text = "You have insufficient funds in your Stripe account for this transfer."
        raise invalid(text, "amount", "balance_insufficient")
    return _send(sandbox, amount, currency, automatic=False, reconciliation_status="not_applicable", **values)


def automatic(sandbox: Sandbox, currency: str = "usd") -> Obj | None:
    """Everything that is available and in no payout yet; None when that is nothing."""
    rows = [row for row in _untied(sandbox) if row["status"] == "available" and row["currency"] == currency]
    amount = sum(int(row["net"]) for row in rows)
    if amount < 1:
        return None
    payout = _send(
        sandbox,
        amount,
        currency,
        automatic=True,
        description="STRIPE PAYOUT",
        reconciliation_status="in_progress",
        metadata={},
    )
    for identifier in [*(row["id"] for row in rows), payout["balance_transaction"]]:
        sandbox.store.put(TIED, {"id": identifier, "payout": payout["id"]})
    sandbox.due_at("reconcile", payout["id"], sandbox.now() + RECONCILED_AFTER)
    return payout


def _untied(sandbox: Sandbox) -> list[Obj]:
    return [row for row in sandbox.store.all("balance_transaction") if sandbox.store.get(TIED, row["id"]) is None]


def members(sandbox: Sandbox, payout: str) -> set[str]:
    """The balance transactions of an automatic payout, its own among them; of one by hand only its own."""
    inside = {row["id"] for row in sandbox.store.all(TIED) if row["payout"] == payout}
    return inside or {sandbox.get("payout", payout)["balance_transaction"]}


def _send(sandbox: Sandbox, amount: int, currency: str, **values: Any) -> Obj:
    payout = make(
        "payout",
        sandbox.now(),
        amount=amount,
        currency=currency,
        arrival_date=sandbox.now() + TRAVELS,
        destination=new_id("ba_"),
        method="standard",
        source_type="card",
        status="pending",
        type="bank_account",
        **values,
    )
    moved = movements.record(sandbox, "payout", -amount, payout)
    payout["balance_transaction"] = moved["id"]
    sandbox.store.save(payout)
    sandbox.due_at("arrive", payout["id"], payout["arrival_date"])
    sandbox.emit("payout.created", payout)
    return payout


def reconcile(sandbox: Sandbox, payout: Obj) -> None:
    """docs.stripe.com/payouts/reconciliation: its balance transactions can now be listed for good."""
    if payout["reconciliation_status"] != "in_progress":
        return
    payout["reconciliation_status"] = "completed"
    sandbox.store.save(payout)
    sandbox.due_at("reconcile", payout["id"], None)
    sandbox.emit("payout.reconciliation_completed", payout)


def arrive(sandbox: Sandbox, payout: Obj) -> None:
    """Paid as far as Stripe knows; the bank can still send it back."""
    if payout["status"] not in ("pending", "in_transit"):
        return
    payout.update(status="paid", trace_id={"status": "supported", "value": new_id("", 12)})
    sandbox.store.save(payout)
    sandbox.due_at("arrive", payout["id"], None)
    sandbox.emit("payout.paid", payout)


def fail(sandbox: Sandbox, payout: Obj, code: str = "account_closed") -> Obj:
    """The bank refuses it, before or after it was paid: docs.stripe.com/api/payouts/failures."""
    if payout["status"] in ("failed", "canceled"):
        raise ValueError(f"the payout is {payout['status']} already")
    payout.update(failure_code=code, failure_message=f"The bank sent the payout back: {code}.")
    return _give_back(sandbox, payout, "failed", "payout_failure")


def cancel(sandbox: Sandbox, payout: Obj) -> Obj:
    """docs.stripe.com/api/payouts/cancel: before it is on its way."""
    return _give_back(sandbox, payout, "canceled", "payout_cancel")


def _give_back(sandbox: Sandbox, payout: Obj, status: str, kind: str) -> Obj:
    moved = movements.record(sandbox, kind, payout["amount"], payout)
    payout.update(status=status, failure_balance_transaction=moved["id"])
    sandbox.store.save(payout)
    sandbox.due_at("arrive", payout["id"], None)
    sandbox.emit(f"payout.{status}", payout)
    return payout
