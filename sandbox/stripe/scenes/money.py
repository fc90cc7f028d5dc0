"""Scenes about money that has been paid: refunds that end otherwise, disputes, fraud warnings, payouts, fees."""

from __future__ import annotations

import base64

from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows.money import disputing, movements, paying_out, refunding, warning


class MoneyScenes:
    """Each scene is one action: its events leave together. Objects are named by their ids; amounts are cents."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def _charge(self, identifier: str) -> Obj:
        """A charge by its own id or its PaymentIntent's."""
        if identifier.startswith("pi_"):
            identifier = str(self.sandbox.get("payment_intent", identifier)["latest_charge"])
        return self.sandbox.get("charge", identifier)

    # Refunds ----------------------------------------------------------------------------------------------

    def next_refund(self, starts: str = "pending", ends: str | None = None, after: int = 0) -> None:
        """The next refund begins as `starts` (succeeded, pending, requires_action) and, `after` seconds on the
        sandbox's clock, becomes `ends` (succeeded, failed, canceled); without `ends` it stays until `end_refund`."""
        if starts not in ("succeeded", "pending", "requires_action") or ends not in (None, *refunding.OVER):
            raise ValueError(f"starts: succeeded, pending or requires_action; ends: {', '.join(refunding.OVER)}")
        refunding.plan_next(self.sandbox, starts, ends, int(after))

    def end_refund(self, refund_id: str, status: str = "succeeded", reason: str = "unknown") -> Obj:
        """A refund succeeds, or fails although it had succeeded (the money comes back), or is canceled."""
        if status not in refunding.OVER or reason not in refunding.FAILURES:
            raise ValueError(f"status: {', '.join(refunding.OVER)}; reason: {', '.join(refunding.FAILURES)}")
        with self.sandbox.action():
            return refunding.end(self.sandbox, self.sandbox.get("refund", refund_id), status, reason)

    # Disputes and fraud warnings --------------------------------------------------------------------------

    def dispute(self, charge_id: str, reason: str = "fraudulent", amount: int | None = None) -> Obj:
        """The donor's bank disputes a paid card charge (by its id or its PaymentIntent's); the money goes at once."""
        with self.sandbox.action():
            return disputing.begin(self.sandbox, self._charge(charge_id), reason, amount=amount and int(amount))

    def inquire(self, charge_id: str, reason: str = "fraudulent") -> Obj:
        """The donor's bank asks about a charge; no money moves."""
        with self.sandbox.action():
            return disputing.begin(self.sandbox, self._charge(charge_id), reason, inquiry=True)

    def escalate(self, dispute_id: str) -> Obj:
        """An inquiry becomes a dispute."""
        with self.sandbox.action():
            return disputing.escalate(self.sandbox, self.sandbox.get("dispute", dispute_id))

    def win_dispute(self, dispute_id: str, fee_returned: bool = False) -> Obj:
        """The bank decides for us (an inquiry is closed); with `fee_returned` the fee comes back too."""
        with self.sandbox.action():
            dispute = self.sandbox.get("dispute", dispute_id)
            return disputing.win(self.sandbox, dispute, fee_returned=bool(fee_returned))

    def lose_dispute(self, dispute_id: str) -> Obj:
        """The bank decides for the donor (an inquiry is closed)."""
        with self.sandbox.action():
            return disputing.lose(self.sandbox, self.sandbox.get("dispute", dispute_id))

    def return_debit(self, charge_id: str, reason: str = "insufficient_funds") -> Obj:
        """A bank debit that had succeeded comes back: a dispute that is lost from the start."""
        charge = self._charge(charge_id)
        if not movements.by_bank(charge):
            raise ValueError("only a bank debit can be returned; a card charge is disputed")
        with self.sandbox.action():
            return disputing.bank_return(self.sandbox, charge, reason)

    def warn(self, charge_id: str, fraud_type: str = "misc") -> Obj:
        """The issuer suspects a charge: an early fraud warning."""
        with self.sandbox.action():
            return warning.create(self.sandbox, self._charge(charge_id), fraud_type)

    def uploaded(self, file_id: str) -> bytes:
        """What was uploaded as evidence."""
        return base64.b64decode(self.sandbox.get("_file", file_id)["data"])

    # The balance ------------------------------------------------------------------------------------------

    def release(self) -> int:
        """Everything pending becomes available now, without moving the clock; how many movements that were."""
        with self.sandbox.action():
            rows = [row for row in self.sandbox.store.all("balance_transaction") if row["status"] == "pending"]
            for row in rows:
                movements.make_available(self.sandbox, row)
        return len(rows)

    def charge_fee(self, amount: int, description: str = "Radar (2026-11-01 - 2026-11-30)") -> Obj:
        """Stripe takes a fee that belongs to no payment (type stripe_fee)."""
        with self.sandbox.action():
            return movements.charge_fee(self.sandbox, int(amount), description)

    def payout(self, upto: str = "paid", release: bool = True) -> Obj:
        """An automatic payout of everything available, and with `release` of everything pending too.

        `upto` says how far it goes now: created, reconciled or paid; the rest comes with the clock.
        """
        if upto not in ("created", "reconciled", "paid"):
            raise ValueError("a payout goes up to: created, reconciled, paid")
        if release:
            self.release()
        with self.sandbox.action():
            payout = paying_out.automatic(self.sandbox)
            if payout is None:
                raise ValueError("there is nothing to pay out")
            if upto != "created":
                paying_out.reconcile(self.sandbox, payout)
            if upto == "paid":
                paying_out.arrive(self.sandbox, payout)
        return payout

    def arrive_payout(self, payout_id: str) -> Obj:
        """A payout is paid now."""
        with self.sandbox.action():
            payout = self.sandbox.get("payout", payout_id)
            paying_out.arrive(self.sandbox, payout)
        return payout

    def fail_payout(self, payout_id: str, code: str = "account_closed") -> Obj:
        """The bank sends a payout back, paid or not; the next payout holds the money."""
        with self.sandbox.action():
            return paying_out.fail(self.sandbox, self.sandbox.get("payout", payout_id), code)
