"""The language of scenarios: what donors, banks and people at Stripe's dashboard do, with pauses in between.

A scenario is one function. It is given a `World`, lets things happen in it, and says `yield` wherever time may pass:
there Stripe's events may arrive, or not. It is played against the real sandbox through our own services; what it must
end in stands in its decorator:

    @scenario(payments=["settled"], gifts=[2500])
    def a_card(world):
        gift = world.pledge()
        yield
        gift.pays()

Adding one is enough: `test_scenarios.py` plays it in order, and then in every disorder. A package that brings rows of
its own adds how they are compared to `ends.FACTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import stripe

from sandbox.stripe.flows.money import paying_out
from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.actor import VISITOR
from station.core.db import db
from station.core.ids import new_id
from station.core.money import Money
from station.giving import services as giving
from station.giving.models import Frequency, Pledge
from station.giving.services import PledgeRequest
from station.licensee.queries import stations
from station.payments.models import Payment, Subscription
from station.payments.services import look_at_payment

Script = Callable[["World"], Iterator[None]]
GOOD, DECLINED = "4242424242424242", "4000000000000002"
SECURE, MASTERCARD = "4000000000003220", "5555555555554444"
CLOSED, NO_FUNDS = "000111111113", "000222222227"


@dataclass(frozen=True)
class Scenario:
    """A script and its end: states of payments and standing orders, gifts in cents, kinds of open work items."""

    name: str
    script: Script
    payments: Sequence[str]
    orders: Sequence[str] = ()
    gifts: Sequence[str] = ()
    work: Sequence[str] = ()
    asked: bool = True
    more: dict[str, Any] = field(default_factory=dict)


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    payments: Sequence[str],
    orders: Sequence[str] = (),
    gifts: Sequence[str] = (),
    work: Sequence[str] = (),
    asked: bool = True,
    **more: Any,
) -> Callable[[Script], Script]:
    """Register a script with what it ends in. `more` are further ends, by the name of a fact in `ends.FACTS`.

    What the check of open payments asks about by itself is `asked`: it finds alone whatever event is lost. All the
    rest is found by the sweeps of what Stripe keeps.
    """

    def register(script: Script) -> Script:
        name = script.__name__
        if name in SCENARIOS:
            raise ValueError(f"two scenarios are called {name}")
        SCENARIOS[name] = Scenario(name, script, payments, orders, gifts, work, asked, more)
        return script

    return register


class World:
    """Our house and Stripe's, in which a scenario happens."""

    def __init__(self, sandbox: Handle) -> None:
        self.sandbox = sandbox
        self.dashboard = stripe.StripeClient(
            sandbox.api_key, base_addresses={"api": sandbox.url}, max_network_retries=0
        ).v1
        self.givers = 0

    def pledge(
        self,
        *,
        monthly: bool = False,
        cents: int = 2500,
        in_page: bool = False,
        email: str = "",
        station: str = "news",
    ) -> Giving:
        """Somebody fills in the form and stands before the payment."""
        self.givers += 1
        self.last = Giving(self, monthly, cents, in_page, email or f"donor{self.givers}@example.org", station)
        self.last.presses()
        return self.last

    def charges_elsewhere(self, cents: int) -> None:
        """Another program charges somebody in the same account."""
        only_card = {"enabled": True, "allow_redirects": "never"}
        self.dashboard.payment_intents.create(
            {
                "amount": cents,
                "currency": "usd",
                "payment_method": "pm_card_visa",
                "confirm": True,
                "automatic_payment_methods": only_card,  # type: ignore[typeddict-item]
            }
        )

    def lists(self, payout: str) -> None:
        """Stripe has listed the lines of a payout."""
        with self.sandbox.sandbox.action():
            paying_out.reconcile(self.sandbox.sandbox, self.sandbox.get(payout))

    def wait(self, **span: float) -> None:
        """Time passes, here and at Stripe, and what falls due there happens."""
        seconds = timedelta(**span).total_seconds()
        clock.move(timedelta(**span))
        self.sandbox.advance(seconds)


