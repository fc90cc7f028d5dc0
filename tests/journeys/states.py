"""Every state in which a donor can meet the pledge form with its payment in the page, each by what leads to it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from sandbox.stripe.testing import Handle
from station.core.db import db
from station.core.ids import new_id
from station.screening.policies import DECLINES_OF_NETWORK
from station.screening.services import note_decline, sender
from tests.faults.plant import Plant
from tests.journeys.at_the_form import AtTheForm

Reach = Callable[[Page, str, Handle], None]
ASKED_BY_THE_BANK, DECLINED = "4000002760003184", "4000000000009995"


def at(page: Page, site: str) -> AtTheForm:
    return AtTheForm(page, site).come_near()


def status(donor: AtTheForm, words: str) -> None:
    donor.page.locator("#payment").scroll_into_view_if_needed()
    expect(donor.page.locator("#payment-status")).to_contain_text(words)


def card(page: Page, site: str, sandbox: Handle) -> None:
    at(page, site)


def bank(page: Page, site: str, sandbox: Handle) -> None:
    donor = at(page, site)
    donor.element.get_by_label("US bank account").check()
    expect(donor.element.get_by_text("you agree to authorize payments")).to_be_visible()


def wallets(page: Page, site: str, sandbox: Handle) -> None:
    sandbox.set_wallets("apple_pay", "google_pay", "link")
    donor = at(page, site)
    sandbox.set_wallets()
    expect(donor.page.get_by_text("or fill in below")).to_be_visible()


def field_errors(page: Page, site: str, sandbox: Handle) -> None:
    at(page, site).press().says("Enter your name.")


def choose(page: Page, site: str, sandbox: Handle) -> None:
    status(AtTheForm(page, site, "/give"), "Choose how often and how much")


def loading(page: Page, site: str, sandbox: Handle) -> None:
    sandbox.fault("script_slow", seconds=60)
    status(AtTheForm(page, site), "is loading")


def slow(page: Page, site: str, sandbox: Handle) -> None:
    sandbox.fault("script_slow", seconds=60)
    status(AtTheForm(page, site), "slow to load")


def blocked(page: Page, site: str, sandbox: Handle) -> None:
    page.route("**/endive/stripe.js", lambda route: route.abort("blockedbyclient"))
    status(AtTheForm(page, site), "could not be loaded here")


def declined(page: Page, site: str, sandbox: Handle) -> None:
    at(page, site).fill("declined@example.org").card(DECLINED).press().says("too little money")


def working(page: Page, site: str, sandbox: Handle) -> None:
    donor = at(page, site).fill("working@example.org").card()
    sandbox.fault("hang", seconds=60, path="/v1/payment_pages/")
    donor.press()
    expect(page.locator("#payment button.button-big")).to_have_text("Working…")


def bank_asks(page: Page, site: str, sandbox: Handle) -> None:
    at(page, site).fill("asked@example.org").card(ASKED_BY_THE_BANK).press()
    bank_itself = page.get_by_role("dialog").frame_locator("iframe")
    expect(bank_itself.get_by_role("button", name="Complete")).to_be_focused()


def given_already(page: Page, site: str, sandbox: Handle) -> None:
    at(page, site).fill().card().press().says("There is no need to send it again")


def paused(page: Page, site: str, sandbox: Handle) -> None:
    for _ in range(DECLINES_OF_NETWORK):
        note_decline(sender("127.0.0.1"), new_id(), "")
    db.session.remove()
    status(AtTheForm(page, site), "Several cards were declined from your network")


COMMON: dict[str, Reach] = {
    "card": card,
    "bank": bank,
    "wallets": wallets,
    "field-errors": field_errors,
    "working": working,
}
RARE: dict[str, Reach] = {
    "choose": choose,
    "loading": loading,
    "slow": slow,
    "blocked": blocked,
    "declined": declined,
    "bank-asks": bank_asks,
    "given-already": given_already,
}
LAST: dict[str, Reach] = {"paused": paused}  # the network stays paused for an hour


def give_once(plant: Plant, sandbox: Handle, page: Page, site: str) -> str:
    """One whole pledge in the page, told to the house; the address of its thank-you page."""
    donor = at(page, site).fill().card().press()
    donor.thanks(re.compile("."))
    sandbox.deliver_now(delayed=True)
    plant.start("relay", "worker")
    plant.wait_idle()
    return page.url.partition("?")[0]
