"""Opening a payment and its checkout, on Stripe's page or in ours. Row first, then the call, under our own key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from station.core import clock, events
from station.core.actor import STRIPE, Actor
from station.core.db import db, transaction
from station.core.faults import point
from station.core.ids import new_id, public_id
from station.core.money import Money
from station.core.runtime import settings
from station.payments import gateway, queries
from station.payments.gateway import PAYMENT_PREFIX, StripeRefused, StripeUnavailable
from station.payments.gateway.orders import CheckoutOrder, HostedPage, InPage
from station.payments.models import (
    CallState,
    GatewayCall,
    Interval,
    Operation,
    Payment,
    PaymentKind,
    PaymentState,
    Subscription,
)
from station.payments.models import SubscriptionState as S
from station.payments.policies import PAYMENT, PaymentEdge
from station.payments.services.amounts import set_amount
from station.payments.services.moving import follow, subjects

SKEW = timedelta(minutes=5)


class CheckoutClosed(StripeRefused):
    """There is no page to send the donor to: the payment is made, on its way, or its page has closed."""


@dataclass(frozen=True)
class Call:
    """A stored call as it will be sent, now or again: same key, same parameters."""

    id: UUID
    key: str
    payment_id: UUID
    params: dict[str, Any]


def open_payment(
    *,
    reference: UUID,
    station_id: UUID,
    amount: Money,
    actor: Actor,
    interval: Interval | None = None,
    charge_day: int | None = None,
    expected: bool = True,
    cover_cents: int = 0,
    second_station_id: UUID | None = None,
) -> UUID:
    """Write the row of a payment that is about to be asked for; returns its id. Joins the caller's transaction.

    `reference` is the caller's own id. With an `interval` it is the first charge of a standing order (one a
    reference), whose later ones fall on `charge_day` where that is said. One that is not
    `expected` was prepared for a visitor who has not said that they pay (see `expect`): Stripe is not asked about it
    while its checkout lasts. Of the amount, `cover_cents` cover fees; a second station has half of it.
    """
    with transaction() as session:
        halves = (station_id, second_station_id)
        order = interval and _open_subscription(reference, halves, amount, cover_cents, interval, charge_day)
        payment = _payment(reference, halves, order or None, amount.currency, expected)
        set_amount(payment, amount, cover_cents)
        session.add(payment)
        session.flush()
        events.record(
            "payments.payment.opened", actor, subjects(payment), {"amount": str(amount), "interval": interval or ""}
        )
        return payment.id


def _payment(
    reference: UUID, stations: tuple[UUID, UUID | None], order: UUID | None, currency: str, expected: bool
) -> Payment:
    """The row of a payment before Stripe knows of it, without its amount; of an order it is the first charge."""
    now = clock.now()
    return Payment(
        id=new_id(),
        kind=PaymentKind.FIRST if order else PaymentKind.ONCE,
        state=PaymentState.CREATED,
        reference=reference,
        station_id=stations[0],
        second_station_id=stations[1],
        subscription_id=order,
        currency=currency,
        fee_cents=0,
        livemode=settings().livemode,
        expected=expected,
        checkout_url="",
        checkout_secret="",
        created_at=now,
        updated_at=now,
    )


def expect(payment_id: UUID) -> None:
    """A donor has said that they pay now: a lost event is looked for from here on. Joins the caller's transaction."""
    payment = queries.lock_payment(payment_id)
    if payment is not None and not payment.expected:
        payment.expected, payment.updated_at = True, clock.now()


def choose_day(payment_id: UUID, day: int | None) -> None:
    """The day of the charges after the first, while nothing is paid yet. Joins the caller's transaction."""
    payment = queries.payment_row(payment_id)
    row = queries.lock_subscription(payment.subscription_id) if payment and payment.subscription_id else None
    if row is not None and row.state is S.CREATED:
        row.charge_day = day


