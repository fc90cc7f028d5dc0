"""The journey of the house: a story, its credit, a pledge, a killed worker, the receipt, the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.db import db
from station.giving.models import Gift
from station.receipts.models import Receipt
from tests.faults.plant import LEASE, Plant
from tests.journeys.hands import DECLINED_CARD, GOOD_CARD, fill_pledge, first_story, pay, sign_in

Window = Callable[..., Page]


def newest_receipt() -> str:
    receipt = db.session.scalars(sa.select(Receipt).order_by(Receipt.issued_at.desc(), Receipt.number.desc())).first()
    assert receipt is not None
    label = receipt.label
    db.session.rollback()
    return label


@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_story_to_the_receipt_with_the_worker_killed_on_the_way(
    town: Plant, sandbox: Handle, site: str, window: Window, width: int
) -> None:
    before = town.count(Gift)
    page = window(width=width, scripts=False)
    first_story(page, site)
    expect(page.get_by_text("Support comes from", exact=True)).to_have_count(1)
    page.get_by_role("link", name="Pledge $5 a month").last.click()
    expect(page.get_by_role("radio", name="Monthly")).to_be_checked()
    expect(page.get_by_role("radio", name="$5", exact=True)).to_be_checked()
    fill_pledge(page, "zoe@example.org")

    pay(page, DECLINED_CARD)
    expect(page.get_by_text(re.compile("declined")).first).to_be_visible()
    town.start("relay")
    town.start("worker", pause_at="payments.apply_event:claimed")
    pay(page, GOOD_CARD)
    expect(page.locator("h1")).to_contain_text("We have not heard")
    assert sandbox.deliver_now(delayed=True) > 0
    town.wait_for_pause()
    town.kill("worker")
    assert town.count(Gift) == before

    town.pass_time(LEASE)
    town.start("worker")
    town.wait_idle()
    assert town.count(Gift) == before + 1
    expect(page.locator("h1")).to_have_text("Thank you, Zoë")  # the page looks again by itself
    label = newest_receipt()
    mails = [m for m in town.mailbox.messages if "zoe@example.org" in str(m["To"])]
    assert len(mails) == 1
    assert label in mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    page.get_by_role("link", name=f"Open receipt {label}").click()
    expect(page.get_by_text("No goods or services were provided")).to_be_visible()
    page.go_back()
    page.go_back()
    assert town.count(Gift) == before + 1


def test_a_month_later_the_renewal_has_a_receipt_of_its_own(
    town: Plant, sandbox: Handle, site: str, window: Window
) -> None:
    page = window(scripts=False)
    page.goto(f"{site}/give?station=classical&amount=12.50&frequency=month")
    fill_pledge(page, "monthly@example.org")
    pay(page, GOOD_CARD)
    sandbox.deliver_now(delayed=True)
    town.start("relay", "worker")
    town.wait_idle()
    before, first = town.count(Gift), newest_receipt()
    sandbox.renew(sandbox.sandbox.store.all("subscription")[-1]["id"])
    sandbox.deliver_now(delayed=True)
    town.wait_idle()
    assert town.count(Gift) == before + 1
    assert newest_receipt() > first
    assert len([m for m in town.mailbox.messages if "monthly@example.org" in str(m["To"])]) == 2


def test_the_desk_sees_the_gift(town: Plant, sandbox: Handle, site: str, window: Window) -> None:
    donor = window(scripts=False)
    donor.goto(f"{site}/give?station=news&amount=40&frequency=once")
    fill_pledge(donor, "desk@example.org")
    pay(donor, GOOD_CARD)
    sandbox.deliver_now(delayed=True)
    town.start("relay", "worker")
    town.wait_idle()
    page = window()
    sign_in(page, site)
    page.goto(f"{site}/desk/members?q=pena-o")
    page.locator("main table a").first.click()
    expect(page.locator("h1")).to_have_text("Zoë Peña-O’Brien")
    expect(page.locator("main")).to_contain_text("$40.00")
    page.goto(f"{site}/desk/gifts")
    page.locator("main table a").first.click()
    expect(page.locator("main")).to_contain_text("$40.00")
    expect(page.locator("main")).to_contain_text(newest_receipt())


def test_staff_place_a_credit_and_see_it_on_the_story_at_once(town: Plant, site: str, window: Window) -> None:
    page, today = window(), clock.today("America/Los_Angeles")
    sign_in(page, site)
    page.goto(f"{site}/desk/sponsors")
    page.get_by_role("link", name="Add a sponsor").click()
    page.get_by_label("Organisation").fill("Quill & Daughters LLC")
    page.get_by_label("Name in credits").fill("Quill & Daughters")
    page.locator("main button").first.click()
    page.get_by_role("link", name="Book a flight").first.click()
    page.get_by_label("Station").select_option(label="Classical 89.7 KCNV")
    page.get_by_label("First day").fill(str(today))
    page.get_by_label("Last day").fill(str(today + timedelta(days=30)))
    page.locator("main button").first.click()
    page.get_by_label("Words of the credit").fill("Makers of pens for people who write letters.")
    page.get_by_role("button", name="Keep as a draft").click()
    reader = window(scripts=False)
    assert not seen(reader, site, "Quill & Daughters")
    stop = page.get_by_role("button", name="Stop the flight now")
    page.get_by_role("button", name="Approve these words").click()
    expect(stop).to_be_visible()
    assert seen(reader, site, "Quill & Daughters")
    stop.click()
    expect(stop).to_be_hidden()
    assert not seen(reader, site, "Quill & Daughters")


def seen(page: Page, site: str, sponsor: str) -> bool:
    """Whether a sponsor's credit comes up within twenty views of a Classical story: live credits take turns."""
    first_story(page, f"{site}/classical/")
    for _ in range(20):
        page.reload()
        slots = page.locator("aside.underwriting").all_inner_texts()
        assert "Support comes from" in " ".join(slots)
        if any(sponsor in slot for slot in slots):
            return True
    return False
