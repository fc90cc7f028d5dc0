"""What may be asked of a standing order: amount, day, skip, pause, resume, cancel, and a cancellation taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from station.core import clock
from station.core.actor import Actor
from station.core.money import Money
from station.licensee.queries import the_licensee
from station.payments import gateway, policies, queries
from station.payments.gateway import StandingOrder
from station.payments.models import Asked, ChangeKind, EndReason, Interval, Operation, Subscription
from station.payments.queries import SubscriptionView
from station.payments.services.sustaining.changing import ChangeRefused, Wish, ask

WORDS = 500  # characters of a donor's own reason
FOREIGN = "Stripe holds this gift in a form that Station did not make."


def change_amount(
    subscription_id: UUID, amount: Money, actor: Actor, asked: Asked = Asked.SELF, *, cover_cents: int = 0
) -> SubscriptionView:
    """Another amount from the next charge on, in place: nothing is prorated, nothing is charged now.

    Of the amount, `cover_cents` cover fees; Stripe knows the whole only, also where only that part is another one.
    `asked` is who wants it; what the station wants to be charged must leave the donor time before the next charge.
    """

    def plan(row: Subscription, order: StandingOrder) -> Wish:
        if amount.currency != row.currency or not 0 <= cover_cents < amount.cents:
            raise ChangeRefused(f"{amount} cannot be charged here.")
        if amount != row.amount:
            _in_time(row, asked, row.current_period_end, amount=True)
        elif cover_cents == row.cover_cents:
            raise ChangeRefused(f"This gift is {amount} already.")
        if order.interval is None or order.interval != row.interval:
            raise ChangeRefused(FOREIGN)
        try:
            params = gateway.amount_params(order, amount, order.interval)
        except ValueError as error:
            raise ChangeRefused(FOREIGN) from error
        old = {"cents": row.amount_cents, "cover_cents": row.cover_cents}
        new = {"cents": amount.cents, "cover_cents": cover_cents}
        return Wish(ChangeKind.AMOUNT, old, new, params, row.current_period_end, asked=asked)

    return ask(subscription_id, ChangeKind.AMOUNT, plan, actor)


def change_date(subscription_id: UUID, day: int, actor: Actor, asked: Asked = Asked.SELF) -> SubscriptionView:
    """Charges on another day of the month (31: its last). The next one is 23 days after the last, or later.

    `asked` is who wants it; what the station wants must leave the donor time before the next charge.
    """
    if not 1 <= day <= 31:
        raise ChangeRefused("Choose a day from 1 to 31.")

    def plan(row: Subscription, order: StandingOrder) -> Wish:
        next_at = _instant(next_date(row, day))
        _in_time(row, asked, next_at, amount=False)
        if row.charge_day == day and next_at == row.current_period_end:
            raise ChangeRefused("This gift is charged on that day already.")
        return replace(date_wish(row, day, next_at), asked=asked)

    return ask(subscription_id, ChangeKind.DATE, plan, actor)


def _in_time(row: Subscription, asked: Asked, charged_at: datetime | None, *, amount: bool) -> None:
    """Raises ChangeRefused for a change of the station's own whose donor could not learn of it early enough."""
    if asked is not Asked.STATION or charged_at is None:
        return
    method = queries.method_of(row.id)
    needed = policies.ahead(by_bank=method is not None and method.by_bank, amount=amount)
    problem = policies.too_soon(clock.today(the_licensee().timezone), _local(charged_at), needed)
    if problem:
        raise ChangeRefused(problem)


def next_date(row: Subscription, day: int) -> date:
    """The station-local date of the next charge when the day of charge becomes `day`."""
    last = _local(queries.last_charge(row.id) or row.created_at)
    planned = _planned(row)
    return policies.next_charge(day, Interval(row.interval), last, planned, clock.today(the_licensee().timezone))