def _open_subscription(
    reference: UUID,
    stations: tuple[UUID, UUID | None],
    amount: Money,
    cover_cents: int,
    interval: Interval,
    charge_day: int | None,
) -> UUID:
    """The row of a standing order, before Stripe knows of it; returns its id. A second station has half of it."""
    session, now = db.session(), clock.now()
    row = Subscription(
        id=new_id(),
        state=S.CREATED,
        reference=reference,
        station_id=stations[0],
        second_station_id=stations[1],
        amount_cents=amount.cents,
        cover_cents=cover_cents,
        currency=amount.currency,
        interval=interval.value,
        charge_day=charge_day,
        livemode=settings().livemode,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def start_checkout(payment_id: UUID, page: HostedPage | InPage) -> str:
    """Where a payment is paid: the address of Stripe's page, or the client secret for elements in a page of ours.

    The same payment again, at once or later, gets the same one. Raises StripeUnavailable when Stripe's answer is
    unknown (the next try repeats the same call), StripeRefused when Stripe said no, CheckoutClosed when there is
    nothing left to pay.
    """
    for _ in range(2):
        ready = _prepare(payment_id, page)
        door = ready if isinstance(ready, str) else send(ready)
        if door:
            return door
    raise StripeUnavailable("Stripe keeps answering with an error that it has stored.")


def _prepare(payment_id: UUID, page: HostedPage | InPage) -> Call | str:
    """Under the payment's lock: the door when there is one, else the call to make (a new one or an unanswered)."""
    with transaction():
        payment = lock_open(payment_id)
        if door := _door(payment):
            return door
        calls = queries.calls_of(payment.id, Operation.OPEN)
        if calls and calls[-1].state is CallState.SENDING:
            return as_sent(calls[-1])
        every = interval_of(payment)
        params = gateway.params_of(CheckoutOrder(payment.id, payment.subscription_id, payment.amount, page, every))
        return write_call(payment, Operation.OPEN, f"checkout:{payment.id}:{len(calls) + 1}", params)


def interval_of(payment: Payment) -> Interval | None:
    """How often a payment's standing order is charged; None for a payment that has none."""
    row = queries.subscription_row(payment.subscription_id) if payment.subscription_id else None
    return Interval(row.interval) if row else None


def lock_open(payment_id: UUID) -> Payment:
    """The payment, locked. Raises CheckoutClosed unless it can still be paid."""
    payment = queries.lock_payment(payment_id)
    if payment is None or PAYMENT.is_final(payment.state) or payment.state is PaymentState.PROCESSING:
        raise CheckoutClosed("This payment has no open checkout.")
    return payment


def write_call(payment: Payment, operation: Operation, key: str, params: dict[str, Any]) -> Call:
    """Write down a call that is about to be made, inside the caller's transaction."""
    call = GatewayCall(
        id=new_id(),
        key=key,
        payment_id=payment.id,
        operation=operation,
        state=CallState.SENDING,
        created_at=clock.now(),
        answer_id="",
        error="",
        params=params,
    )
    db.session().add(call)
    return as_sent(call)


def _door(payment: Payment) -> str:
    """Where the payment is paid, while it can be: an address or a client secret, else nothing."""
    return (payment.checkout_url or payment.checkout_secret) if payment.state in queries.OPEN else ""


def as_sent(call: GatewayCall) -> Call:
    """The stored call as a value."""
    assert call.payment_id is not None  # noqa: S101  # a checkout is always of a payment
    return Call(call.id, call.key, call.payment_id, dict(call.params))


def send(call: Call) -> str | None:
    """Make a stored call, between two transactions; the door. None: it must be made anew, with a new key.

    A key whose stored answer is a 5xx never does better: then Stripe is asked whether it made a session all the same.
    """
    db.session().rollback()  # no reading transaction stays open either while Stripe answers
    point("payments.call:written")
    try:
        session = gateway.create_checkout(call.params, call.key)
        point("payments.call:made")
    except StripeRefused as refusal:
        note(call, CallState.REFUSED, str(refusal))
        raise
    except StripeUnavailable as failure:
        note(call, CallState.SENDING, str(failure))
        if not failure.replayed:
            raise
        since = clock.now() - timedelta(days=1) - SKEW
        made = gateway.find_session(public_id(PAYMENT_PREFIX, call.payment_id), since)
        if made is None:
            note(call, CallState.REFUSED, str(failure))
            return None
        session = gateway.fetch_session(made)
    url = _opened(call, session)
    point("payments.call:answered")
    return url


def note(call: Call, state: CallState, error: str) -> None:
    """Write down what became of an unanswered call, in a transaction of its own."""
    with transaction() as session:
        queries.lock_payment(call.payment_id)
        row = session.get_one(GatewayCall, call.id)
        if row.state is CallState.SENDING:
            row.state, row.error = state, error[:2000]


def _opened(call: Call, session: gateway.Session) -> str:
    """Write down the session that Stripe opened. An event may have told of it before; then its word stands."""
    with transaction() as database:
        payment = queries.lock_payment(call.payment_id)
        row = database.get_one(GatewayCall, call.id)
        assert payment is not None  # noqa: S101  # a foreign key holds it
        row.state, row.answer_id, row.answered_at, row.error = CallState.ANSWERED, session.id, clock.now(), ""
        if payment.checkout_session is None:
            payment.checkout_session = session.id
        follow(payment, PaymentEdge.OPEN, STRIPE)
        if payment.state in queries.OPEN:
            payment.checkout_url = payment.checkout_url or session.url
            payment.checkout_secret = payment.checkout_secret or session.client_secret
        door = _door(payment)
    if not door:
        raise CheckoutClosed("The checkout has closed.")
    return door
