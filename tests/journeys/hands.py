"""What a person does in a browser, as functions: reading, paying, signing in."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from station.demo.house import EMAIL, PASSWORD
from station.demo.queries import demo_code

GOOD_CARD, DECLINED_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"


def fill_pledge(page: Page, email: str) -> None:
    """The three fields about the donor, and on to payment."""
    page.get_by_label("First name").fill("Zoë")
    page.get_by_label("Last name").fill("Peña-O’Brien")
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_label("Card number")).to_be_visible()


def pay(page: Page, card: str) -> None:
    """Stripe's page, as the sandbox shows it."""
    page.get_by_label("Card number").fill(card)
    page.get_by_label("Expiry date").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on card").fill("Zoe Pena")
    page.get_by_role("button", name=re.compile("^Donate")).click()


def sign_in(page: Page, site: str) -> None:
    """Password, then the second factor."""
    page.goto(f"{site}/desk/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main button").first.click()
    page.locator("main input[inputmode=numeric]").fill(demo_code()[0])
    page.locator("main button").first.click()
    expect(page).to_have_url(re.compile("/desk/$"))


def first_story(page: Page, site: str) -> str:
    """Open the front page's lead story; its address."""
    page.goto(site)
    page.locator("main h2 a").first.click()
    return page.url
