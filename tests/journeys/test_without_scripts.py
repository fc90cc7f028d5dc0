"""Everything works without a script: a gift from the story to the thanks, and the desk's daily work."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from sandbox.stripe.testing import Handle
from station.giving.models import Gift
from station.members.models import Member
from tests.faults.plant import Plant
from tests.journeys.checks import cut
from tests.journeys.hands import GOOD_CARD, come, fill_pledge, first_story, pay, sign_in
from tests.journeys.test_pages import an_id

Window = Callable[..., Page]


def is_refused(page: Page, words: str) -> None:
    """The page says so in its title and its summary, where the reader is; each line leads to a marked field."""
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary")).to_contain_text(words)
    for link in come(page).locator("#error-summary a").all():
        target = (link.get_attribute("href") or "").removeprefix("#")
        expect(page.locator(f"[id='{target}']")).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"[id^='{target.removesuffix('-0')}-error']")).to_contain_text(link.inner_text())


def test_a_gift_from_the_story_to_the_thanks_with_a_mistake_on_the_way(
    town: Plant, sandbox: Handle, site: str, window: Window
) -> None:
    page = window(width=320, scripts=False)
    page.goto(f"{site}/classical/")
    expect(page.locator("main h2 a").first).to_be_visible()
    first_story(page, site)
    page.get_by_role("link", name="Pledge $5 a month").last.click()
    expect(page.locator("#payment-box")).to_be_hidden()
    page.get_by_label("Other amount").fill("12.345")
    page.get_by_label("Last name").fill("Peña")
    page.get_by_label("Email").fill("zoe@")
    page.get_by_role("button", name="Continue to payment").click()
    is_refused(page, "email address")
    assert cut(page) == []
    kept = {"Other amount": "12.345", "First name": "", "Last name": "Peña", "Email": "zoe@"}
    for label, value in kept.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
    for chosen in ("Monthly", "News 88.9 KNPR"):
        expect(page.get_by_role("radio", name=chosen)).to_be_checked()
    page.get_by_label("Other amount").fill("12.50")
    fill_pledge(page, "zoe@example.org")
    pay(page, GOOD_CARD)
    page.get_by_role("link", name="Check again").click()
    expect(page.get_by_role("link", name="Check again")).to_be_visible()  # nobody has told us yet
    sandbox.deliver_now(delayed=True)
    town.start("relay", "worker")
    town.wait_idle()
    expect(page.locator("h1")).to_have_text("Thank you, Zoë")  # the page looks again by itself
    expect(page.locator("main")).to_contain_text("$12.50")


def test_the_desk(town: Plant, site: str, window: Window) -> None:
    page = window(width=320, scripts=False)
    sign_in(page, site)
    page.goto(f"{site}/desk/members?q=a")
    page.locator("main table a").first.click()
    expect(page.locator("h1")).not_to_have_text("Members")
    page.goto(f"{site}/desk/gifts/{an_id(Gift, 'gift')}")
    expect(page.locator("main")).to_contain_text("$")
    page.goto(f"{site}/desk/members/{an_id(Member, 'member')}/edit")
    page.get_by_label("Email").fill("peña@")
    page.get_by_role("button", name="Save").click()
    is_refused(page, "email address")
    expect(page.get_by_label("Email")).to_have_value("peña@")
    page.get_by_label("Email").fill("new.address@example.org")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("new.address@example.org")
    page.goto(f"{site}/desk/sponsors/new")
    page.get_by_role("button", name="Save the sponsor").click()
    is_refused(page, "")
