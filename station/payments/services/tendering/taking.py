"""A payment that needs nobody's answer: it is settled when it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.ids import new_id
from station.core.money import Money
from station.core.runtime import settings
from station.payments.models import Payment, PaymentKind, PaymentState, Tender, Tendered, Way
from station.payments.policies import HOLDS, tender_label
from station.payments.services import ledger
from station.payments.services.amounts import set_amount
from station.payments.services.moving import subjects


@dataclass(frozen=True)
class Taken:
    """Money as a person holds it. `reference` is the caller's id, `received_on` station-local, `at` the instant that
    counts for the books; prices and shares are ten-thousandths. `goods_cents`: the part paid for goods of value."""

    tender: Tender
    reference: UUID
    station_id: UUID
    amount: Money
    received_on: date
    at: datetime
    second_station_id: UUID | None = None
    goods_cents: int = 0
    number: str = ""
    dated: date | None = None
    way: Way | None = None
    symbol: str = ""
    shares_e4: int = 0
    high_e4: int = 0
    low_e4: int = 0
    note: str = ""


def take_in(taken: Taken, actor: Actor) -> UUID:
    """Write a settled payment with its ledger lines; returns its id. Joins the caller's transaction.

    Raises KeyError for a tender that moves by itself or came from another system.
    """
    with transaction() as session:
        payment = _payment(taken)
        session.add(payment)
        session.flush()
        session.add(_facts(taken, payment.id))
        session.flush()
        lines = {HOLDS[taken.tender]: taken.amount.cents, **ledger.credits_of(payment)}
        ledger.post("settled", payment, taken.at, lines)
        said = {"amount": str(taken.amount), "method": payment.method_label}
        events.record("payments.payment.taken", actor, subjects(payment), said)
        return payment.id


def _payment(taken: Taken) -> Payment:
    now = clock.now()
    label = tender_label(taken.tender, taken.number, taken.shares_e4, taken.symbol, taken.way)
    payment = Payment(
        id=new_id(),
        kind=PaymentKind.ONCE,
        state=PaymentState.SETTLED,
        reference=taken.reference,
        station_id=taken.station_id,
        second_station_id=taken.second_station_id,
        currency=taken.amount.currency,
        fee_cents=0,
        goods_cents=taken.goods_cents,
        tender=taken.tender,
        livemode=settings().livemode,
        method=taken.tender.value,
        method_label=label[:80],
        created_at=now,
        settled_at=taken.at,
        updated_at=now,
    )
    set_amount(payment, taken.amount, 0)
    return payment


def _facts(taken: Taken, payment_id: UUID) -> Tendered:
    return Tendered(
        payment_id=payment_id,
        received_on=taken.received_on,
        number=taken.number,
        dated=taken.dated,
        way=taken.way,
        symbol=taken.symbol,
        shares_e4=taken.shares_e4,
        high_e4=taken.high_e4,
        low_e4=taken.low_e4,
        note=taken.note,
    )
