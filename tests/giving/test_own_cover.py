"""A donor who adds the processing cost keeps doing so when the amount changes, until they drop it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from justhtml import JustHTML

from config import FeeRate
from station.core import clock
from station.core.db import db, transaction
from station.core.ids import public_id
from station.core.money import Money
from station.core.places import INVARIANTS
from station.core.runtime import settings
from station.giving import queries
from station.giving.forms.parts import cover_of_order
from station.giving.policies.notices import BY_A_CHANGE
from station.giving.services import give_notices
from station.members.models import Member
from station.payments.models import Payment, PaymentKind
from station.receipts.models import Receipt
from tests.giving.conftest import Donor, pledges
from tests.giving.keeping import Giver
from tests.giving.noticing import card, gift, written
from tests.giving.test_own_page import change, followed, link_of

Desk = Callable[..., FlaskClient]


def parts(giver: Giver) -> tuple[int, int]:
    """What the standing order charges, and what of it covers fees."""
    order = giver.order()
    return order.amount_cents, order.cover_cents


def at_stripe(giver: Giver) -> Any:
    return giver.stripe.get(giver.order().stripe_subscription or "")["items"]["data"][0]["price"]["unit_amount"]


def box(page: Any, name: str = "amount-") -> tuple[str, bool]:
    """What the form holds: the gift, and whether the box is ticked."""
    shown = JustHTML(page.text, sanitize=False)
    typed, ticked = shown.query(f"#{name}amount")[0], shown.query(f"#{name}cover")[0]
    return typed.attrs["value"] or "", "checked" in ticked.attrs


def newest_renewal() -> Payment:
    db.session.rollback()
    mine = sa.select(Payment).where(Payment.kind == PaymentKind.RENEWAL).order_by(Payment.id.desc())
    return db.session().scalars(mine).first()  # type: ignore[return-value]


def test_another_amount_keeps_the_cover_worked_out_anew(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor, cover="y")
    path = link_of(giver)
    page = client.get(path)
    assert (parts(giver), box(page)) == ((542, 42), ("5", True))
    assert "$5.00, and $0.42 that you add for processing" in page.text
    page = followed(client, change(client, path, "amount", amount="10", cover="y"))
    assert "$10.53 a month to News" in page.text
    assert "$10.00, and $0.53 that you add for processing" in page.text
    assert (parts(giver), at_stripe(giver), box(page)) == ((1053, 53), 1053, ("10", True))
    giver.told()
    letter = giver.letter().get_body(("plain",)).get_content()
    assert "your gift is $10.53 a month from its next charge on" in letter
    assert "Made up of   $10.00, and $0.53 that you add for processing" in letter
    assert "Until now    $5.42" in letter
    giver.renewed()
    paid = newest_renewal()
    assert (paid.amount_cents, paid.cover_cents) == (1053, 53)
    receipt = db.session().scalars(sa.select(Receipt).order_by(Receipt.id.desc())).first()
    assert receipt is not None
    assert "It includes $0.53 that you added" in " ".join(receipt.text.split())
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_the_donor_drops_the_cover_and_takes_it_up_again(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor, cover="y")
    path = link_of(giver)
    page = followed(client, change(client, path, "amount", amount="5"))
    assert (parts(giver), at_stripe(giver), box(page)) == ((500, 0), 500, ("5", False))
    assert "you add for processing" not in page.text
    assert "$0.42 on $5. It counts as a gift, too." in page.text
    giver.told()
    assert "Made up of" not in giver.letter().get_body(("plain",)).get_content()
    giver.renewed()
    assert (newest_renewal().amount_cents, newest_renewal().cover_cents) == (500, 0)
    followed(client, change(client, path, "amount", amount="5", cover="y"))
    assert parts(giver) == (542, 42)
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_nothing_new_is_refused_and_what_was_typed_is_kept(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor, cover="y")
    path = link_of(giver)
    same = change(client, path, "amount", amount="5", cover="y")
    assert (same.status_code, box(same)) == (409, ("5", True))
    wrong = change(client, path, "amount", amount="1")
    assert (wrong.status_code, box(wrong), parts(giver)) == (422, ("1", False), (542, 42))


def test_the_same_total_can_be_all_gift_or_hold_the_cover(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor, cover="y")
    path = link_of(giver)
    page = followed(client, change(client, path, "amount", amount="5.42"))
    assert (parts(giver), at_stripe(giver), box(page)) == ((542, 0), 542, ("5.42", False))
    giver.told()
    letter, text = giver.letter(), giver.letter().get_body(("plain",)).get_content()
    assert letter["Subject"] == "What your gift is made up of has changed"
    assert "your gift stays $5.42 a month." in text
    assert "all of it is your gift, and nothing is for processing" in text
    assert "Until now    $5.00, and $0.42 for processing" in text
    assert "You asked for this." in text
    giver.renewed()
    assert (newest_renewal().amount_cents, newest_renewal().cover_cents) == (542, 0)
    page = followed(client, change(client, path, "amount", amount="5", cover="y"))
    assert (parts(giver), at_stripe(giver), box(page)) == ((542, 42), 542, ("5", True))
    giver.told()
    text = giver.letter().get_body(("plain",)).get_content()
    assert "$5.00 of it is your gift, and $0.42 you add for processing" in text
    assert "Made up of   $5.00, and $0.42 that you add for processing" in text
    assert "Until now    $5.42, and nothing for processing" in text
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


@pytest.mark.parametrize("asked", ["phone", "station"])
def test_the_desk_makes_up_the_same_total_in_another_way(giver: Giver, donor: Donor, desk: Desk, asked: str) -> None:
    order_id, staff = giver.begin_by_bank(donor, cover="y"), desk("development")
    path, total = f"/desk/sustainers/{public_id('sustainer', order_id)}", giver.order().amount_cents
    token = re.search(r'name="csrf_token" value="([^"]+)"', staff.get(path).text)
    assert token
    data = {"csrf_token": token[1], "asked": asked, "amount": str(Money(total)).strip("$")}
    assert staff.post(f"{path}/amount", data=data).status_code == 303
    assert (parts(giver), at_stripe(giver)) == ((total, 0), total)
    shown = staff.get(path).text
    assert f"{Money(total)} (" in shown
    assert "covers fees, no longer" in shown
    giver.told()
    (notice,) = [each for each in written(order_id) if each.kind in BY_A_CHANGE]
    assert (notice.kind.value, notice.asked.value) == ("change", asked), "the same sum is debited: nothing ahead"
    giver.passes(20)
    give_notices()
    assert [each.id for each in written(order_id) if each.kind in BY_A_CHANGE] == [notice.id]


def test_a_bank_account_is_reckoned_at_its_own_price(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin_by_bank(donor, cover="y")
    followed(client, change(client, link_of(giver), "amount", amount="100", cover="y"))
    assert parts(giver) == (10_081, 81)


@pytest.mark.parametrize(
    ("kind", "label", "cents"),
    [
        ("card", "Visa ending 4242", 256),
        ("card", "American Express ending 0005", 363),
        ("us_bank_account", "Test Bank ending 6789", 81),
        ("cashapp", "Cashapp", 256),
    ],
)
def test_the_price_is_that_of_what_the_gift_charges(house: Any, kind: str, label: str, cents: int) -> None:
    order_id = gift(next_on=clock.today("America/Los_Angeles") + timedelta(days=20))
    assert cover_of_order(order_id, Money(10_000)) == Money(256)
    card(order_id, kind, label)
    assert cover_of_order(order_id, Money(10_000)) == Money(cents)


def test_the_price_is_that_of_the_day_of_the_next_charge(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    today = clock.today("America/Los_Angeles")
    rates = (FeeRate("card", date(2020, 1, 1), 220, 30), FeeRate("card", today + timedelta(days=10), 290, 30))
    dear = replace(settings(), stripe_fees=rates)
    monkeypatch.setattr("station.giving.forms.parts.settings", lambda: dear)
    soon, later = (gift(next_on=today + timedelta(days=days)) for days in (9, 10))
    assert [cover_of_order(each, Money(10_000)).cents for each in (soon, later)] == [256, 330]


def test_the_desk_changes_the_amount_likewise(giver: Giver, donor: Donor, desk: Desk) -> None:
    order_id, staff = giver.begin(donor, cover="y"), desk("development")
    path = f"/desk/sustainers/{public_id('sustainer', order_id)}"
    page = staff.get(path)
    assert box(page, "") == ("5", True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    data = {"csrf_token": token[1], "asked": "phone", "amount": "10", "cover": "y"}
    assert staff.post(f"{path}/amount", data=data).status_code == 303
    assert (parts(giver), at_stripe(giver)) == ((1053, 53), 1053)
    shown = staff.get(path).text
    assert "$5.42 ($0.42 for processing)" in shown
    assert "$10.53 ($0.53 for processing)" in shown
    del data["cover"]
    assert staff.post(f"{path}/amount", data=data).status_code == 303
    assert (parts(giver), box(staff.get(path), "")) == ((1000, 0), ("10", False))


def test_a_letter_in_spanish_says_it_too(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor, cover="y")
    member_id = queries.sustainer(giver.order().id).member_id  # type: ignore[union-attr]
    db.session().rollback()
    with transaction() as session:
        session.get_one(Member, member_id).language = "es"
    followed(client, change(client, link_of(giver), "amount", amount="10", cover="y"))
    giver.told()
    letter = giver.letter().get_body(("plain",)).get_content()
    assert "Se compone de   $10.00 y $0.53 que usted añade para el procesamiento" in letter
    followed(client, change(client, link_of(giver), "amount", amount="10.53"))
    giver.told()
    letter = giver.letter()
    assert letter["Subject"] == "Lo que compone su donativo ha cambiado"
    text = letter.get_body(("plain",)).get_content()
    assert "Su donativo sigue siendo de $10.53 al mes." in text
    assert "todo es su donativo y nada se destina al procesamiento" in text
    assert "Hasta ahora     $10.00 y $0.53 para el procesamiento" in text


def test_who_gives_again_finds_the_gift_without_its_cover(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor, cover="y")
    followed(client, change(client, link_of(giver), "amount", amount="10", cover="y"))
    db.session.rollback()
    pledge = queries.pledge(pledges()[0].id)
    assert pledge is not None
    assert (pledge.amount, pledge.cover) == (Money(1053), Money(53))
