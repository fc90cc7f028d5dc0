"""Scenes about subscriptions: how often a card is tried again, what is announced, what banks refuse."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows.billing import collecting, subscribing

ENDS = ("canceled", "unpaid", "past_due")


class BillingScenes:
    """Settings that an account has at Stripe, and what happens to a subscription on its own."""

    sandbox: Sandbox

    def set_retries(self, days: Sequence[int] = (3, 5, 7), then: str = "canceled") -> None:
        """Failed renewals by card are tried again after so many days each; then the subscription is canceled,
        unpaid or past_due."""
        if then not in ENDS or any(int(day) < 1 for day in days):
            raise ValueError(f"days are 1 or more; then is one of: {', '.join(ENDS)}")
        with self.sandbox.action():
            after = [int(day) * DAY for day in days]
            self.sandbox.store.put("_meta", {**collecting.RETRIES, "after": after, "then": then})

    def announce_renewals(self, days: int = 7) -> None:
        """`invoice.upcoming` comes so many days before each renewal (0: not at all, as at first)."""
        with self.sandbox.action():
            self.sandbox.store.put("_meta", {"id": "upcoming", "days": int(days)})
            for subscription in self.sandbox.store.all("subscription"):
                if subscription["status"] in ("active", "past_due", "trialing"):
                    subscribing.plan_renewal(self.sandbox, subscription)
