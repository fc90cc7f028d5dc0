"""What is asked of a standing order, and what becomes of its charges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.actor import VISITOR
from station.core.db import db
from station.core.money import Money
from station.licensee.queries import the_licensee
from station.payments.models import EndReason, OpenInvoice
from station.payments.services import look_at_method_page, open_method_page, pay_open_invoice, sustaining
from station.payments.services.upkeep.sweep import ask_renewals
from tests.payments.scenarios.language import MASTERCARD, Giving, World, scenario

SETTLED = "settled"
A_MONTH = {"days": 31, "hours": 2}


def running(world: World) -> Giving:
    """A monthly gift whose first month is paid."""
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    return gift


def order_of(gift: Giving) -> UUID:
    """Our standing order, after somebody has looked at its payment."""
    gift.arrived()
    return gift.standing.id


def rest(gift: Giving, days: int) -> None:
    until = clock.today(the_licensee().timezone) + timedelta(days=days)
    sustaining.pause(order_of(gift), until, VISITOR)


@scenario([SETTLED], ["paused"], ["1000"])
def a_pause(world: World) -> Iterator[None]:
    gift = running(world)
    yield
    rest(gift, 75)
    yield
    world.wait(**A_MONTH)


@scenario([SETTLED] * 2, ["active"], ["1000"] * 2)
def a_pause_that_is_over_catches_nothing_up(world: World) -> Iterator[None]:
    gift = running(world)
    yield
    rest(gift, 45)
    for _ in range(2):
        yield
        world.wait(**A_MONTH)


@scenario([SETTLED] * 2, ["active"], ["1000"] * 2)
def a_pause_that_ends_early(world: World) -> Iterator[None]:
    gift = running(world)
    yield
    rest(gift, 75)
    yield
    sustaining.resume(order_of(gift), VISITOR)
    yield
    world.wait(**A_MONTH)


@scenario([SETTLED] * 2, ["active"], ["1000"] * 2)
def a_month_is_skipped(world: World) -> Iterator[None]:
    gift = running(world)
    yield
    sustaining.skip(order_of(gift), VISITOR)
    for _ in range(2):
        yield
        world.wait(**A_MONTH)


@scenario([SETTLED] * 2, ["active"], ["1000", "1500"])
def another_amount_from_the_next_month_on(world: World) -> Iterator[None]:
    gift = running(world)
    yield
    sustaining.change_amount(order_of(gift), Money(1500), VISITOR)
    yield
    world.wait(**A_MONTH)


@scenario([SETTLED], ["ended"], ["1000"])
def it_ends_with_its_period(world: World) -> Iterator[None]:
    gift = running(world)
    yield
    sustaining.cancel(order_of(gift), EndReason.OTHER, VISITOR, at_period_end=True)
    yield
    world.wait(**A_MONTH)


@scenario([SETTLED, SETTLED], ["active"], ["1000", "1000"], methods=["Mastercard ending 4444", "Visa ending 4242"])
def another_card_then_the_open_month_is_paid(world: World) -> Iterator[None]:
    gift = running(world)
    yield
    gift.declines()
    gift.renews()
    yield
    order = order_of(gift)
    session = open_method_page(order, "http://localhost/my-gift/x").rpartition("/")[2]
    world.sandbox.pay(session, MASTERCARD)
    yield
    look_at_method_page(order)  # the donor comes back to their page, and presses there
    ask_renewals(order)
    invoice = open_invoice(order)
    yield
    pay_open_invoice(invoice, VISITOR)


def open_invoice(order: UUID) -> UUID:
    db.session.rollback()
    found = db.session().scalars(sa.select(OpenInvoice.id).where(OpenInvoice.subscription_id == order)).one()
    db.session.rollback()
    return found
