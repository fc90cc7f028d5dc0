"""A Stripe of our own types, in memory, for tests that need thousands of histories. No HTTP, no library.

A scenario moves it step by step; each step says which events Stripe would send for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from station.core.ids import public_id
from station.payments import gateway
from station.payments.gateway import Charged, Invoice, Ours, Paying, Session, StandingOrder
from station.payments.gateway.client import API_VERSION
from station.payments.models import Interval

Told = tuple[str, str, str]  # what Stripe sends: a type, an object's id, and a body with the object as it is then
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
    period: int = 0
    newest: str = ""
    terms: dict[str, Any] = field(default_factory=dict)  # of the subscription: amount_cents, paused, resumes_at, …

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

    def told(self, kind: str, object_id: str) -> Told:
        """An event of this type about an object, with its body as we read it."""
        found, body = self.objects.get(object_id), {}
        if isinstance(found, StandingOrder):
            body = {
                "object": "subscription",
                "metadata": self.metadata,
                "status": found.status,
                "customer": found.customer,
                "livemode": found.livemode,
                "latest_invoice": self.newest,
                "items": {"data": [self._item(found)]},
                "cancel_at": _seconds(found.ends_at),
                "pause_collection": {"behavior": "void", "resumes_at": _seconds(found.resumes_at)}
                if found.paused
                else None,
                "cancellation_details": {"reason": found.end_reason.replace(" ", "_") or None},
            }
        elif isinstance(found, Invoice):
            parent = {"subscription_details": {"subscription": self.order_id, "metadata": self.metadata}}
            reason = "subscription_create" if found.first else "subscription_cycle"
            body = {"object": "invoice", "billing_reason": reason, "parent": parent, "livemode": found.livemode}
        event = {"api_version": API_VERSION, "data": {"object": {"id": object_id, **body}}}
        return kind, object_id, json.dumps(event)

    @staticmethod
    def _item(order: StandingOrder) -> dict[str, Any]:
        assert order.period_end is not None
        item: dict[str, Any] = {"id": "si_1", "current_period_end": int(order.period_end.timestamp())}
        price = {"unit_amount": order.amount_cents, "product": "prod_1", "recurring": {"interval": "month"}}
        return {**item, "price": price, "quantity": 1} if order.amount_cents else item

    @property
    def metadata(self) -> dict[str, str]:
        ours = {"namespace": "station", "payment": public_id("pay", self.payment_id)}
        return (
            {**ours, "subscription": public_id("sustainer", self.subscription_id)} if self.subscription_id else ours
        )

    # One-time ------------------------------------------------------------------------------------------------------

    def pays(self, fee: bool = False) -> list[Told]:
        """The donor pays by card; the fee comes with it or later."""
        charge = self.charge(0, fee)
        self.objects[charge.charge] = charge
        self.objects[self.session_id] = replace(self.session(), status="complete", paid=True, paying=Paying(charge))
        return [self.told("checkout.session.completed", self.session_id), self.told("charge.updated", charge.charge)]

    def fee_comes(self) -> list[Told]:
        charge = self.charge(0, fee=True)
        self.objects[charge.charge] = charge
        self.objects[self.session_id] = replace(self.session(), paying=Paying(charge))
        return [self.told("charge.updated", charge.charge)]

    def promises(self) -> list[Told]:
        """The donor pays by bank debit: complete, unpaid, on its way."""
        self.objects[self.session_id] = replace(self.session(), status="complete", paying=Paying(processing=True))
        return [self.told("checkout.session.completed", self.session_id)]

    def arrives(self) -> list[Told]:
        self.pays(fee=True)
        return [self.told("checkout.session.async_payment_succeeded", self.session_id)]

    def bounces(self) -> list[Told]:
        self.objects[self.session_id] = replace(self.session(), paying=Paying(failed=True, failure="Account closed."))
        return [self.told("checkout.session.async_payment_failed", self.session_id)]

    def expires(self) -> list[Told]:
        self.objects[self.session_id] = replace(self.session(), status="expired", url="")
        return [self.told("checkout.session.expired", self.session_id)]

    # Monthly -------------------------------------------------------------------------------------------------------

    def invoice_id(self, number: int) -> str:
        return f"in_{self.name}_{number}"

    def stands(self, status: str, failure: str = "", period: int | None = None) -> StandingOrder:
        """The subscription as it is from now on; its period is that of the invoice with this number."""
        self.period = self.period if period is None else period
        order = StandingOrder(
            id=self.order_id,
            ours=self.ours,
            status=status,
            customer=f"cus_{self.name}",
            period_end=START + timedelta(days=30 * (self.period + 1)),
            livemode=False,
            failure=failure,
            **{"interval": Interval.MONTH, **self.terms},
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
            billed_at=START + timedelta(days=30 * number),
        )
        self.objects[found.id], self.newest = found, found.id
        return found

    def subscribes(self) -> list[Told]:
        order = self.stands("active")
        bill = self.bill(0, paid=True)
        self.objects[self.session_id] = replace(
            self.session(), status="complete", paid=True, paying=bill.paying, invoice=bill, order=order
        )
        return [
            self.told("checkout.session.completed", self.session_id),
            self.told("invoice.paid", bill.id),
            self.told("customer.subscription.updated", self.order_id),
        ]

    def renews(self, number: int) -> list[Told]:
        self.stands("active", period=number)
        bill = self.bill(number, paid=True)
        return [self.told("invoice.paid", bill.id), self.told("customer.subscription.updated", self.order_id)]

    def declines(self, number: int) -> list[Told]:
        self.stands("past_due", "Your card was declined.", number)
        bill = self.bill(number, paid=False)
        return [
            self.told("invoice.payment_failed", bill.id),
            self.told("customer.subscription.updated", self.order_id),
        ]

    def ends(self, why: str = "cancellation requested") -> list[Told]:
        self.terms["end_reason"] = why
        self.stands("canceled")
        return [self.told("customer.subscription.deleted", self.order_id)]

    def becomes(self, status: str = "active", **terms: Any) -> list[Told]:
        """Other terms, or a pause or its end, asked by whomever."""
        self.terms.update(terms)
        self.stands(status)
        return [self.told("customer.subscription.updated", self.order_id)]

    def needs_donor(self, number: int) -> list[Told]:
        """A renewal is unpaid, and no further try comes by itself."""
        self.terms["stuck"] = True
        told = self.declines(number)
        self.terms.pop("stuck")
        return told


def _seconds(instant: datetime | None) -> int | None:
    return int(instant.timestamp()) if instant else None
