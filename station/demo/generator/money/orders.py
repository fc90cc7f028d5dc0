"""Rows of standing orders: those that run, rest, are retried or have ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from station.core.actor import STRIPE
from station.core.events import Subject
from station.core.money import Money
from station.demo.generator.calendar import Calendar, months_on
from station.demo.generator.money.keeping import UNPAID, kept_method, open_invoice
from station.demo.generator.money.plans import End, Plan
from station.demo.generator.money.pledges import CURRENCY
from station.demo.generator.people import Person
from station.demo.generator.rows import Rows
from station.giving.models import Frequency
from station.licensee.queries import StationView
from station.payments.models import Interval, Subscription, SubscriptionState
from station.payments.policies import MONTHS

CANCELLED = "the donor asked to stop"
NEXT = {True: "Stripe tries the card again by itself.", False: "Nothing is tried until the donor has confirmed it."}
REST = timedelta(days=75)  # of the paused gift, from now on
STATE = {
    End.GOES_ON: SubscriptionState.ACTIVE,
    End.CANCELLED: SubscriptionState.ENDED,
    End.RETRYING: SubscriptionState.RETRYING,
    End.ASKED: SubscriptionState.NEEDS_ACTION,
    End.PAUSED: SubscriptionState.PAUSED,
}


@dataclass(frozen=True)
class Declined:
    """A sustainer whose last charge was declined."""

    person: Person
    member_id: UUID
    subscription_id: UUID
    why: str  # and what comes next, as the desk is told


class Orders:
    """Turns plans that repeat into standing orders; collects the declined charges on the way."""

    def __init__(self, rows: Rows, calendar: Calendar) -> None:
        self.rows, self.calendar = rows, calendar
        self.declined: list[Declined] = []

    def enter(
        self, plan: Plan, station: StationView, pledge_id: UUID, member_id: UUID, name: Callable[[str], str]
    ) -> UUID:
        """The standing order, and what it charges. `name` makes ids as Stripe does.

        It has no id at Stripe: the sandbox does not know it, and the sweep must not ask.
        """
        first, last, customer = plan.charges[0], plan.charges[-1], name("cus")
        method_id = kept_method(self.rows, plan, customer, name("pm"), self.calendar.now.year + 2)
        subscription_id = self.rows.add(
            Subscription,
            first,
            state=STATE[plan.end],
            reference=pledge_id,
            station_id=station.id,
            amount_cents=plan.cents,
            currency=CURRENCY,
            interval=plan.frequency.value,
            charge_day=None,
            livemode=False,
            stripe_subscription=None,
            stripe_customer=customer,
            method_id=method_id,
            created_at=first,
            updated_at=last,
            current_period_end=self._after(last, plan.frequency),
            paused_until=self.calendar.now + REST if plan.end is End.PAUSED else None,
            end_reason=CANCELLED if plan.end is End.CANCELLED else "",
        )
        self._tell(plan, "started", subscription_id, first)
        self._tell_end(plan, subscription_id, pledge_id, member_id)
        if plan.end in UNPAID:
            at, (_, words, again) = self.calendar.now - timedelta(hours=20), UNPAID[plan.end]
            open_invoice(self.rows, plan, subscription_id, name("in"), at)
            self._tell(plan, "retrying" if again else "needs_action", subscription_id, at, reason=words)
            self._note("giving.renewal.failed", at, pledge_id, member_id, words)
            self.declined.append(Declined(plan.person, member_id, subscription_id, f"{words} {NEXT[again]}"))
        return subscription_id

    def _tell_end(self, plan: Plan, subscription_id: UUID, pledge_id: UUID, member_id: UUID) -> None:
        last = plan.charges[-1]
        if plan.end is End.CANCELLED:
            ended = min(last + timedelta(days=12), self.calendar.now - timedelta(hours=1))
            self._tell(plan, "ended", subscription_id, ended, reason=CANCELLED)
            self._note("giving.sustainer.ended", ended, pledge_id, member_id, CANCELLED)
        if plan.end is End.PAUSED:
            until = (self.calendar.now + REST).isoformat()
            self._tell(plan, "paused", subscription_id, last + timedelta(days=3), until=until)

    def _tell(self, plan: Plan, what: str, subscription_id: UUID, at: datetime, **more: str) -> None:
        amount = str(Money(plan.cents, CURRENCY))
        said = {"amount": amount, "interval": plan.frequency.value, "until": "", "ends_at": "", "reason": "", **more}
        self.rows.tell(f"payments.subscription.{what}", at, STRIPE, [Subject("subscription", subscription_id)], said)

    def _note(self, name: str, at: datetime, pledge_id: UUID, member_id: UUID, reason: str) -> None:
        about = [Subject("pledge", pledge_id), Subject("member", member_id)]
        self.rows.tell(name, at, STRIPE, about, {"reason": reason})

    def _after(self, charge: datetime, frequency: Frequency) -> datetime:
        """When a period that a charge opened is over: of one that brought nothing for long, the one that runs now."""
        day, months = self.calendar.day_of(charge), MONTHS[Interval(frequency.value)]
        following = months_on(day.replace(day=min(day.day, 28)), months)
        while following <= self.calendar.today:
            following = months_on(following, months)
        return charge + (following - day)
