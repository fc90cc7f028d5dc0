"""Rows of pledges, payments, the ledger, members and gifts, as the services would have left them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from station.core.actor import STRIPE
from station.core.addresses import normalise_email
from station.core.events import Subject
from station.core.money import Money
from station.demo.generator.calendar import Calendar
from station.demo.generator.money.orders import Orders
from station.demo.generator.money.plans import Plan
from station.demo.generator.money.pledges import CURRENCY, pledge_row
from station.demo.generator.people import Person
from station.demo.generator.rows import Rows
from station.giving.models import Gift
from station.licensee.queries import StationView
from station.members import queries as members
from station.members.models import Member, MemberEmail, MemberKind
from station.payments.models import (
    Account,
    Interval,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    PaymentKind,
    PaymentState,
)


@dataclass(frozen=True)
class Given:
    """A gift that waits for its receipt. `at` is the instant of the charge, `given_on` its station-local day."""

    gift_id: UUID
    member_id: UUID
    payment_id: UUID
    pledge_id: UUID
    person: Person
    station: StationView
    amount: Money
    interval: Interval | None
    source: str
    at: datetime
    given_on: date


class Books:
    """Turns plans into rows; collects the gifts on the way."""

    def __init__(self, rows: Rows, calendar: Calendar, stations: Sequence[StationView]) -> None:
        self.rows, self.calendar, self.stations = rows, calendar, stations
        self.given: list[Given] = []
        self.orders = Orders(rows, calendar)
        self._members: dict[str, UUID] = {}
        self._number = 0

    def enter(self, plans: Sequence[Plan]) -> None:
        """Everything of all plans, in the order of their first charges: who gave first is a member first."""
        for plan in sorted(plans, key=lambda p: p.charges[0]):
            member_id = self._member(plan.person, plan.charges[0])
            pledge_id = self.rows.new_id(plan.charges[0] - timedelta(minutes=3))
            subscription_id = self._order(plan, pledge_id, member_id) if plan.frequency.interval else None
            for number, at in enumerate(plan.charges):
                payment_id = self._payment(plan, pledge_id, subscription_id, number, at)
                if number == 0:
                    self._pledge(plan, pledge_id, payment_id, member_id)
                self._gift(plan, payment_id, pledge_id, member_id, at)

    def _member(self, person: Person, at: datetime) -> UUID:
        if person.email in self._members:
            return self._members[person.email]
        member_id = self.rows.add(
            Member,
            at,
            kind=MemberKind.PERSON,
            name=person.name,
            given_name=person.given_name,
            family_name=person.family_name,
            language=person.language,
            created_at=at,
        )
        self.rows.add(
            MemberEmail,
            at,
            member_id=member_id,
            address=person.email,
            normalised=normalise_email(person.email),
            is_primary=True,
            created_at=at,
        )
        self.rows.index(members.PREFIX, member_id, person.name, person.email)
        self.rows.tell("members.member.created", at, STRIPE, [Subject("member", member_id)], {"name": person.name})
        self._members[person.email] = member_id
        return member_id

    def _order(self, plan: Plan, pledge_id: UUID, member_id: UUID) -> UUID:
        return self.orders.enter(plan, self._station(plan), pledge_id, member_id, self._stripe_id)

    def _payment(self, plan: Plan, pledge_id: UUID, subscription_id: UUID | None, number: int, at: datetime) -> UUID:
        kind = (PaymentKind.RENEWAL if number else PaymentKind.FIRST) if plan.frequency.interval else PaymentKind.ONCE
        fee, asked = _fee(plan), at - timedelta(minutes=3)
        payment_id = self.rows.add(
            Payment,
            asked,
            kind=kind,
            state=PaymentState.SETTLED,
            reference=pledge_id,
            station_id=self._station(plan).id,
            subscription_id=subscription_id,
            amount_cents=plan.cents,
            currency=CURRENCY,
            fee_cents=fee,
            livemode=False,
            checkout_url="",
            method=plan.method,
            checkout_session=None if number else self._stripe_id("cs"),
            payment_intent=self._stripe_id("pi"),
            charge=self._stripe_id("ch"),
            invoice=self._stripe_id("in") if plan.frequency.interval else None,
            balance_transaction=self._stripe_id("txn"),
            method_label=plan.method_label,
            failure="",
            created_at=asked,
            settled_at=at,
            updated_at=at,
        )
        self._post("settled", payment_id, plan, at, {Account.STRIPE: plan.cents, Account.GIFTS: -plan.cents})
        self._post("fee", payment_id, plan, at, {Account.FEES: fee, Account.STRIPE: -fee})
        about = [Subject("payment", payment_id)]
        if subscription_id:
            about.append(Subject("subscription", subscription_id))
        self.rows.tell(
            "payments.payment.settled", at, STRIPE, about, {"amount": str(_money(plan)), "method": plan.method_label}
        )
        return payment_id

    def _post(self, kind: str, payment_id: UUID, plan: Plan, at: datetime, lines: dict[Account, int]) -> None:
        entry = self.rows.add(
            LedgerTransaction, at, at=at, kind=kind, source=f"{kind}:{payment_id}", payment_id=payment_id
        )
        for account, cents in lines.items():
            self.rows.add(
                LedgerEntry,
                at,
                transaction_id=entry,
                account=account,
                station_id=self._station(plan).id,
                amount_cents=cents,
                currency=CURRENCY,
            )

    def _pledge(self, plan: Plan, pledge_id: UUID, payment_id: UUID, member_id: UUID) -> None:
        pledge_row(
            self.rows,
            pledge_id,
            payment_id,
            member_id,
            self._station(plan),
            plan.frequency,
            _money(plan),
            plan.person,
            plan.source,
            plan.charges[0] - timedelta(minutes=3),
        )

    def _gift(self, plan: Plan, payment_id: UUID, pledge_id: UUID, member_id: UUID, at: datetime) -> None:
        given_on = self.calendar.day_of(at)
        gift_id = self.rows.add(
            Gift,
            at,
            payment_id=payment_id,
            pledge_id=pledge_id,
            member_id=member_id,
            station_id=self._station(plan).id,
            amount_cents=plan.cents,
            currency=CURRENCY,
            given_on=given_on,
            source=plan.source,
            created_at=at,
        )
        self.given.append(
            Given(
                gift_id,
                member_id,
                payment_id,
                pledge_id,
                plan.person,
                self._station(plan),
                _money(plan),
                plan.frequency.interval,
                plan.source,
                at,
                given_on,
            )
        )

    def _station(self, plan: Plan) -> StationView:
        return self.stations[plan.station]

    def _stripe_id(self, kind: str) -> str:
        """An id that looks like Stripe's and is nobody's: pi_demo_0000042."""
        self._number += 1
        return f"{kind}_demo_{self._number:07d}"


def _money(plan: Plan) -> Money:
    return Money(plan.cents, CURRENCY)


def _fee(plan: Plan) -> int:
    """Stripe's price for charities: 2.2 % and 30 cents; bank debits 0.8 %, five dollars at most."""
    if plan.method == "card":
        return (plan.cents * 22 + 500) // 1000 + 30
    return min((plan.cents * 8 + 500) // 1000, 500)
