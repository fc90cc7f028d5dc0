"""Loading the demonstration: everything is there, the books are in order, and it is loaded once, in no production."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from sandbox.stripe.testing import Handle
from station.accounts.models import Role, StaffRole, WorkItem, WorkState
from station.accounts.services import second_step, sign_in
from station.core import bulletin, clock, runtime, search
from station.core.actor import COMMAND
from station.core.db import Base, db, writable
from station.core.events import Event, EventSubject, Subject, events_of, recent_events
from station.core.ids import public_id, row_id
from station.core.places import INVARIANTS, sentences
from station.demo import house
from station.demo.cli import group
from station.demo.queries import demo_code, house_is_empty
from station.demo.services import DemoRefused, load_demo
from station.giving.models import Gift, Pledge
from station.licensee.models import Licensee, Station
from station.licensee.queries import stations
from station.mail.models import MailState, OutgoingMail
from station.members.models import Member, MemberEmail, MemberKind
from station.members.services import add_organisation
from station.news.models import Story
from station.payments.models import (
    Account,
    BalanceTransaction,
    Payment,
    PaymentState,
    Payout,
    Period,
    Subscription,
    SubscriptionState,
    Tie,
)
from station.payments.queries.payouts.balance import balance_of
from station.payments.services.deposits.comparing import compare_with_stripe
from station.receipts.models import Receipt, ReceiptCounter
from station.receipts.services import issue
from station.underwriting.models import Credit, CreditState, Flight
from station.underwriting.policies import FlightState
from station.underwriting.queries import flights_of, sponsors
from station.underwriting.slots import credit_for


@pytest.fixture
def empty(app: Flask) -> Iterator[Flask]:
    """A migrated database in which nobody has been: not even the licensee."""
    with writable(), db.engine.begin() as connection:
        connection.execute(sa.delete(Station.__table__))
        connection.execute(sa.delete(Licensee.__table__))
    bulletin.forget()
    yield app
    bulletin.forget()


def many(model: type[Base], *where: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def everything() -> dict[str, int]:
    """How many rows each table holds."""
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_an_empty_house_gets_everything(empty: Flask) -> None:
    assert house_is_empty()
    loaded = load_demo(COMMAND)
    assert not house_is_empty()
    assert [s.call_sign for s in stations()] == ["KNPR", "KCNV"]
    assert (loaded.stories, loaded.members) == (many(Story), many(Member, Member.kind == MemberKind.PERSON))
    assert (loaded.gifts, loaded.receipts, loaded.mails) == (many(Gift), many(Receipt), many(OutgoingMail))
    assert loaded.stories >= 30
    assert loaded.members == many(MemberEmail, MemberEmail.address.like("%@example.___")) == 300
    assert loaded.gifts > 1_500
    states = Counter(db.session.scalars(sa.select(Payment.state)))
    assert states[PaymentState.SETTLED] == loaded.gifts
    assert states[PaymentState.FAILED]
    assert states[PaymentState.EXPIRED]
    assert states[PaymentState.CREATED]
    orders = Counter(db.session.scalars(sa.select(Subscription.state)))
    assert orders[SubscriptionState.ACTIVE] > 40
    assert orders[SubscriptionState.ENDED] > 5
    assert (orders[SubscriptionState.RETRYING], orders[SubscriptionState.NEEDS_ACTION]) == (1, 1)
    assert orders[SubscriptionState.PAUSED] == 1
    assert set(db.session.scalars(sa.select(Subscription.interval))) == {"month", "quarter", "year"}
    assert set(db.session.scalars(sa.select(StaffRole.role))) == set(Role)
    assert (
        many(WorkItem, WorkItem.state == WorkState.OPEN) == 8
    )  # three of them what goes back to donors, one a bounce
    assert many(Payout, Payout.reconciled_at.is_not(None)) == many(Payout) - 1 > 100
    assert many(BalanceTransaction, BalanceTransaction.tie == Tie.UNMATCHED) == 1
    assert balance_of(Account.STRIPE, "usd") == 0  # as at the sandbox, which has seen none of this
    assert many(Period) > 30


def test_the_sandbox_and_the_demonstration_begin_alike(
    empty: Flask, stripe_sandbox: Handle, later: Callable[..., None]
) -> None:
    """What was invented at the sandbox's expense is in the opening balance, and no difference ever after."""
    load_demo(COMMAND)
    later(hours=2)
    found = compare_with_stripe()
    assert (found.notes, found.numbers["difference"], found.numbers["in_flight"]) == ([], 0, 0)


