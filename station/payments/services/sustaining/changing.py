"""How a change of a standing order is made: look, write it down with its call, call, look again.

The look before judges the wish by what Stripe has now; the look after is what counts, because the answer to a call
that was repeated may be one that Stripe kept. A change whose call got no answer is `unknown` and is repeated under
the same key, by the check or by the next wish; once Stripe has forgotten the key, a look alone decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from station.core import clock
from station.core.actor import Actor, ActorKind
from station.core.announce import announce
from station.core.db import db, transaction
from station.core.faults import point
from station.core.ids import new_id
from station.payments import gateway, queries
from station.payments.facts import SustainerMoved
from station.payments.gateway import StandingOrder, StripeRefused, StripeUnavailable
from station.payments.models import (
    Asked,
    CallState,
    ChangeKind,
    ChangeState,
    GatewayCall,
    Operation,
    Subscription,
    SubscriptionChange,
)
from station.payments.policies import may_ask
from station.payments.queries import SubscriptionView
from station.payments.services.folding import Fold, Outcome, fold_subscription
from station.payments.services.inbox import fold_again
from station.payments.services.standing import take_split, tell

KEY_LIFE = timedelta(hours=24)  # docs.stripe.com/api/idempotent_requests
NO_ANSWER = "No answer came while Stripe kept the key, and Stripe shows nothing of this change."


class ChangeRefused(Exception):
    """The change cannot be made; the sentence says why, for the person who asked."""


@dataclass(frozen=True)
class Wish:
    """A change that has been found good: what it alters, as values and as Stripe's parameters."""

    kind: ChangeKind
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    params: Mapping[str, Any]
    effective_at: datetime | None
    operation: Operation = Operation.UPDATE_ORDER
    reason: str = ""
    words: str = ""
    asked: Asked = Asked.SELF


Plan = Callable[[Subscription, StandingOrder], Wish]


def ask(subscription_id: UUID, kind: ChangeKind, plan: Plan, actor: Actor) -> SubscriptionView:
    """Make a change: `plan` reads the locked row and Stripe's order, and says what to ask or raises ChangeRefused."""
    row = queries.subscription_row(subscription_id)
    if row is None or row.stripe_subscription is None:
        raise ChangeRefused("Stripe does not know this gift, so it cannot be changed here.")
    before = queries.open_change(subscription_id)
    if before is not None:
        with suppress(ChangeRefused):
            repeat_change(before.id)
    change_id = _written(subscription_id, kind, plan, actor, _look(row.stripe_subscription))
    point("payments.change:written")
    _send(change_id)
    found = queries.subscription(subscription_id)
    assert found is not None  # noqa: S101  # locked a moment ago
    return found


def repeat_change(change_id: UUID) -> None:
    """Bring a change that Stripe has not answered to its end; nothing when it is answered. Raises like `ask`."""
    with transaction() as session:
        change = session.get_one(SubscriptionChange, change_id, with_for_update=True, populate_existing=True)
        change.tried_at = clock.now()
        waits, old = change.state in (ChangeState.SENDING, ChangeState.UNKNOWN), _forgotten(change)
    if waits and old:
        _settle(change_id, NO_ANSWER)
    elif waits:
        _send(change_id)


def _forgotten(change: SubscriptionChange) -> bool:
    return change.asked_at < clock.now() - KEY_LIFE


def _look(stripe_id: str) -> StandingOrder:
    """A fresh look at Stripe, folded into our row; returns the order that was seen."""
    seen: list[StandingOrder] = []

    def look() -> Fold:
        began, order = clock.now(), gateway.fetch_subscription(stripe_id)
        seen.append(order)
        return lambda: fold_subscription(order, began)

    fold_again(look)
    return seen[-1]


def _written(subscription_id: UUID, kind: ChangeKind, plan: Plan, actor: Actor, order: StandingOrder) -> UUID:
    """Under the row's lock: the change and its call, written down."""
    with transaction() as session:
        row = queries.lock_subscription(subscription_id)
        assert row is not None  # noqa: S101  # subscriptions are never deleted
        if not may_ask(kind, row.state, ending=row.ends_at is not None):
            raise ChangeRefused(_why_not(kind, row))
        if queries.open_change(subscription_id) is not None:
            raise ChangeRefused("Another change is being made just now. Look again in a minute.")
        wish, now = plan(row, order), clock.now()
        change = _rows(row, wish, actor, now)
        tell(row, "payments.change.asked", actor, kind=kind.value, old=dict(wish.old), new=dict(wish.new))
        session.flush()
        return change.id


def _rows(row: Subscription, wish: Wish, actor: Actor, now: datetime) -> SubscriptionChange:
    change_id, call_id = new_id(), new_id()
    call = GatewayCall(
        id=call_id,
        key=f"change:{change_id}:1",
        subscription_id=row.id,
        operation=wish.operation,
        params={"subscription": row.stripe_subscription, **wish.params},
        state=CallState.SENDING,
        answer_id="",
        error="",
        created_at=now,
    )
    db.session().add(call)
    db.session().flush()
    change = SubscriptionChange(
        id=change_id,
        subscription_id=row.id,
        call_id=call_id,
        kind=wish.kind,
        state=ChangeState.SENDING,
        old=dict(wish.old),
        new=dict(wish.new),
        actor_kind=actor.kind.value,
        actor_label=actor.label,
        actor_id=actor.id,
        asked=wish.asked,
        reason=wish.reason,
        words=wish.words,
        asked_at=now,
        tried_at=now,
        effective_at=wish.effective_at,
    )
    db.session().add(change)
    return change


