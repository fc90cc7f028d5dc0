"""Sustainers of another program in the same Stripe account are taken over: one active each, and no cent is lost."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.core.ids import public_id
from station.core.places import INVARIANTS
from station.giving import queries
from station.giving.adopting import adopt_command
from station.giving.models import Gift, Pledge
from station.giving.services import CutOver, Outcome, Ruling, adopt_sustainers
from station.members.models import Member
from station.payments.cli import group as payments_group
from station.payments.gateway import StripeUnavailable, client, foreign
from station.payments.models import CallState, GatewayCall, Payment, PaymentKind, Subscription
from station.payments.models import SubscriptionState as S
from station.payments.services import check_open_payments
from station.receipts.models import Receipt
from tests.conftest import House
from tests.giving.conftest import Donor

Outbox = Callable[[], int]
Later = Callable[..., None]
Make = Callable[..., str]


@pytest.fixture
def make(stripe_sandbox: Handle, outbox: Outbox) -> Make:
    """A subscription that another program made, with its first charge paid; its id at Stripe."""

    def made(
        email: str = "ana@example.org", cents: int = 1000, every: str = "month", count: int = 1, **more: Any
    ) -> str:
        price = {
            "currency": more.pop("currency", "usd"),
            "unit_amount": cents,
            "product_data": {"name": "Old gift"},
            "recurring": {"interval": every, "interval_count": count},
        }
        card = more.pop("card", "4242424242424242")
        session = client._v1().checkout.sessions.create(
            {
                "mode": "subscription",
                "line_items": [{"price_data": price, "quantity": 1}],
                "success_url": "https://old.example.org/thanks",
                **more,
            }
        )
        stripe_sandbox.pay(session.id, card, email=email, name="Ana Ruiz")
        stripe_sandbox.deliver_now(delayed=True)
        outbox()
        db.session.rollback()
        return str(stripe_sandbox.get(session.id)["subscription"])

    return made


def adopt(house: House, rulings: dict[str, Ruling] | None = None, **more: Any) -> CutOver:
    found = adopt_sustainers(rulings or {}, house.news.id, COMMAND, **more)
    db.session.rollback()
    return found


def outcomes(found: CutOver) -> dict[str, str]:
    return {line.old: line.outcome.value for line in found.lines}


def rows() -> list[Subscription]:
    db.session.rollback()
    return list(db.session().scalars(sa.select(Subscription).order_by(Subscription.id)))


def count(table: Any) -> int:
    db.session.rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(table)) or 0


def books_are_in_order() -> None:
    db.session.rollback()
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_a_sustainer_goes_on_as_ours_and_nothing_is_charged(house: House, make: Make, stripe_sandbox: Handle) -> None:
    old = make()
    charges = len(stripe_sandbox.sandbox.store.all("charge"))
    found = adopt(house)
    row = rows()[0]
    assert (row.state, row.amount_cents, row.interval, row.stripe_subscription) == (S.ACTIVE, 1000, "month", old)
    assert [(line.old, line.new) for line in found.lines] == [(old, public_id("sustainer", row.id))]
    assert (found.before, found.after) == (12_000, 12_000)
    assert stripe_sandbox.get(old)["metadata"] == {
        "namespace": "station",
        "subscription": public_id("sustainer", row.id),
    }
    member, pledge = db.session().scalars(sa.select(Member)).one(), db.session().scalars(sa.select(Pledge)).one()
    assert (member.name, pledge.member_id, pledge.payment_id, row.reference) == (
        "Ana Ruiz",
        member.id,
        None,
        pledge.id,
    )
    assert (count(Payment), count(Gift), len(stripe_sandbox.sandbox.store.all("charge"))) == (0, 0, charges)
    books_are_in_order()


def test_two_of_one_customer_each_keep_what_they_charge(house: House, make: Make, stripe_sandbox: Handle) -> None:
    first = make()
    second = make(customer=stripe_sandbox.get(first)["customer"], card="5555555555554444")
    adopt(house, {second: Ruling(house.classical.id)})
    shown = {row.stripe_subscription: queries.own_gift(row.id) for row in rows()}
    assert {old: page and page.method and page.method.label for old, page in shown.items()} == {
        first: "Visa ending 4242",
        second: "Mastercard ending 4444",
    }
    assert len({row.stripe_customer for row in rows()}) == 1
    books_are_in_order()


def test_its_next_renewal_is_a_gift_with_a_receipt(
    house: House, make: Make, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    old = make()
    adopt(house)
    stripe_sandbox.renew(old)
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    payment = db.session().scalars(sa.select(Payment)).one()
    assert (payment.kind, payment.amount_cents) == (PaymentKind.RENEWAL, 1000)
    gift = db.session().scalars(sa.select(Gift)).one()
    assert (gift.payment_id, gift.station_id, count(Receipt)) == (payment.id, house.news.id, 1)
    books_are_in_order()


def test_what_was_charged_before_is_not_ours_however_often_stripe_is_asked(
    house: House, make: Make, stripe_sandbox: Handle, outbox: Outbox, later: Later
) -> None:
    old = make()
    stripe_sandbox.renew(old)
    later(minutes=5)
    stripe_sandbox.advance(300)
    adopt(house)
    for event in stripe_sandbox.events:
        stripe_sandbox.resend(event["id"])
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    later(hours=7)
    stripe_sandbox.advance(7 * 3600)
    check_open_payments()
    assert (count(Payment), count(Gift)) == (0, 0)
    stripe_sandbox.renew(old)
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert (count(Payment), count(Gift)) == (1, 1)
    books_are_in_order()


def test_again_adopts_only_what_is_new(house: House, make: Make, stripe_sandbox: Handle) -> None:
    first = make()
    adopt(house)
    second = make("ben@example.org", 2500)
    calls = len(stripe_sandbox.requests)
    found = adopt(house)
    assert outcomes(found) == {first: "known", second: "adopted"}
    assert (found.before, found.after) == (42_000, 42_000)
    adopt(house)
    posts = [each["path"] for each in stripe_sandbox.requests[calls:] if each["method"] == "POST"]
    assert posts == [f"/v1/subscriptions/{second}"]
    assert (len(rows()), count(Member), count(Pledge)) == (2, 2, 2)


def test_a_dry_run_writes_nothing_here_or_there(house: House, make: Make, stripe_sandbox: Handle) -> None:
    old = make()
    calls = len(stripe_sandbox.requests)
    found = adopt(house, dry_run=True)
    assert (outcomes(found), found.before) == ({old: "adopted"}, 12_000)
    assert {each["method"] for each in stripe_sandbox.requests[calls:]} == {"GET"}
    assert (count(Subscription), count(Pledge), count(Member), count(GatewayCall)) == (0, 0, 0, 0)


def test_all_pages_are_read(house: House, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "A_PAGE", 2)
    made = {make(f"p{n}@example.org", 500 + n) for n in range(5)}
    found = adopt(house)
    assert set(outcomes(found)) == made
    assert found.before == found.after == 12 * sum(500 + n for n in range(5))


def test_doubles_are_told_and_a_person_decides(house: House, make: Make) -> None:
    first, second, third = make(), make("ANA@example.org", 2000), make("ben@example.org")
    found = adopt(house)
    assert outcomes(found) == {first: "double", second: "double", third: "adopted"}
    assert found.before == found.after == 12_000
    found = adopt(house, {second: Ruling(adopt=True), first: Ruling(adopt=False)})
    assert outcomes(found) == {first: "refused", second: "adopted", third: "known"}
    assert [row.amount_cents for row in rows()] == [1000, 2000]
    assert outcomes(adopt(house))[first] == "double"  # ours is the other one now
    assert outcomes(adopt(house, {first: Ruling(house.classical.id)}))[first] == "adopted"  # for another station
    books_are_in_order()


def test_a_sustainer_of_our_own_counts_as_the_one(
    house: House, make: Make, donor: Donor, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    url = donor.pledge(email="ana@example.org").location
    stripe_sandbox.pay(url[url.index("cs_") :].partition("#")[0].partition("?")[0])
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    old = make()
    found = adopt(house)
    assert sorted(outcomes(found).values()) == ["double", "known"]
    assert outcomes(found)[old] == "double"


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"every": "week"}, "neither monthly"),
        ({"every": "month", "count": 2}, "neither monthly"),
        ({"currency": "eur"}, "charged in EUR"),
        ({"subscription_data": {"metadata": {"namespace": "station", "subscription": "gone"}}}, "another Station"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(
    house: House, make: Make, made: dict[str, Any], reason: str
) -> None:
    make(**made)
    found = adopt(house)
    assert [(line.outcome, reason in line.reason) for line in found.lines] == [(Outcome.REFUSED, True)]
    assert (found.before, found.after, count(Subscription), count(Member)) == (0, 0, 0, 0)


def test_without_a_station_nothing_is_guessed_and_the_map_may_name_a_product(
    house: House, make: Make, stripe_sandbox: Handle
) -> None:
    old = make()
    found = adopt_sustainers({}, None, COMMAND)
    assert "no station is named" in found.lines[0].reason
    product = stripe_sandbox.get(old)["items"]["data"][0]["price"]["product"]
    found = adopt_sustainers({product: Ruling(house.classical.id)}, None, COMMAND)
    assert (found.lines[0].outcome, rows()[0].station_id) == (Outcome.ADOPTED, house.classical.id)


@pytest.mark.parametrize(
    ("every", "count_", "yearly"), [("month", 3, 4_000), ("year", 1, 1_000), ("month", 12, 1_000)]
)
def test_quarters_and_years_are_kept(house: House, make: Make, every: str, count_: int, yearly: int) -> None:
    make(every=every, count=count_)
    found = adopt(house)
    assert (found.before, found.after) == (yearly, yearly)


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    house: House, make: Make, stripe_sandbox: Handle
) -> None:
    old = make()
    stripe_sandbox.fault("cut", path=f"/v1/subscriptions/{old}", count=2)
    with pytest.raises(StripeUnavailable):
        adopt(house)
    db.session.rollback()
    call = db.session().scalars(sa.select(GatewayCall)).one()
    assert call.state is CallState.SENDING
    adopt(house)
    db.session.rollback()
    again = db.session().scalars(sa.select(GatewayCall)).one()
    assert (again.id, again.key, again.state) == (call.id, call.key, CallState.ANSWERED)
    keys = {
        each["idempotency_key"]
        for each in stripe_sandbox.requests
        if each["path"].endswith(old) and each["method"] == "POST"
    }
    assert keys == {call.key}
    assert len(rows()) == 1


def test_one_that_is_past_due_is_adopted_as_it_stands(house: House, make: Make, stripe_sandbox: Handle) -> None:
    old = make()
    stripe_sandbox.decline_next(old)
    stripe_sandbox.renew(old)
    adopt(house)
    assert rows()[0].state in (S.RETRYING, S.NEEDS_ACTION)
    books_are_in_order()


# The command --------------------------------------------------------------------------------------------------------


def run(app: Flask, *args: str) -> Any:
    done = app.test_cli_runner().invoke(adopt_command, args)
    db.session.rollback()
    return done


def test_the_command_writes_old_and_new_side_by_side(app: Flask, house: House, make: Make, tmp_path: Path) -> None:
    first, second = make(), make("ben@example.org", every="week")
    report = tmp_path / "cut-over.csv"
    tried = run(app, "--dry-run", "--station", "news")
    assert (tried.exit_code, "a dry run" in tried.output, count(Subscription)) == (0, True, 0)
    done = run(app, "--station", "news", "--report", str(report))
    assert done.exit_code == 0, done.output
    assert "1 adopted, 0 known, 0 double, 1 refused." in done.output
    assert "$120.00 a year at Stripe, $120.00 by our rows" in done.output
    with report.open(encoding="utf-8") as opened:
        told = {row["old"]: row for row in csv.DictReader(opened)}
    assert (told[first]["new"], told[first]["amount"]) == (public_id("sustainer", rows()[0].id), "10.00")
    assert (told[second]["new"], told[second]["outcome"]) == ("", "refused")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"id,station,adopt\nsub_1,jazz,\n", "line 2: jazz is no station"),
        (b"id,station,adopt\nsub_1,news,maybe\n", "line 2: adopt is yes, no or nothing"),
        (b"id,station\n,news\n", "line 2: has no id"),
        (b"station\nnews\n", "line 2: has no id"),
        (b'id\n"sub', "no CSV"),
        ("id,station\nsub_ñ,news\n".encode("latin-1"), "no CSV in UTF-8"),
    ],
)
def test_a_map_that_cannot_be_read_says_why(app: Flask, tmp_path: Path, text: bytes, problem: str) -> None:
    file = tmp_path / "map.csv"
    file.write_bytes(text)
    done = run(app, "--map", str(file))
    assert (done.exit_code, problem in done.output) == (1, True)


def test_the_command_is_one_of_payments_and_says_what_is_wrong(app: Flask, stripe_sandbox: Handle) -> None:
    assert payments_group.commands["adopt"] is adopt_command
    assert "jazz is no station" in run(app, "--station", "jazz").output
    stripe_sandbox.fault("cut", count=10)
    assert "run the same command again" in run(app, "--station", "news").output


def test_the_day_of_the_move_is_written_down(house: House, make: Make) -> None:
    make()
    adopt(house)
    adopted = rows()[0].adopted_at
    assert adopted is not None
    assert clock.now() - adopted < timedelta(minutes=5)
