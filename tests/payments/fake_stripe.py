"""A Stripe of our own types, in memory, for tests that need thousands of histories. No HTTP, no library.

A scenario moves it step by step; each step says which events Stripe would send for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from station.payments import gateway
from station.payments.gateway import Charged, Invoice, Ours, Paying, Session, StandingOrder

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class FakeStripe:
    """Objects by id, as they are now."""

    payment_id: UUID
    subscription_id: UUID | None
    cents: int = 1500
    objects: dict[str, Session | Invoice | StandingOrder | Charged | None] = field(default_factory=dict)
    name: str = field(default_factory=lambda: uuid4().hex[:12])
    fetched: int = 0

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Stand behind the gateway's fetching functions."""
        for each in ("fetch_session", "fetch_invoice", "fetch_subscription", "fetch_charge"):
            patch.setattr(gateway, each, self.fetch)

    def fetch(self, object_id: str) -> Session | Invoice | StandingOrder | Charged | None:
        self.fetched += 1
        return self.objects[object_id]

    @property
    def session_id(self) -> str:
        return f"cs_{self.name}"

    @property
    def order_id(self) -> str:
        return f"sub_{self.name}"

    @property
    def ours(self) -> Ours:
        return Ours(self.payment_id, self.subscription_id)

    def session(self) -> Session:
        found = self.objects.setdefault(
            self.session_id,
            Session(
                id=self.session_id,
                ours=self.ours,
                url="https://pay.example/1",
                status="open",
                paid=False,
                amount_cents=self.cents,
                currency="usd",
                livemode=False,
            ),
        )
        assert isinstance(found, Session)
        return found

    def charge(self, number: int, fee: bool) -> Charged:
        return Charged(
            payment_intent=f"pi_{self.name}_{number}",
            charge=f"ch_{self.name}_{number}",
            amount_cents=self.cents,
            currency="usd",
            method="card",
            method_label="Visa ending 4242",
            charged_at=START + timedelta(days=30 * number),
            livemode=False,
            balance_transaction=f"txn_{self.name}_{number}" if fee else None,
            fee_cents=74 if fee else None,
            fee_currency="usd" if fee else "",
        )

    # One-time ------------------------------------------------------------------------------------------------------

    def pays(self, fee: bool = False) -> list[tuple[str, str]]:
        """The donor pays by card; the fee comes with it or later."""
        charge = self.charge(0, fee)
        self.objects[charge.charge] = charge
        self.objects[self.session_id] = replace(self.session(), status="complete", paid=True, paying=Paying(charge))
        return [("checkout.session.completed", self.session_id), ("charge.updated", charge.charge)]

    def fee_comes(self) -> list[tuple[str, str]]:
        charge = self.charge(0, fee=True)
        self.objects[charge.charge] = charge
        self.objects[self.session_id] = replace(self.session(), paying=Paying(charge))
        return [("charge.updated", charge.charge)]

    def promises(self) -> list[tuple[str, str]]:
        """The donor pays by bank debit: complete, unpaid, on its way."""
        self.objects[self.session_id] = replace(self.session(), status="complete", paying=Paying(processing=True))
        return [("checkout.session.completed", self.session_id)]

    def arrives(self) -> list[tuple[str, str]]:
        self.pays(fee=True)
        return [("checkout.session.async_payment_succeeded", self.session_id)]

    def bounces(self) -> list[tuple[str, str]]:
        self.objects[self.session_id] = replace(self.session(), paying=Paying(failed=True, failure="Account closed."))
        return [("checkout.session.async_payment_failed", self.session_id)]

    def expires(self) -> list[tuple[str, str]]:
        self.objects[self.session_id] = replace(self.session(), status="expired", url="")
        return [("checkout.session.expired", self.session_id)]

    # Monthly -------------------------------------------------------------------------------------------------------

    def invoice_id(self, number: int) -> str:
        return f"in_{self.name}_{number}"

    def stands(self, status: str, failure: str = "") -> StandingOrder:
        order = StandingOrder(
            id=self.order_id,
            ours=self.ours,
            status=status,
            customer=f"cus_{self.name}",
            period_end=START + timedelta(days=30),
            livemode=False,
            failure=failure,
        )
        self.objects[self.order_id] = order
        for key, each in self.objects.items():
            if isinstance(each, Invoice | Session):
                self.objects[key] = replace(each, order=order)
        return order

    def bill(self, number: int, paid: bool) -> Invoice:
        order = self.objects.get(self.order_id)
        charge = self.charge(number, fee=True)
        self.objects[charge.charge] = charge if paid else None
        found = Invoice(
            id=self.invoice_id(number),
            status="paid" if paid else "open",
            first=number == 0,
            amount_cents=self.cents if paid else 0,
            currency="usd",
            livemode=False,
            order=order if isinstance(order, StandingOrder) else None,
            paying=Paying(charge) if paid else Paying(failed=True, failure="Your card was declined."),
        )
        self.objects[found.id] = found
        return found

    def subscribes(self) -> list[tuple[str, str]]:
        order = self.stands("active")
        bill = self.bill(0, paid=True)
        self.objects[self.session_id] = replace(
            self.session(), status="complete", paid=True, paying=bill.paying, invoice=bill, order=order
        )
        return [
            ("checkout.session.completed", self.session_id),
            ("invoice.paid", bill.id),
            ("customer.subscription.updated", self.order_id),
        ]

    def renews(self, number: int) -> list[tuple[str, str]]:
        self.stands("active")
        bill = self.bill(number, paid=True)
        return [("invoice.paid", bill.id), ("customer.subscription.updated", self.order_id)]

    def declines(self, number: int) -> list[tuple[str, str]]:
        self.stands("past_due", "Your card was declined.")
        bill = self.bill(number, paid=False)
        return [("invoice.payment_failed", bill.id), ("customer.subscription.updated", self.order_id)]

    def ends(self) -> list[tuple[str, str]]:
        self.stands("canceled")
        return [("customer.subscription.deleted", self.order_id)]
