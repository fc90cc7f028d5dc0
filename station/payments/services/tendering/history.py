"""Payments of another system: rows of a batch, booked as one opening entry. Inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import new_id
from station.core.money import Money
from station.core.runtime import settings
from station.payments.models import (
    Account,
    ImportedBatch,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    PaymentKind,
    PaymentState,
    Tender,
    Tendered,
)
from station.payments.services.ledger import Line, post_lines
from station.payments.services.tendering.undoing import CannotUndo


@dataclass(frozen=True)
class PastPayment:
    """Money that another system took in. `reference` is the caller's id; `external_id` the other system's."""

    reference: UUID
    station_id: UUID
    amount: Money
    received_on: date
    at: datetime
    external_id: str
    note: str


def open_batch(name: str, currency: str) -> UUID:
    """Begin a batch; returns its id."""
    batch = ImportedBatch(id=new_id(), name=name[:200], currency=currency, created_at=clock.now())
    db.session().add(batch)
    db.session().flush()
    return batch.id


def add_history(batch_id: UUID, past: Sequence[PastPayment]) -> list[UUID]:
    """Write settled payments of a batch in bulk; returns their ids, in order. `close_batch` books them."""
    ids, now, livemode = [new_id() for _ in past], clock.now(), settings().livemode
    payments = [
        {
            "id": payment_id,
            "kind": PaymentKind.ONCE,
            "state": PaymentState.SETTLED,
            "reference": each.reference,
            "station_id": each.station_id,
            "amount_cents": each.amount.cents,
            "currency": each.amount.currency,
            "tender": Tender.IMPORTED,
            "livemode": livemode,
            "method": Tender.IMPORTED.value,
            "method_label": "Imported",
            "created_at": now,
            "settled_at": each.at,
            "updated_at": now,
        }
        for payment_id, each in zip(ids, past, strict=True)
    ]
    facts = [
        {
            "payment_id": payment_id,
            "received_on": each.received_on,
            "note": each.note,
            "batch_id": batch_id,
            "external_id": each.external_id,
        }
        for payment_id, each in zip(ids, past, strict=True)
    ]
    db.session().execute(sa.insert(Payment), payments)
    db.session().execute(sa.insert(Tendered), facts)
    return ids


def close_batch(batch_id: UUID, many: int, cents: Mapping[UUID, int]) -> None:
    """Book a batch as one opening entry: `cents` by station."""
    batch = db.session().get_one(ImportedBatch, batch_id)
    batch.many, batch.amount_cents = many, sum(cents.values())
    lines = [
        Line(account, station_id, sign * part)
        for station_id, part in cents.items()
        for account, sign in ((Account.OPENING, 1), (Account.GIFTS, -1))
    ]
    post_lines("opening", f"imported:{batch_id}", clock.now(), batch.currency, lines)


def undo_batch(batch_id: UUID) -> int:
    """Take back a batch: its payments are voided, its opening entry is reversed, its ids are free; returns how many
    payments it had. Raises CannotUndo for an unknown batch, or one that is undone."""
    session, now = db.session(), clock.now()
    batch = session.get(ImportedBatch, batch_id, with_for_update=True)
    if batch is None or batch.undone_at is not None:
        raise CannotUndo("There is no such batch, or it was taken back before.")
    batch.undone_at = now
    mine = sa.select(Tendered.payment_id).where(Tendered.batch_id == batch_id)
    quiet = {"synchronize_session": False}
    void = sa.update(Payment).where(Payment.id.in_(mine)).values(voided_at=now, updated_at=now)
    session.execute(void.execution_options(**quiet))
    free = sa.update(Tendered).where(Tendered.batch_id == batch_id).values(external_id=None)
    session.execute(free.execution_options(**quiet))
    booked = session.scalars(
        sa.select(LedgerEntry)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerTransaction.source == f"imported:{batch_id}")
    )
    lines = [Line(entry.account, entry.station_id, -entry.amount_cents) for entry in booked]
    post_lines("opening undone", f"unimported:{batch_id}", now, batch.currency, lines)
    return batch.many
