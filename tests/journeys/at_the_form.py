"""A donor at the pledge form with its payment in the page: filling in, paying, and looking at what happens."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import FrameLocator, Page, expect

FIVE_A_MONTH = "/give?station=news&amount=5&frequency=month"
SUMMARY = "#error-summary"


class AtTheForm:
    """One donor in one window. `look` keeps a picture in STATION_TEST_PICTURES, for people's eyes."""

    def __init__(self, page: Page, site: str, link: str = FIVE_A_MONTH) -> None:
        self.page, self.site = page, site
        page.goto(f"{site}{link}")

    @property
    def element(self) -> FrameLocator:
        """Stripe's Payment Element."""
        return self.page.frame_locator("#payment-element iframe").first

    @property
    def button(self) -> object:
        return self.page.locator("#payment button.button-big")

    def come_near(self) -> AtTheForm:
        """Scroll to the payment, and wait until Stripe's fields are there."""
        self.page.locator("#payment").scroll_into_view_if_needed()
        self.is_ready()
        return self

    def is_ready(self) -> None:
        expect(self.page.locator("#payment")).to_have_attribute("data-state", "ready")

    def fill(self, email: str = "zoe@example.org", given: str = "Zoë", family: str = "Peña-O’Brien") -> AtTheForm:
        self.page.get_by_label("First name").fill(given)
        self.page.get_by_label("Last name").fill(family)
        self.page.get_by_label("Email", exact=True).fill(email)
        return self

    def card(self, number: str = "4242424242424242") -> AtTheForm:
        self.element.get_by_label("Card number").fill(number)
        self.element.get_by_label("Expiration date").fill("12 / 40")
        self.element.get_by_label("Security code").fill("123")
        self.element.get_by_label("ZIP code").fill("89101")
        return self

    def press(self) -> AtTheForm:
        self.page.locator("#payment button.button-big").click()
        return self

    def says(self, words: str | re.Pattern[str]) -> None:
        """The summary of problems says so, and the reader is there."""
        expect(self.page.locator(SUMMARY)).to_contain_text(words)
        expect(self.page.locator(SUMMARY)).to_be_focused()
        expect(self.page).to_have_title(re.compile("^Error: "))

    def thanks(self, heading: str | re.Pattern[str]) -> None:
        expect(self.page).to_have_url(re.compile("/thanks/pledge_"))
        expect(self.page.locator("h1")).to_have_text(heading)  # a waiting page looks again by itself

    def look(self, name: str) -> None:
        if folder := os.environ.get("STATION_TEST_PICTURES"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
