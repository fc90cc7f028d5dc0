"""A pledge from its form: one form is one pledge, a changed mind closes what it replaces, a twin is asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.faults import point
from station.core.ids import new_id
from station.core.locks import lock_name
from station.core.money import Money
from station.giving import policies, queries
from station.giving.models import Frequency, Pledge
from station.giving.queries import PledgeView
from station.giving.services.errors import AttemptConflict, GivenAlready, StillOpen, SustainsAlready
from station.members.policies import normalise_email, printed_name
from station.payments import services as payments
from station.payments.models import PaymentState
from station.payments.services import StripeUnavailable

TWIN_WITHIN = timedelta(minutes=10)
ARRIVING = (PaymentState.SETTLED, PaymentState.PROCESSING)


@dataclass(frozen=True)
class PledgeRequest:
    """What a donor sent. `attempt` names the form that was shown; `again` says that a second gift is meant.

    `instead` is the pledge that this form came back from: unless it is the same, this one takes its place.
    `sender` is the keyed hash of the network it came from (screening.services.sender). `charge_day` is of the charges
    after the first, for one that is given again and again. `giver` is the member who is proven to send this.
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
    sender: str = ""
    charge_day: int | None = None
    cover_cents: int = 0  # of the amount, what covers fees
    second_station_id: UUID | None = None  # of a gift to both stations
    giver: UUID | None = None


@dataclass(frozen=True)
class BegunPledge:
    """A pledge and the payment that waits for its donor."""

    pledge_id: UUID
    payment_id: UUID


def begin_pledge(request: PledgeRequest, actor: Actor) -> BegunPledge:
    """Write a pledge and its payment, before anyone calls Stripe.

    The same attempt again is the same pledge, also when both arrive at once. The same facts from another tab and the
    same network, while the first is still unpaid, are that pledge too. Raises AttemptConflict for one attempt with
    two sets of facts, and GivenAlready when such a gift is arriving and `again` is not said.
    """
    try:
        begun = _begin(request, actor)
    except IntegrityError:  # the other sending of this form was first: read what it wrote
        begun = _begin(request, actor)
    point("giving.pledge:begun")
    return begun


def set_aside(request: PledgeRequest, actor: Actor, *, in_page: bool = False) -> None:
    """Close what this pledge replaces, so that a donor cannot pay both by accident.

    That is the pledge which the form came back from, unless it goes on unchanged on its own page, and whatever else
    the same form was sent for, here or on Stripe's page. Runs outside any transaction, for a person who waits. Raises
    AttemptConflict when one of them has been paid, and StillOpen while nobody knows that it is closed.
    """
    first = queries.pledge(request.instead) if request.instead else None
    goes_on = first is not None and not first.in_page and not in_page and facts_of(first) == facts_of(request)
    replaced = [first] if first is not None and not goes_on else []
    own = page_attempt(request) if in_page else request.attempt
    replaced += [each for each in queries.sent_from_form(request.attempt) if each.attempt != own]
    for each in replaced:
        close(each, actor)


def close_twins(request: PledgeRequest, actor: Actor, *, in_page: bool = False) -> None:
    """Close the pages of the very same facts that stand open in other tabs, so that only this one can be paid.

    Only those of the same network: whoever types a donor's facts elsewhere must not close that donor's page. Runs
    outside any transaction. Raises GivenAlready when one has been paid, unless a second gift is meant; StillOpen.
    """
    own = page_attempt(request) if in_page else request.attempt
    for twin in twins(request):
        goes_on = not in_page and _same_page(twin, request)  # Stripe's page, for both tabs
        if twin.open and not goes_on and twin.attempt != own and twin.sender == request.sender:
            try:
                close(twin, actor)
            except AttemptConflict as paid:
                if not request.again:
                    raise GivenAlready(paid.first) from paid


def close(pledge: PledgeView, actor: Actor) -> None:
    """Close a pledge's checkout. Raises AttemptConflict when it has been paid, StillOpen while that is unknown."""
    try:
        state = payments.close_checkout(pledge.payment_id, actor)
    except StripeUnavailable as failure:
        raise StillOpen from failure
    if state in ARRIVING:
        raise AttemptConflict(replace(pledge, state=state))


def _begin(request: PledgeRequest, actor: Actor) -> BegunPledge:
    with transaction():
        lock_name(f"giving.pledge:{normalise_email(request.email)}")  # two tabs at once: one of them looks first
        known = _of_attempt(request) or _gone_back_to(request) or _twin(request)
        if known is not None:
            return BegunPledge(known.id, known.payment_id)
        ask_about_sustained(request)
        pledge = write_pledge(request, request.attempt, actor)
        note_begun(pledge, actor)
        return BegunPledge(pledge.id, pledge.asked_by)


