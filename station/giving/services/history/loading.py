"""A whole file or nothing: members, payments, gifts and one opening entry, in one transaction and flat in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO
from uuid import UUID

import sqlalchemy as sa

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.money import Money
from station.giving.models import Gift
from station.giving.services.history.rows import BadFile, HistoryLine, Refused, read
from station.licensee.queries import stations, the_licensee
from station.members.services import match_or_create_many
from station.payments import queries as payment_queries
from station.payments import services as payments
from station.payments.services import PastPayment
from station.receipts.models import Acknowledged

CHUNK = 1_000


@dataclass
class Imported:
    """What came of a file. `known` gifts were imported before and are left as they are."""

    batch_id: UUID | None = None
    many: int = 0
    known: int = 0
    refused: int = 0
    new_members: int = 0
    cents: Counter[UUID] = field(default_factory=Counter)  # by station

    def total(self, currency: str) -> Money:
        return Money(sum(self.cents.values()), currency)


class ImportRefused(Exception):
    """Nothing was written: the file cannot be read, or some of its lines cannot be taken. Carries what was found."""

    def __init__(self, message: str, found: Imported) -> None:
        super().__init__(message)
        self.found = found


class _OnlyTried(Exception):
    """Ends the transaction of a trial, so that nothing of it stays."""


def import_history(
    file: BinaryIO, name: str, actor: Actor, refuse: Callable[[Refused], None], *, dry_run: bool = False
) -> Imported:
    """Write the gifts of a file as opening balances; every refused line is told to `refuse` as it is met.

    One refused line refuses the file (ImportRefused). The same file again changes nothing: gifts are known by their
    id in the other system. `dry_run` does all of it and takes it back. Holds the database's one writer on SQLite, so
    do it while nobody gives.
    """
    found = Imported()
    try:
        with transaction():
            batch_id = payments.open_batch(name, the_licensee().currency)
            _take(file, batch_id, found, refuse)
            if found.refused:
                raise ImportRefused(f"{found.refused} lines cannot be taken, so nothing was written.", found)
            if dry_run or not found.many:
                raise _OnlyTried
            payments.close_batch(batch_id, found.many, found.cents)
            found.batch_id = batch_id
            said = {"name": name, "many": found.many, "amount": str(found.total(the_licensee().currency))}
            events.record("giving.history.imported", actor, [Subject("imported_batch", batch_id)], said)
    except _OnlyTried:
        return found
    except BadFile as error:
        raise ImportRefused(str(error), found) from error
    return found


def _take(file: BinaryIO, batch_id: UUID, found: Imported, refuse: Callable[[Refused], None]) -> None:
    house = the_licensee()
    lines = read(file, {each.slug: each.id for each in stations()}, house.currency, clock.today(house.timezone))
    for chunk in _chunks(lines):
        good = [line for line in chunk if isinstance(line, HistoryLine)]
        bad = [line for line in chunk if isinstance(line, Refused)]
        fresh, twice = _fresh(good, batch_id, found)
        for each in sorted(bad + twice, key=lambda line: line.line):
            found.refused += 1
            refuse(each)
        if not found.refused:  # what is refused anyway need not be written first
            _write(fresh, batch_id, found)


def _chunks(lines: Iterator[HistoryLine | Refused]) -> Iterator[list[HistoryLine | Refused]]:
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


def _fresh(good: list[HistoryLine], batch_id: UUID, found: Imported) -> tuple[list[HistoryLine], list[Refused]]:
    """The lines that are not in the books yet, and those that contradict what is."""
    known = payment_queries.imported_before([line.external_id for line in good])
    fresh: dict[str, HistoryLine] = {}
    twice: list[Refused] = []
    for line in good:
        before = known.get(line.external_id)
        if line.external_id in fresh or (before and before.batch_id == batch_id):
            twice.append(Refused(line.line, f"id {line.external_id} stands in this file twice"))
        elif before is None:
            fresh[line.external_id] = line
        elif before.amount != line.amount:
            twice.append(Refused(line.line, f"id {line.external_id} was imported before, with {before.amount}"))
        else:
            found.known += 1
    return list(fresh.values()), twice


def _write(fresh: list[HistoryLine], batch_id: UUID, found: Imported) -> None:
    if not fresh:
        return
    members = match_or_create_many([line.donor for line in fresh])
    found.new_members += members.created
    now, zone = clock.now(), the_licensee().timezone
    gifts = [new_id() for _ in fresh]
    past = [
        PastPayment(
            gift_id,
            line.station_id,
            line.amount,
            line.given_on,
            clock.day_bounds(line.given_on, zone)[0],
            line.external_id,
            line.note,
        )
        for gift_id, line in zip(gifts, fresh, strict=True)
    ]
    payment_ids = payments.add_history(batch_id, past)
    rows = [
        {
            "id": gift_id,
            "payment_id": payment_id,
            "member_id": member_id,
            "station_id": line.station_id,
            "amount_cents": line.amount.cents,
            "currency": line.amount.currency,
            "given_on": line.given_on,
            "source": "imported",
            "acknowledged": Acknowledged.NONE,
            "created_at": now,
        }
        for gift_id, payment_id, member_id, line in zip(gifts, payment_ids, members.ids, fresh, strict=True)
    ]
    db.session().execute(sa.insert(Gift), rows)
    found.many += len(rows)
    for line in fresh:
        found.cents[line.station_id] += line.amount.cents