class Giving:
    """A donor's pledge, with what they and others can do about it."""

    def __init__(self, world: World, monthly: bool, cents: int, in_page: bool, email: str, station: str) -> None:
        self.world, self.in_page = world, in_page
        self.request = PledgeRequest(
            attempt=new_id().hex[-12:],
            station_id=next(each.id for each in stations() if each.slug == station),
            frequency=Frequency.MONTH if monthly else Frequency.ONCE,
            amount=Money(cents),
            given_name="Ada",
            family_name="Quill",
            email=email,
            sender="somewhere",
        )

    # The donor -----------------------------------------------------------------------------------------------------

    def presses(self) -> None:
        """Send the form; the same form again is the same checkout."""
        if self.in_page:
            giving.open_in_page(self.request, VISITOR)
            giving.send_in_page(self.request, VISITOR)
        else:
            giving.set_aside(self.request, VISITOR)
            begun = giving.begin_pledge(self.request, VISITOR)
            giving.open_checkout(begun.pledge_id, VISITOR)
        db.session.rollback()

    def changes(self, **facts: Any) -> None:
        """Go back, change something, send the form anew (in our page: before it is paid)."""
        instead = None if self.in_page else self.pledge.id
        attempt = self.request.attempt if self.in_page else new_id().hex[-12:]
        self.request = PledgeRequest(**{**vars(self.request), "attempt": attempt, "instead": instead, **facts})
        self.presses()

    def pays(self, card: str = GOOD, **more: Any) -> str | None:
        """By card; the message when it was declined."""
        pay = self.world.sandbox.pay_in_page if self.in_page else self.world.sandbox.pay
        return pay(self.session, card, email=self.request.email, **more)

    def pays_by_bank(self, account: str = "000123456789") -> None:
        self.world.sandbox.pay_by_bank(self.session, account, email=self.request.email)

    # Our house -----------------------------------------------------------------------------------------------------

    def arrived(self) -> UUID:
        """The payment, after somebody has looked at it: nothing can be done with one that nobody knows to be paid."""
        look_at_payment(self.payment_id, VISITOR)
        db.session.rollback()
        return self.payment_id

    # Stripe, by itself ---------------------------------------------------------------------------------------------

    def renews(self) -> None:
        """The next period is billed."""
        self.world.sandbox.renew(self.order)

    def declines(self, times: int = 1) -> None:
        """The next charges of the standing order will be declined."""
        self.world.sandbox.decline_next(self.order, times)

    def session_expires(self) -> None:
        """A day passes without payment."""
        self.world.wait(hours=25)

    # What there is of it -------------------------------------------------------------------------------------------

    @property
    def pledge(self) -> Pledge:
        """The newest one of this donor."""
        db.session.rollback()
        found = sa.select(Pledge).where(Pledge.email == self.request.email).order_by(Pledge.id.desc()).limit(1)
        return db.session().scalars(found).one()

    @property
    def payment(self) -> Payment:
        return db.session().get_one(Payment, self.pledge.payment_id)

    @property
    def payment_id(self) -> UUID:
        return self.payment.id

    @property
    def session(self) -> str:
        """The checkout that the donor has before them."""
        return _known(self.payment.checkout_session)

    @property
    def order(self) -> str:
        """The standing order at Stripe, whether or not our house has heard of it."""
        return str(self.world.sandbox.get(self.session)["subscription"])

    @property
    def standing(self) -> Subscription:
        return db.session().get_one(Subscription, self.payment.subscription_id)

    @property
    def charge(self) -> str:
        """The charge at Stripe of the first payment."""
        found, store = self.world.sandbox.get(self.session), self.world.sandbox.sandbox.store
        paid_for = {str(found["payment_intent"]), str(found["invoice"])}
        payments = {
            str(each["payment"]["payment_intent"])
            for each in store.all("invoice_payment")
            if each["invoice"] in paid_for
        }
        (charge,) = [
            each
            for each in store.all("charge")
            if str(each["payment_intent"]) in paid_for | payments and each["paid"]
        ]
        return str(charge["id"])


def _known(value: str | None) -> str:
    assert value is not None
    return value