def test_it_satisfies_every_invariant_of_the_house(empty: Flask) -> None:
    load_demo(COMMAND)
    assert len(INVARIANTS) >= 8
    assert {i.name: i.broken() for i in INVARIANTS} == {i.name: [] for i in INVARIANTS}


def test_receipts_are_gapless_and_the_next_one_continues(demonstration: None) -> None:
    numbers: dict[int, list[int]] = {}
    for year, number in db.session.execute(
        sa.select(Receipt.year, Receipt.number).order_by(Receipt.year, Receipt.number)
    ):
        numbers.setdefault(year, []).append(number)
    assert len(numbers) >= 4
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert {row.year: row.last for row in db.session.scalars(sa.select(ReceiptCounter))} == {
        year: len(found) for year, found in numbers.items()
    }
    in_order = sa.select(Receipt.given_on).where(Receipt.version == 1).order_by(Receipt.year, Receipt.number)
    days = list(db.session.scalars(in_order))
    assert days == sorted(days)
    gift = db.session.scalars(sa.select(Gift).limit(1)).one()
    today = clock.today("America/Los_Angeles")
    fresh = issue(
        reference=gift.payment_id,
        member_id=gift.member_id,
        donor_name="Next",
        email="next@example.org",
        amount=gift.amount,
        given_on=today,
        station_name="x",
        interval=None,
        actor=COMMAND,
    )
    assert db.session.get_one(Receipt, fresh).number == len(numbers.get(today.year, [])) + 1


def test_a_second_load_says_so_and_changes_nothing(app: Flask, demonstration: None) -> None:
    before = everything()
    with pytest.raises(DemoRefused, match=r"not empty.*nothing was changed"):
        load_demo(COMMAND)
    assert everything() == before
    said = app.test_cli_runner().invoke(group, ["load"])
    assert said.exit_code == 1
    assert "not empty" in said.output
    assert "Traceback" not in said.output


def test_a_house_where_somebody_works_is_left_alone(app: Flask) -> None:
    add_organisation("A Real Sponsor", "", COMMAND)
    before = everything()
    with pytest.raises(DemoRefused, match="not empty"):
        load_demo(COMMAND)
    assert everything() == before


def test_production_refuses_it_in_one_line(app: Flask, settings: Settings) -> None:
    before = everything()
    runtime.configure(replace(settings, mode="production"))
    try:
        with pytest.raises(DemoRefused) as refused:
            load_demo(COMMAND)
        code = app.test_cli_runner().invoke(group, ["code"])
    finally:
        runtime.configure(settings)
    assert str(refused.value).startswith("Production refuses demo data")
    assert "\n" not in str(refused.value)
    assert everything() == before
    assert code.exit_code == 1
    assert not re.search(r"\d{6}", code.output)


def test_the_same_day_gives_the_same_house(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two loads at one instant differ only in ids of what services make (staff, work items)."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    load_demo(COMMAND)
    first = fingerprint()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in ("licensee", "station")]
    with writable(), db.engine.begin() as connection:
        if db.engine.dialect.name == "sqlite":
            guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_delete'"
            for trigger in connection.exec_driver_sql(guards).scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
            for table in reversed(tables):
                connection.execute(sa.delete(table))
        else:
            connection.exec_driver_sql("TRUNCATE " + ", ".join(f'"{table.name}"' for table in tables))
    load_demo(COMMAND)
    assert fingerprint() == first


def fingerprint() -> list[tuple[object, ...]]:
    """The gifts with their ids, words and days."""
    found = db.session.execute(
        sa.select(Receipt.id, Receipt.number, Receipt.donor_name, Receipt.text, Receipt.given_on, Pledge.source)
        .join(Gift, Gift.id == Receipt.reference)
        .join(Pledge, Pledge.id == Gift.pledge_id)
        .where(Receipt.version == 1)  # what replaces one has the id of its moment
        .order_by(Receipt.id)
    ).all()
    db.session.rollback()
    return [tuple(row) for row in found]