def date_wish(row: Subscription, day: int, next_at: datetime) -> Wish:
    """The wish for a day and the instant of the first charge on it."""
    old = {"charge_day": row.charge_day, "next_at": _text(row.current_period_end)}
    new = {"charge_day": day, "next_at": _text(next_at)}
    return Wish(ChangeKind.DATE, old, new, gateway.date_params(next_at), next_at)


def skip(subscription_id: UUID, actor: Actor) -> SubscriptionView:
    """Leave out the next charge, and go on with the one after: a pause that ends on the day after it."""

    def plan(row: Subscription, order: StandingOrder) -> Wish:
        return _pause_wish(ChangeKind.SKIP, row, _planned(row) + timedelta(days=1))

    return ask(subscription_id, ChangeKind.SKIP, plan, actor)


def pause(subscription_id: UUID, until: date, actor: Actor) -> SubscriptionView:
    """No charge before a station-local day. What falls due before it is never caught up."""

    def plan(row: Subscription, order: StandingOrder) -> Wish:
        planned, longest = _planned(row), clock.today(the_licensee().timezone) + policies.LONGEST_PAUSE
        if until <= planned:
            raise ChangeRefused(
                f"The next charge is on {planned:%B} {planned.day}, {planned.year}. Choose a later day, so that the "
                "pause leaves at least that one out."
            )
        if until > longest:
            raise ChangeRefused("Choose a day within a year. A gift that rests for longer is better stopped.")
        return _pause_wish(ChangeKind.PAUSE, row, until)

    return ask(subscription_id, ChangeKind.PAUSE, plan, actor)


def _pause_wish(kind: ChangeKind, row: Subscription, until: date) -> Wish:
    ends, _ = clock.day_bounds(until, the_licensee().timezone)
    old, new = {"until": _text(row.paused_until)}, {"until": _text(ends)}
    return Wish(kind, old, new, gateway.pause_params(ends), clock.now())


def resume(subscription_id: UUID, actor: Actor) -> SubscriptionView:
    """End a pause now: the next charge is the next one that is planned."""

    def plan(row: Subscription, order: StandingOrder) -> Wish:
        return Wish(ChangeKind.RESUME, {"until": _text(row.paused_until)}, {}, gateway.resume_params(), clock.now())

    return ask(subscription_id, ChangeKind.RESUME, plan, actor)


def cancel(
    subscription_id: UUID, reason: EndReason, actor: Actor, *, words: str = "", at_period_end: bool = False
) -> SubscriptionView:
    """Stop a standing order: at once, or when its period ends. Nothing is given back, nothing more is charged.

    `words` are the donor's own, at most 500 characters; they stay with us.
    """

    def plan(row: Subscription, order: StandingOrder) -> Wish:
        if at_period_end and row.ends_at is not None:
            raise ChangeRefused("This gift is stopped from a day on already.")
        effective = row.current_period_end if at_period_end else clock.now()
        return Wish(
            ChangeKind.CANCEL,
            {"ends_at": _text(row.ends_at)},
            {"later": at_period_end},
            gateway.end_params(reason, later=at_period_end),
            effective,
            Operation.UPDATE_ORDER if at_period_end else Operation.CANCEL_ORDER,
            reason.value,
            words.strip()[:WORDS],
        )

    return ask(subscription_id, ChangeKind.CANCEL, plan, actor)


def stay(subscription_id: UUID, actor: Actor) -> SubscriptionView:
    """Take back a cancellation for later: the gift goes on as before."""

    def plan(row: Subscription, order: StandingOrder) -> Wish:
        return Wish(ChangeKind.STAY, {"ends_at": _text(row.ends_at)}, {}, gateway.stay_params(), clock.now())

    return ask(subscription_id, ChangeKind.STAY, plan, actor)


def _planned(row: Subscription) -> date:
    if row.current_period_end is None:
        raise ChangeRefused("Stripe does not say when this gift is charged next.")
    return _local(row.current_period_end)


def _local(instant: datetime) -> date:
    return clock.local_date(instant, the_licensee().timezone)


def _instant(day: date) -> datetime:
    return policies.charge_instant(day, the_licensee().timezone).astimezone(UTC)


def _text(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""
