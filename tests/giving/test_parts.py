"""A gift with its processing cost added, and a gift to both stations: through pledge, payment, ledger and receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from justhtml import JustHTML

from config import FeeRate
from sandbox.stripe.testing import Handle
from station.core.db import db
from station.core.places import INVARIANTS
from station.core.runtime import settings
from station.giving.forms import parts
from station.licensee.queries import stations
from station.payments.models import Account, LedgerEntry, Payment, Subscription
from station.receipts.models import Receipt
from tests.giving.conftest import Donor, gifts, pledges, thanks_page

Pay = Callable[..., str | None]
COVER = {"cover": "y"}


def rows() -> list[Payment]:
    db.session.rollback()
    return list(db.session().scalars(sa.select(Payment).order_by(Payment.id)))


def balance(account: Account) -> list[int]:
    """The balance of an account, by station in their order."""
    rows = db.session().execute(
        sa.select(LedgerEntry.station_id, sa.func.sum(LedgerEntry.amount_cents))
        .where(LedgerEntry.account == account)
        .group_by(LedgerEntry.station_id)
    )
    found = {station_id: int(cents) for station_id, cents in rows}
    return [found.get(each.id, 0) for each in stations()]


def books_are_in_order() -> None:
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_the_box_is_there_worded_as_a_gift_and_not_ticked(donor: Donor) -> None:
    page = JustHTML(donor.client.get("/give?amount=5&frequency=once&station=news").text, sanitize=False)
    box = page.query("#cover")[0]
    assert (box.attrs["type"], "checked" in box.attrs) == ("checkbox", False)
    text = page.query("#cover-row")[0].to_text()
    assert "Add a little to my gift" in text
    assert "$0.42 on $5" in text
    assert not {"fee", "surcharge"} & set(text.lower().split())


def test_a_covered_gift_keeps_its_parts_all_the_way(donor: Donor, pay: Pay, monkeypatch: pytest.MonkeyPatch) -> None:
    price = replace(settings(), stripe_fees=(FeeRate("card", date(2020, 1, 1), 290, 30),))  # the sandbox's own
    monkeypatch.setattr(parts, "settings", lambda: price)
    pay(donor.pledge(frequency="once", amount="100", **COVER).location)
    payment, gift = rows()[0], gifts()[0]
    assert (payment.amount_cents, payment.cover_cents, payment.fee_cents) == (10_330, 330, 330)
    assert (gift.amount_cents, pledges()[0].amount_cents) == (10_330, 10_330)
    assert (balance(Account.GIFTS), balance(Account.COVER)) == ([-10_000, 0], [-330, 0])
    assert balance(Account.STRIPE) == [10_000, 0]  # the station keeps the gift, to the cent
    receipt = db.session().scalars(sa.select(Receipt)).one()
    assert receipt.amount_cents == 10_330
    assert "It includes $3.30 that you added" in receipt.text
    page = donor.client.get(thanks_page(pledges()[0].id)).text
    assert "$103.30" in page
    assert "$3.30" in page
    books_are_in_order()


def test_each_renewal_keeps_its_cover(donor: Donor, pay: Pay, stripe_sandbox: Handle, outbox: Any) -> None:
    pay(donor.pledge(**COVER).location)
    order = db.session().scalars(sa.select(Subscription)).one()
    assert (order.amount_cents, order.cover_cents) == (542, 42)
    stripe_sandbox.renew(order.stripe_subscription or "")
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert [(row.amount_cents, row.cover_cents) for row in rows()] == [(542, 42)] * 2
    assert (balance(Account.GIFTS), balance(Account.COVER)) == ([-1000, 0], [-84, 0])
    books_are_in_order()


def test_in_the_page_the_cover_follows_the_amount(donor: Donor, stripe_sandbox: Handle) -> None:
    facts = donor.open()

    def ask(**changes: str) -> Any:
        return donor.client.post(
            "/give/checkout", data={**facts, **changes}, headers={"Sec-Fetch-Site": "same-origin"}
        )

    assert ask().json["cover_cents"] == 42
    covered = ask(**COVER)
    assert (covered.json["amount_cents"], covered.json["gift_cents"], covered.json["cover_cents"]) == (542, 500, 42)
    assert [(row.amount_cents, row.cover_cents) for row in rows()] == [(542, 42)]
    same_sum = ask(amount="", other_amount="5.42")
    assert same_sum.json["amount_cents"] == 542
    assert [(row.amount_cents, row.cover_cents) for row in rows()] == [(542, 0)]
    assert [session["amount_total"] for session in stripe_sandbox.sandbox.store.all("checkout.session")] == [542]


def test_who_comes_back_finds_the_box_as_they_left_it(donor: Donor, stripe_sandbox: Handle) -> None:
    donor.pledge(frequency="once", station="both", **COVER)
    page = JustHTML(donor.client.get(f"/give?pledge={thanks_page(pledges()[0].id)[8:]}").text, sanitize=False)
    assert "checked" in page.query("#cover")[0].attrs
    on = {
        box.attrs["value"] for box in page.query("input") if "checked" in box.attrs and box.attrs["type"] == "radio"
    }
    assert on == {"once", "5", "both"}


@pytest.mark.parametrize(("amount", "shares"), [("5", [250, 250]), ("5.01", [251, 250])])
def test_a_gift_to_both_is_half_each_stations(
    donor: Donor, pay: Pay, desk: Any, amount: str, shares: list[int]
) -> None:
    pay(donor.pledge(frequency="once", amount="", other_amount=amount, station="both").location)
    payment = rows()[0]
    assert [payment.amount_cents - payment.second_cents, payment.second_cents] == shares
    assert [-cents for cents in balance(Account.GIFTS)] == shares
    assert sum(balance(Account.FEES)) == payment.fee_cents
    receipt = db.session().scalars(sa.select(Receipt)).one()
    assert "In support of: News 88.9 KNPR and Classical 89.7 KCNV" in receipt.text
    browser = desk("development")
    for station, cents in zip(("news", "classical"), shares, strict=True):
        assert f"<b>${cents / 100:.2f}</b> in 1 gift" in browser.get(f"/desk/gifts?station={station}").text
    assert f"<b>${payment.amount_cents / 100:.2f}</b> in 1 gift" in browser.get("/desk/gifts").text
    books_are_in_order()


def test_a_covered_monthly_gift_to_both_renews_in_halves(
    donor: Donor, pay: Pay, stripe_sandbox: Handle, outbox: Any
) -> None:
    pay(donor.pledge(station="both", **COVER).location)
    order = db.session().scalars(sa.select(Subscription)).one()
    stripe_sandbox.renew(order.stripe_subscription or "")
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert [row.second_cents for row in rows()] == [271, 271]
    assert balance(Account.COVER) == [-42, -42]
    assert [sum(pair) for pair in zip(balance(Account.GIFTS), balance(Account.COVER), strict=True)] == [-542, -542]
    books_are_in_order()
