"""Writes of giving: pledges, their way to the payment page, and the words of the ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import bulletin, clock, events, ratelimit, runtime
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id, public_id
from station.core.locks import lock_name
from station.core.money import Money
from station.core.ratelimit import Limit
from station.giving import policies, queries
from station.giving.models import Ask, Frequency, Pledge
from station.giving.queries import PledgeView
from station.giving.queries.asks import BULLETIN
from station.members.policies import normalise_email, printed_name
from station.payments import services as payments
from station.payments.models import PaymentState
from station.payments.services import CheckoutClosed, CheckoutPage, StripeRefused, StripeUnavailable

TWIN_WITHIN = timedelta(minutes=10)
BUDGETS = (  # a drive's busiest minutes fit; a card tester's do not (specs/donations.md A1–A3)
    ("address", Limit("giving.address", burst=20, per=timedelta(hours=1))),
    ("email", Limit("giving.email", burst=10, per=timedelta(hours=1))),
    ("house", Limit("giving.house", burst=1_000, per=timedelta(minutes=10))),
)


@dataclass(frozen=True)
class PledgeRequest:
    """What a donor sent. `attempt` names the form that was shown; `again` says that a second gift is meant.

    `instead` is the pledge that this form came back from: unless it is the same, this one takes its place.
    """

    attempt: str
    station_id: UUID
    frequency: Frequency
    amount: Money
    given_name: str
    family_name: str
    email: str
    source: str = ""
    again: bool = False
    instead: UUID | None = None


@dataclass(frozen=True)
class BegunPledge:
    """A pledge and the payment that waits for its donor."""

    pledge_id: UUID
    payment_id: UUID


class AttemptConflict(Exception):
    """One form, sent a second time with other facts. Carries the pledge that the first sending made."""

    def __init__(self, first: PledgeView) -> None:
        super().__init__("the same form was sent with other facts")
        self.first = first


class GivenAlready(Exception):
    """The very same facts were pledged minutes ago and that money is arriving. Carries that pledge."""

    def __init__(self, first: PledgeView) -> None:
        super().__init__("the same gift was given minutes ago")
        self.first = first


class StillOpen(Exception):
    """The payment page of the pledge that is replaced could not be closed: it can still be paid, or just was."""


def within_budgets(address: str, email: str) -> bool:
    """Count one try of a visitor's network address and an email. False when one of the budgets is used up.

    Only hashes are kept. IPv6 is counted by household (/64), the email without case.
    """
    who = {"address": ratelimit.network(address), "email": normalise_email(email), "house": ""}
    return all(ratelimit.allow(limit, who[name]) for name, limit in BUDGETS)


def begin_pledge(request: PledgeRequest, actor: Actor) -> BegunPledge:
    """Write a pledge and its payment, before anyone calls Stripe.

    The same attempt again is the same pledge, also when both arrive at once. The same facts from another tab, while
    the first is still unpaid, are that pledge too. Raises AttemptConflict for one attempt with two sets of facts, and
    GivenAlready when such a gift is arriving and `again` is not said.
    """
    try:
        return _begin(request, actor)
    except IntegrityError:  # the other sending of this form was first: read what it wrote
        return _begin(request, actor)


def set_aside(request: PledgeRequest, actor: Actor) -> None:
    """Close the payment page of the pledge that this one replaces, so that a donor cannot pay both by accident.

    Runs outside any transaction, for a person who waits. Raises AttemptConflict when that pledge has been paid, and
    StillOpen while nobody knows that its page is closed.
    """
    first = queries.pledge(request.instead) if request.instead else None
    if first is None or _facts(first) == _facts_of(request):
        return
    try:
        state = payments.close_checkout(first.payment_id, actor)
    except StripeUnavailable as failure:
        raise StillOpen from failure
    if state in (PaymentState.SETTLED, PaymentState.PROCESSING):
        raise AttemptConflict(replace(first, state=state))


def _begin(request: PledgeRequest, actor: Actor) -> BegunPledge:
    with transaction() as session:
        lock_name(f"giving.pledge:{normalise_email(request.email)}")  # two tabs at once: one of them looks first
        known = _of_attempt(request) or _gone_back_to(request) or _twin(request)
        if known is not None:
            return BegunPledge(known.id, known.payment_id)
        pledge_id = new_id()
        payment_id = payments.open_payment(
            reference=pledge_id,
            station_id=request.station_id,
            amount=request.amount,
            monthly=request.frequency is Frequency.MONTH,
            actor=actor,
        )
        session.add(
            Pledge(
                id=pledge_id,
                attempt=request.attempt,
                station_id=request.station_id,
                frequency=request.frequency,
                amount_cents=request.amount.cents,
                currency=request.amount.currency,
                given_name=request.given_name,
                family_name=request.family_name,
                email=request.email,
                source=policies.source(request.source),
                payment_id=payment_id,
                created_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            "giving.pledge.begun",
            actor,
            [Subject("pledge", pledge_id), Subject("payment", payment_id)],
            {"commitment": policies.described(request.amount, request.frequency), "source": request.source},
        )
        return BegunPledge(pledge_id, payment_id)


def _of_attempt(request: PledgeRequest) -> PledgeView | None:
    """The pledge that this form has become already. Raises AttemptConflict when it had other facts."""
    first = queries.pledge_of_attempt(request.attempt)
    if first is not None and _facts(first) != _facts_of(request):
        raise AttemptConflict(first)
    return first


def _gone_back_to(request: PledgeRequest) -> PledgeView | None:
    """The pledge that the form came back from, when nothing was changed and it can still be paid."""
    earlier = queries.pledge(request.instead) if request.instead else None
    return earlier if earlier and earlier.open and _facts(earlier) == _facts_of(request) else None


def _twin(request: PledgeRequest) -> PledgeView | None:
    twin = queries.recent_twin(
        station_id=request.station_id,
        frequency=request.frequency,
        amount=request.amount,
        email=request.email,
        name=printed_name(request.given_name, request.family_name),
        since=clock.now() - TWIN_WITHIN,
    )
    if twin is None or twin.open:
        return twin
    if not request.again:
        raise GivenAlready(twin)
    return None


def _facts(view: PledgeView) -> tuple[object, ...]:
    return (view.station.id, view.frequency, view.amount, view.given_name, view.family_name, view.email)


def _facts_of(request: PledgeRequest) -> tuple[object, ...]:
    return (
        request.station_id,
        request.frequency,
        request.amount,
        request.given_name,
        request.family_name,
        request.email,
    )


def open_checkout(pledge_id: UUID, actor: Actor) -> str:
    """Where the donor of a pledge goes now: Stripe's page while it can be paid, our own answer afterwards.

    Runs outside any transaction, for a person who waits. Raises StripeUnavailable (nothing is known to have happened;
    the same call again is safe) or StripeRefused (a work item tells the staff).
    """
    pledge = queries.pledge(pledge_id)
    assert pledge is not None  # noqa: S101  # begun a moment ago
    site = runtime.settings().base_url
    if not pledge.open:
        return f"{site}/thanks/{pledge.public_id}"
    page = CheckoutPage(
        description=f"{'Monthly gift' if pledge.frequency is Frequency.MONTH else 'Gift'} to {pledge.station.name}",
        email=pledge.email,
        success_url=f"{site}/thanks/{pledge.public_id}",
        cancel_url=f"{site}/give?pledge={pledge.public_id}",
    )
    try:
        return payments.start_checkout(pledge.payment_id, page)
    except CheckoutClosed:  # it was paid, or closed, since we looked: the thank-you page tells which
        return page.success_url
    except StripeRefused as refusal:
        _note_refusal(pledge, str(refusal), actor)
        raise


def _note_refusal(pledge: PledgeView, reason: str, actor: Actor) -> None:
    with transaction():
        events.record(
            "giving.checkout.refused",
            actor,
            [Subject("pledge", pledge.id), Subject("payment", pledge.payment_id)],
            {"reason": reason},
        )
        open_work_item(
            kind="giving.checkout_refused",
            key=f"checkout:{pledge.id}",
            role=Role.DEVELOPMENT,
            title=f"Stripe refused to open a payment page for a pledge of {pledge.commitment}",
            detail=f"{pledge.donor_name} <{pledge.email}> could not pay; nothing was charged. Stripe said: {reason} "
            "Write or call, and tell whoever looks after the Stripe account.",
            subject=Subject("pledge", pledge.id),
            data={"pledge": public_id("pledge", pledge.id)},
        )


def write_ask(station_id: UUID, body: str, starts_on: date, ends_on: date | None, actor: Actor) -> UUID:
    """Give a station new words for its ask, shown from `starts_on` to `ends_on` (station-local, both included).

    What was written before stays on file. Raises ValueError for words that cannot be shown, or days out of order.
    """
    with transaction() as session:
        if ends_on is not None and ends_on < starts_on:
            raise ValueError("The last day is before the first day.")
        row = Ask(
            id=new_id(),
            station_id=station_id,
            body=body,
            starts_on=starts_on,
            ends_on=ends_on,
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
        bulletin.bump(BULLETIN)
        events.record(
            "giving.ask.written",
            actor,
            [Subject("ask", row.id), Subject("station", station_id)],
            {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat() if ends_on else None, "body": body},
        )
        return row.id
