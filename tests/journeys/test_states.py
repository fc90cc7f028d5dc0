"""The pledge form in each of its states, by axe, at both widths, by day and by night, with wider text spacing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from sandbox.stripe.testing import Handle
from station.core.db import transaction
from station.payments.models import Payment, PaymentState
from tests.faults.plant import Plant
from tests.journeys.at_the_form import AtTheForm
from tests.journeys.checks import barriers, chosen_for_them, cut, cut_when_spaced, moving
from tests.journeys.hands import stays
from tests.journeys.states import COMMON, LAST, RARE, give_once
from tests.journeys.test_pages import LOOKS

Window = Callable[..., Page]


@pytest.fixture
def town(plant: Plant) -> Plant:
    """The plant with its web server, and nothing else yet: a form needs no stories."""
    plant.start("web")
    return plant


def wrong(page: Page, sandbox: Handle) -> list[str]:
    return [*barriers(page, sandbox), *cut(page), *moving(page), *chosen_for_them(page), *cut_when_spaced(page)]


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_the_states_that_most_donors_see(
    town: Plant, sandbox: Handle, site: str, window: Window, width: int, dark: bool
) -> None:
    found: dict[str, list[str]] = {}
    for name, reach in COMMON.items():
        page = window(width=width, dark=dark)
        reach(page, site, sandbox)
        found[name] = wrong(page, sandbox)
        page.context.close()
    assert {name: what for name, what in found.items() if what} == {}


def test_the_rarer_states_in_turning_looks(town: Plant, sandbox: Handle, site: str, window: Window) -> None:
    give_once(town, sandbox, window(), site)
    found: dict[str, list[str]] = {}
    for turn, (name, reach) in enumerate({**RARE, **LAST}.items()):
        width, dark = LOOKS[turn % len(LOOKS)]
        page = window(width=width, dark=dark)
        reach(page, site, sandbox)
        found[name] = wrong(page, sandbox)
        page.context.close()
        sandbox.sandbox.faults.clear()
    assert {name: what for name, what in found.items() if what} == {}


def test_the_thank_you_page_in_each_state(town: Plant, sandbox: Handle, site: str, window: Window) -> None:
    address, headings = give_once(town, sandbox, window(), site), set()
    found: dict[str, list[str]] = {}
    for turn, state in enumerate(PaymentState):
        with transaction() as session:
            session.execute(sa.update(Payment).values(state=state))
        width, dark = LOOKS[turn % len(LOOKS)]
        page = window(width=width, dark=dark)
        page.goto(address)
        stays(page)
        headings.add(page.locator("h1").inner_text())
        found[state] = wrong(page, sandbox)
        page.context.close()
    assert len(headings) == len(PaymentState)
    assert {state: what for state, what in found.items() if what} == {}


def test_every_state_says_the_whole_gift_on_its_button_or_that_stripes_page_comes_next(
    town: Plant, sandbox: Handle, site: str, window: Window
) -> None:
    page = window(width=320)
    donor = AtTheForm(page, site)
    button = page.locator("#payment button.button-big")
    expect(button).to_have_text("Continue to payment")
    donor.come_near()
    expect(button).to_have_text("Give $5 a month")
    donor.press()
    donor.says("Enter your name.")
    expect(button).to_have_text("Give $5 a month")
    page.get_by_label("One time").check()
    expect(button).to_have_text(re.compile(r"^(Give \$5|Continue to payment)$"))
    donor.is_ready()
    expect(button).to_have_text("Give $5")