def _send(change_id: UUID) -> None:
    """Make the stored call, between two transactions, and bring the change to its end."""
    db.session().rollback()
    change = db.session().get_one(SubscriptionChange, change_id)
    call = db.session().get_one(GatewayCall, change.call_id)
    params, key, operation = dict(call.params), call.key, call.operation
    db.session().rollback()  # no reading transaction stays open while Stripe answers
    send = gateway.cancel_subscription if operation == Operation.CANCEL_ORDER else gateway.update_subscription
    refusal = ""
    try:
        send(params.pop("subscription"), params, key)
        point("payments.change:made")
    except StripeRefused as failure:
        refusal = str(failure)
    except StripeUnavailable as failure:
        if not failure.replayed:
            _note_unknown(change_id, str(failure))
            raise
        refusal = str(failure)  # that key never does better: a look tells whether it was done all the same
    _settle(change_id, refusal)


def _note_unknown(change_id: UUID, error: str) -> None:
    with transaction() as session:
        change = session.get_one(SubscriptionChange, change_id, with_for_update=True)
        if change.state is ChangeState.SENDING:
            change.state = ChangeState.UNKNOWN
        change.error, change.tried_at = error[:500], clock.now()


def _settle(change_id: UUID, refusal: str) -> None:
    """Look at Stripe and close the change in the same transaction. Raises ChangeRefused when it was not made."""
    change = db.session().get_one(SubscriptionChange, change_id)
    stripe_id = db.session().get_one(Subscription, change.subscription_id).stripe_subscription
    assert stripe_id is not None  # noqa: S101  # only such a one is changed
    actor = actor_of(change)

    def look() -> Fold:
        began, order = clock.now(), gateway.fetch_subscription(stripe_id)
        return lambda: _closed(change_id, order, began, refusal, actor)

    outcome = fold_again(look)
    point("payments.change:settled")
    if outcome.text == ChangeState.REFUSED.value:
        raise ChangeRefused(f"Stripe did not make this change. {refusal}")


def _closed(change_id: UUID, order: StandingOrder, began: datetime, refusal: str, actor: Actor) -> Outcome:
    """Fold what Stripe has now, and write down what became of the change."""
    session = db.session()
    change = session.get_one(SubscriptionChange, change_id)
    row = queries.lock_subscription(change.subscription_id)
    assert row is not None  # noqa: S101  # a foreign key holds it
    session.refresh(change, with_for_update=True)
    done = not refusal or shows(order, change)
    if done and change.kind is ChangeKind.DATE:
        row.charge_day = change.new["charge_day"]
    if done and change.kind is ChangeKind.CANCEL:
        row.end_reason = change.reason
    outcome = fold_subscription(order, began, actor)
    if change.state in (ChangeState.SENDING, ChangeState.UNKNOWN):
        change.state = ChangeState.DONE if done else ChangeState.REFUSED
        if done and change.kind is ChangeKind.AMOUNT and row.amount_cents == change.new["cents"]:
            take_split(row, change.new.get("cover_cents", 0), actor)
        change.error, change.answered_at = refusal[:500] if not done else "", clock.now()
        call = session.get_one(GatewayCall, change.call_id)
        call.state = CallState.ANSWERED if done else CallState.REFUSED
        call.answer_id, call.error, call.answered_at = order.id, change.error, change.answered_at
        _told(row, change, actor)
    return Outcome(outcome.state, change.state.value, answers=outcome.answers)


def _told(row: Subscription, change: SubscriptionChange, actor: Actor) -> None:
    """Record the end of a change. Amounts, pauses and ends announce themselves where the row takes them."""
    name = "payments.change.done" if change.state is ChangeState.DONE else "payments.change.refused"
    tell(row, name, actor, kind=change.kind.value, reason=change.error)
    moved = change.kind is ChangeKind.DATE and change.state is ChangeState.DONE
    if moved and actor.kind is not ActorKind.JOB and row.charge_day and row.current_period_end:
        announce(SustainerMoved(row.id, row.reference, row.charge_day, row.current_period_end))


def actor_of(change: SubscriptionChange) -> Actor:
    """Who asked for a change."""
    return Actor(ActorKind(change.actor_kind), change.actor_label, change.actor_id)


def shows(order: StandingOrder, change: SubscriptionChange) -> bool:
    """Whether Stripe's order is as the change wants it."""
    new = change.new
    if change.kind is ChangeKind.AMOUNT:
        return order.amount_cents == int(new["cents"])
    if change.kind is ChangeKind.DATE:
        return order.period_end == instant(new["next_at"])
    if change.kind in (ChangeKind.SKIP, ChangeKind.PAUSE):
        return order.resumes_at == instant(new["until"])
    if change.kind is ChangeKind.RESUME:
        return not order.paused
    if change.kind is ChangeKind.CANCEL:
        return order.status == "canceled" or (bool(new["later"]) and order.ends_at is not None)
    return order.status != "canceled" and order.ends_at is None


def instant(text: str) -> datetime:
    """An instant that a change's values hold."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _why_not(kind: ChangeKind, row: Subscription) -> str:
    """The sentence for a change that this state does not allow."""
    if row.state.value in ("ended", "lapsed", "created"):
        return "This gift does not run, so it cannot be changed. A new one can be started on the pledge page."
    if row.ends_at is not None:
        return "This gift is stopped from a day on. Let it go on first, then change it."
    if kind is ChangeKind.STAY:
        return "This gift is not stopped: there is nothing to take back."
    if kind is ChangeKind.RESUME:
        return "This gift is not paused."
    if row.state.value == "paused":
        return "This gift is paused. Resume it first, then change it."
    return "The last charge of this gift is unpaid. Settle it first, with another card or account, or stop the gift."
