"""Members and gifts of the year that has ended, for tests of yearly statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.core.money import Money
from station.core.places import INVARIANTS
from station.giving.models import Gift
from station.giving.services import NewDonor, OfflineGift, record_offline_gift
from station.licensee.queries import stations
from station.payments.models import Tender
from station.receipts.models import YearlyStatement
from station.receipts.services import statements as services

YEAR = clock.today("America/Los_Angeles").year - 1


def give(donor: UUID | NewDonor, cents: int = 5_000, month: int = 3, *, year: int = YEAR, **more: Any) -> Gift:
    """A gift in cash on the fifth of a month of the year that has ended."""
    day = date(year, month, 5)
    keyed = OfflineGift(donor, more.pop("tender", Tender.CASH), Money(cents), stations()[0].id, day, day, **more)
    gift_id = record_offline_gift(keyed, COMMAND)
    db.session.rollback()
    return db.session().get_one(Gift, gift_id)


def person(name: str, *, email: bool = True) -> NewDonor:
    return NewDonor(given_name=name, family_name="Example", email=f"{name.lower()}@example.org" if email else "")


def freeze(outbox: Callable[[], int], year: int = YEAR) -> None:
    services.start_freeze(year, COMMAND)
    outbox()


def send(outbox: Callable[[], int], year: int = YEAR) -> None:
    services.start_sending(year, COMMAND)
    outbox()


def rows() -> list[YearlyStatement]:
    """Every version, by number."""
    db.session.rollback()
    order = (YearlyStatement.year, YearlyStatement.number, YearlyStatement.version)
    return list(db.session().scalars(sa.select(YearlyStatement).order_by(*order)))


def books_are_in_order() -> None:
    db.session.rollback()
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def statements_are_in_order() -> None:
    """The invariants of statements alone, for tests that write money past the services."""
    db.session.rollback()
    assert {i.name: i.broken() for i in INVARIANTS if i.name.startswith("statement") and i.broken()} == {}
