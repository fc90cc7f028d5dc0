"""A standing order that another program began in this account goes on as ours. Nothing is charged."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.ids import new_id, public_id
from station.core.runtime import settings
from station.payments import gateway
from station.payments.gateway import SUBSCRIPTION_PREFIX, ForeignOrder, StripeRefused
from station.payments.models import CallState, GatewayCall, Operation, Subscription
from station.payments.models import SubscriptionState as S
from station.payments.services.folding import fold_order

KIND = "adopt"


def adopt(foreign: ForeignOrder, station_id: UUID, reference: UUID, actor: Actor) -> UUID:
    """Write the row of a standing order that runs at Stripe, and the call that marks it as ours; returns its id.

    Joins the caller's transaction; `mark_adopted` makes the call afterwards. What was charged before now is not ours.
    Raises ValueError for one whose terms we cannot keep: more than one item, or an interval that we do not offer.
    """
    order, now, session = foreign.order, clock.now(), db.session()
    if order.amount_cents is None or order.interval is None:
        raise ValueError(f"{order.id} has not exactly one item of a known interval")
    row = Subscription(
        id=new_id(),
        state=S.CREATED,
        reference=reference,
        station_id=station_id,
        amount_cents=order.amount_cents,
        currency=foreign.currency,
        interval=order.interval.value,
        livemode=settings().livemode,
        adopted_at=now,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    fold_order(row, order, now, actor)
    _write_call(row, 1)
    return row.id


def mark_adopted(subscription_id: UUID) -> str:
    """Write our ids into an adopted standing order at Stripe, once; returns why Stripe refused, or nothing.

    Runs outside any transaction; again is safe, and one that was not adopted is left alone. Raises StripeUnavailable
    when the answer is unknown: the same call is repeated the next time.
    """
    with transaction() as session:
        row = session.get_one(Subscription, subscription_id, with_for_update=True)
        calls = _calls(row.id)
        if not calls or calls[-1].state is CallState.ANSWERED:
            return ""
        call = calls[-1] if calls[-1].state is CallState.SENDING else _write_call(row, len(calls) + 1)
        call_id, key, params = call.id, call.key, dict(call.params)
    try:
        gateway.update_subscription(params.pop("subscription"), params, key)
    except StripeRefused as refusal:
        _note(call_id, CallState.REFUSED, str(refusal))
        return str(refusal)
    _note(call_id, CallState.ANSWERED, "")
    return ""


def _calls(subscription_id: UUID) -> list[GatewayCall]:
    mine = (GatewayCall.subscription_id == subscription_id, GatewayCall.key.startswith(f"{KIND}:"))
    return list(db.session().scalars(sa.select(GatewayCall).where(*mine).order_by(GatewayCall.id)))


def _write_call(row: Subscription, attempt: int) -> GatewayCall:
    metadata = gateway.marked(public_id(SUBSCRIPTION_PREFIX, row.id))
    call = GatewayCall(
        id=new_id(),
        key=f"{KIND}:{row.id}:{attempt}",
        subscription_id=row.id,
        operation=Operation.UPDATE_ORDER,
        params={"subscription": row.stripe_subscription, "metadata": metadata},
        state=CallState.SENDING,
        answer_id="",
        error="",
        created_at=clock.now(),
    )
    db.session().add(call)
    db.session().flush()
    return call


def _note(call_id: UUID, state: CallState, error: str) -> None:
    with transaction() as session:
        call = session.get_one(GatewayCall, call_id)
        call.state, call.error, call.answered_at = state, error[:2000], clock.now()
