"""Scenes about subscriptions: how often a card is tried again, what is announced, what banks refuse."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import challenge, debits, paying, setting_up
from sandbox.stripe.flows.billing import collecting, subscribing, visiting
from sandbox.stripe.flows.cards import CARDS, Decline, Entered

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

    def pay_invoice(self, invoice_id: str, card: str = "4242424242424242", authenticate: bool = True) -> str | None:
        """The donor pays an open invoice on its hosted page with another card; the message when it was declined."""
        if card not in CARDS:
            raise ValueError(f"not a test card: {card}")
        entered = Entered(CARDS[card], 12, 2040, "Test Donor", "donor@example.org")
        try:
            decline = visiting.pay(self.sandbox, invoice_id, entered)
            if decline is None and CARDS[card].secure:
                decline = visiting.authenticated(self.sandbox, invoice_id, authenticate)
        except visiting.NotOpen as closed:
            raise ValueError(f"the invoice is {closed}") from None
        return decline.message if decline else None

    def confirm_invoice(self, invoice_id: str, passed: bool = True) -> str | None:
        """The donor answers the bank that wanted to see them at a renewal; the message when it failed."""
        try:
            decline = visiting.authenticated(self.sandbox, invoice_id, bool(passed))
        except visiting.NotOpen as closed:
            raise ValueError(f"the invoice is {closed}") from None
        return decline.message if decline else None

    def authenticate(self, intent_id: str, passed: bool = True) -> str | None:
        """The donor answers the bank about a PaymentIntent or SetupIntent that was made over the API."""
        with self.sandbox.action():
            intent = self.sandbox.store.find(intent_id)
            if intent is None or intent["status"] != "requires_action":
                raise ValueError("nothing waits for authentication")
            method = self.sandbox.get("payment_method", intent["payment_method"])
            decline = self._answered(intent, method) if passed else challenge.failed(self.sandbox, intent, method)
        return decline.message if decline else None

    def _answered(self, intent: Obj, method: Obj) -> Decline | None:
        challenge.passed(self.sandbox, intent, method)
        if intent["object"] == "setup_intent":
            decline = setting_up.refusal(self.sandbox, method)
            customer = self.sandbox.get("customer", intent["customer"]) if intent["customer"] else None
            setting_up.attempt(self.sandbox, intent, method, customer, decline)
            return decline
        decline = paying.decline_of(self.sandbox, method)
        paying.attempt(self.sandbox, intent, method, decline)
        return decline

    def update_card(self, payment_method_id: str, exp_year: int = 2044, number: str | None = None) -> Obj:
        """The card network sends a new expiry date, or a new card: `payment_method.automatically_updated`."""
        with self.sandbox.action():
            method = self.sandbox.get("payment_method", payment_method_id)
            return paying.renew_card(self.sandbox, method, int(exp_year), number)

    def revoke_mandate(self, payment_method_id: str) -> Obj:
        """The donor takes back the permission to debit an account: `mandate.updated`, and debits are refused."""
        with self.sandbox.action():
            method = self.sandbox.get("payment_method", payment_method_id)
            return debits.end_mandate(self.sandbox, debits.mandate_of(self.sandbox, method))