def write_pledge(request: PledgeRequest, attempt: str, actor: Actor) -> Pledge:
    """The rows of a new pledge and its payment. Joins the transaction. Raises IntegrityError for a known attempt."""
    pledge_id = new_id()
    payment_id = payments.open_payment(
        reference=pledge_id,
        station_id=request.station_id,
        amount=request.amount,
        interval=request.frequency.interval,
        charge_day=request.charge_day,
        actor=actor,
        expected=bool(request.email),
        cover_cents=request.cover_cents,
        second_station_id=request.second_station_id,
    )
    pledge = Pledge(
        id=pledge_id,
        attempt=attempt,
        station_id=request.station_id,
        frequency=request.frequency,
        charge_day=request.charge_day,
        amount_cents=request.amount.cents,
        currency=request.amount.currency,
        given_name=request.given_name,
        family_name=request.family_name,
        email=request.email,
        source=policies.source(request.source),
        second_meant=request.again and request.giver is not None,
        sender=request.sender,
        payment_id=payment_id,
        created_at=clock.now(),
    )
    db.session().add(pledge)
    db.session().flush()
    return pledge


def note_begun(pledge: Pledge, actor: Actor) -> None:
    """Record that a donor has sent a pledge."""
    events.record(
        "giving.pledge.begun",
        actor,
        [Subject("pledge", pledge.id), Subject("payment", pledge.asked_by)],
        {"commitment": policies.described(pledge.amount, pledge.frequency), "source": pledge.source},
    )


def page_attempt(request: PledgeRequest) -> str:
    """The attempt of a checkout in our page: one for each frequency and station that the form was set to.

    Stripe cannot turn a checkout from one-time to monthly, so a donor who goes to and fro has two, and pays one.
    """
    station = "both" if request.second_station_id else request.station_id.hex
    return f"{request.attempt}{policies.IN_PAGE}{request.frequency.value[:5]}:{station}"


def _of_attempt(request: PledgeRequest) -> PledgeView | None:
    """The pledge that this form has become already. Raises AttemptConflict when it had other facts."""
    first = queries.pledge_of_attempt(request.attempt)
    if first is not None and facts_of(first) != facts_of(request):
        raise AttemptConflict(first)
    return first


def _gone_back_to(request: PledgeRequest) -> PledgeView | None:
    """The pledge that the form came back from, when nothing was changed and its page can still be paid."""
    earlier = queries.pledge(request.instead) if request.instead else None
    goes_on = earlier is not None and earlier.open and not earlier.in_page
    return earlier if goes_on and earlier and facts_of(earlier) == facts_of(request) else None


def _twin(request: PledgeRequest) -> PledgeView | None:
    """The same facts from another tab, while their page can still be paid as this one would be. Raises GivenAlready.

    It is found only for the network that made it: whoever types a donor's exact facts elsewhere must not get that
    donor's payment page.
    """
    ask_about_twin(request)
    open_here = (twin for twin in twins(request) if twin.open and twin.sender == request.sender)
    return next((twin for twin in open_here if _same_page(twin, request)), None)


def _same_page(twin: PledgeView, request: PledgeRequest) -> bool:
    """Whether a twin's page at Stripe is the very one that this pledge would have: of its day and its cover too."""
    same = (twin.charge_day, twin.cover.cents) == (request.charge_day, request.cover_cents)
    return same and not twin.in_page


def ask_about_twin(request: PledgeRequest) -> None:
    """Raise GivenAlready when such a gift is arriving and the donor has not said that a second one is meant."""
    arriving = next((twin for twin in twins(request) if twin.state in ARRIVING), None)
    if arriving is not None and not request.again:
        raise GivenAlready(arriving)


def ask_about_sustained(request: PledgeRequest) -> None:
    """Raise SustainsAlready when a proven giver sustains such a station and has not said that a second is meant."""
    if request.giver is None or request.again or request.frequency.interval is None:
        return
    stations = {request.station_id, request.second_station_id}
    if running := queries.live_sustainers(request.giver, stations):
        raise SustainsAlready(running[0])


def twins(request: PledgeRequest) -> list[PledgeView]:
    """Pledges of the very same facts in the last ten minutes, newest first."""
    found = queries.recent_twins(
        station_id=request.station_id,
        frequency=request.frequency,
        amount=request.amount,
        email=request.email,
        name=printed_name(request.given_name, request.family_name),
        since=clock.now() - TWIN_WITHIN,
    )
    return [twin for twin in found if _second_of(twin) == request.second_station_id]


def facts_of(pledge: PledgeView | PledgeRequest) -> tuple[object, ...]:
    """What makes two pledges the same: stations, frequency, charge day, amount, cover and donor, as typed."""
    donor = (pledge.given_name, pledge.family_name, pledge.email)
    if isinstance(pledge, PledgeView):
        stations, cover = (pledge.station.id, _second_of(pledge)), pledge.cover.cents
    else:
        stations, cover = (pledge.station_id, pledge.second_station_id), pledge.cover_cents
    return (stations, pledge.frequency, pledge.charge_day, pledge.amount, cover, *donor)


def _second_of(pledge: PledgeView) -> UUID | None:
    return pledge.second.id if pledge.second else None