def test_it_looks_alive(demonstration: None) -> None:
    now = clock.now()
    for station in stations():
        assert many(Story, Story.station_id == station.id, Story.published_at > now - timedelta(days=3)) >= 2
        assert many(Gift, Gift.station_id == station.id, Gift.created_at > now - timedelta(days=7)) >= 3
    for model, at in (
        (Story, Story.published_at),
        (Gift, Gift.created_at),
        (Payment, Payment.created_at),
        (Event, Event.at),
        (OutgoingMail, OutgoingMail.queued_at),
        (Member, Member.created_at),
    ):
        assert many(model, at > now + timedelta(minutes=1)) == (model is Story), model  # one is scheduled
    sources = set(db.session.scalars(sa.select(Pledge.source).where(Pledge.source.startswith("story:"))))
    stories = set(db.session.scalars(sa.select(Story.id)))
    assert sources
    assert {row_id("story", source.removeprefix("story:")) for source in sources} <= stories
    mails = Counter(db.session.scalars(sa.select(OutgoingMail.state)))
    assert mails[MailState.SENT] > 20
    assert mails[MailState.BOUNCED] == 2  # one at once, one later
    assert set(mails) == {MailState.SENT, MailState.BOUNCED, MailState.QUEUED}


def test_every_event_can_be_told(demonstration: None) -> None:
    tell = sentences()
    told = {event.name: tell[event.name](event) for event in recent_events(100_000)}
    assert len(told) >= 15
    assert all(told.values())
    gift = db.session.scalars(sa.select(Gift).limit(1)).one()
    timeline = {event.name for event in events_of(Subject("member", gift.member_id))}
    assert {"members.member.created", "giving.gift.received", "receipts.receipt.issued"} <= timeline
    assert many(EventSubject, EventSubject.event_id.not_in(sa.select(Event.id))) == 0


def test_members_and_gifts_are_found(demonstration: None) -> None:
    assert {hit.title for hit in search.find("pena", ["member"])} == {"María José Peña", "Xóchitl Ángeles Peña"}
    assert [hit.title for hit in search.find("suharti", ["member"])] == ["Suharti"]
    assert search.find("O’Brien", ["gift"])
    gift, label = db.session.execute(
        sa.select(Gift.id, Receipt).join(Receipt, Receipt.reference == Gift.id).order_by(Receipt.number).limit(1)
    ).one()
    assert gift in [hit.id for hit in search.find(label.label, ["gift"])]


def test_each_station_has_credits_in_every_state(demonstration: None) -> None:
    for station in stations():
        states = Counter(
            flight.state
            for sponsor in sponsors()
            for flight in flights_of(sponsor.id)
            if flight.station.id == station.id
        )
        assert states[FlightState.LIVE] >= 2
        assert states[FlightState.ENDED] >= 1
        assert states[FlightState.WAITING_FOR_COPY] >= 1
        assert credit_for(station.id) is not None
    approved = db.session.scalars(sa.select(Credit).where(Credit.state == CreditState.APPROVED)).all()
    assert all(credit.approved_by for credit in approved)
    assert len(approved) == many(Flight) - 2


def test_the_demo_staff_signs_in_with_what_is_printed(app: Flask) -> None:
    said = app.test_cli_runner().invoke(group, ["load"])
    assert said.exit_code == 0
    assert house.EMAIL in said.output
    assert house.PASSWORD in said.output
    for _, email, _ in house.STAFF:
        assert sign_in(email, house.PASSWORD, "127.0.0.1", "test")
    code = app.test_cli_runner().invoke(group, ["code"])
    shown = re.fullmatch(r"(\d{6})  \((\d+) seconds left\)\n", code.output)
    assert shown
    assert 1 <= int(shown[2]) <= 30
    waiting = sign_in(house.EMAIL, house.PASSWORD, "127.0.0.1", "test")
    assert second_step(waiting, demo_code()[0], "test")


def test_every_story_can_be_read(demonstration: None, client: FlaskClient) -> None:
    seen = Counter[bool]()
    for station in stations():
        home = client.get(f"/{station.slug}/")
        assert home.status_code == 200
        for story in db.session.scalars(
            sa.select(Story).where(Story.station_id == station.id, Story.published_at <= clock.now())
        ).all():
            page = client.get(f"/{station.slug}/story/{story.slug}")
            body = html.unescape(page.text)
            assert page.status_code == 200
            assert story.headline in body
            assert story.byline in body
            assert ("Support comes from" in body) is not story.no_underwriting, story.slug
            seen[story.no_underwriting] += 1
            if story.image:
                assert client.get(story.image["url"]).mimetype in ("image/svg+xml", "image/jpeg")
                assert story.image["caption"] in body
    assert seen[False] >= 30
    assert seen[True] == 1
    npr = db.session.scalars(sa.select(Story).where(Story.owner == "NPR")).one()
    assert "NPR" in client.get(f"/{stations()[0].slug}/story/{npr.slug}").text
    receipt = db.session.scalars(sa.select(Receipt).limit(1)).one()
    assert receipt.label in client.get(f"/receipt/{public_id('receipt', receipt.id)}").text
