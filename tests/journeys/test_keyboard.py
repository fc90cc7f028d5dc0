"""The pledge without a mouse: Tab comes to every control once and shows where it is; a whole gift by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from sandbox.stripe.testing import Handle
from tests.conftest import MEASURED
from tests.faults.plant import Plant
from tests.journeys.at_the_form import AtTheForm
from tests.journeys.hands import focused, painted, tab_to
from tests.journeys.states import field_errors

Window = Callable[..., Page]
MOST_STOPS = 20  # from the skip link to the button, following a link that names the amount

CONTROLS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
  .filter(each => each.tabIndex >= 0 && each.checkVisibility() && !each.disabled && each.getClientRects().length)
  .filter(each => each.type !== 'radio' || each.checked || (
    !document.querySelector(`input[name="${each.name}"]:checked`)
    && each === document.querySelector(`input[name="${each.name}"]`)))
  .map(each => each.outerHTML.slice(0, 160))"""


@pytest.fixture
def town(plant: Plant) -> Plant:
    """The plant with its web server, and nothing else yet: a form needs no stories."""
    plant.start("web")
    return plant


def walk(page: Page) -> list[tuple[Page | Frame, dict[str, Any]]]:
    """Every stop of Tab from the beginning of the page until it leaves it."""
    stops: list[tuple[Page | Frame, dict[str, Any]]] = []
    painted(page)
    while len(stops) < 80:
        page.keyboard.press("Tab")
        where, at = focused(page)
        if at["outside"]:
            return stops
        stops.append((where, at))
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("width", [320, 1280])
def test_tab_reaches_every_control_once_in_order_and_shows_where_it_is(
    town: Plant, site: str, window: Window, record_property: Any, width: int
) -> None:
    donor = AtTheForm(window(width=width), site).come_near()
    page = donor.page
    stops = walk(page)
    inside = next(where for where, _ in stops if where is not page)
    ours = [at["what"] for where, at in stops if where is page]
    assert ours == page.evaluate(CONTROLS)
    assert [at["what"] for where, at in stops if where is not page] == inside.evaluate(CONTROLS)
    assert [at["what"] for _, at in stops if not at["ringed"]] == []
    assert [at["what"] for _, at in stops if not at["seen"]] == []
    names = [at["name"] for _, at in stops]
    count = names.index("Give $5 a month") + 1
    record_property(MEASURED, f"Pledge form at {width}: {count} stops from the skip link to the button")
    assert names[0] == "Skip to main content"
    assert count <= MOST_STOPS, names


def test_a_whole_gift_by_keys_alone(town: Plant, sandbox: Handle, site: str, window: Window) -> None:
    donor = AtTheForm(window(), site, "/give")
    page, press, write = donor.page, donor.page.keyboard.press, donor.page.keyboard.type
    tab_to(page, "^Skip to main content$")
    press("Enter")
    tab_to(page, "^Monthly$")
    press("Space")
    tab_to(page, r"^\$5$")
    press("Space")
    press("ArrowRight")
    expect(page.get_by_label("$10", exact=True)).to_be_checked()
    tab_to(page, "^News")
    press("Space")
    press("ArrowDown")
    expect(page.get_by_label("Classical 89.7 KCNV")).to_be_checked()
    for field, typed in (("First name", "Zoë"), ("Last name", "Peña-O’Brien"), ("Email", "zoe@example.org")):
        tab_to(page, f"^{field}$")
        write(typed)
    donor.is_ready()
    for field, typed in (
        ("Card number", "4242424242424242"),
        ("Expiration date", "1240"),
        ("Security code", "123"),
        ("ZIP code", "89101"),
    ):
        tab_to(page, f"^{field}$")
        write(typed)
    tab_to(page, r"^Give \$10 a month$")
    press("Enter")
    donor.thanks(re.compile("."))
    paid = [s["amount_total"] for s in sandbox.sandbox.store.all("checkout.session") if s["status"] == "complete"]
    assert paid == [1000]


def test_enter_in_a_field_sends_the_form(town: Plant, site: str, window: Window) -> None:
    donor = AtTheForm(window(), site).come_near().fill().card()
    donor.page.get_by_label("Email", exact=True).press("Enter")
    donor.thanks(re.compile("."))


def test_from_what_is_wrong_with_the_card_the_keyboard_goes_straight_to_its_form(
    town: Plant, sandbox: Handle, site: str, window: Window
) -> None:
    page = window(width=320)
    field_errors(page, site, sandbox)
    tab_to(page, "^Your card number is incomplete")
    page.keyboard.press("Enter")
    painted(page)
    page.keyboard.press("Tab")
    where, at = focused(page)
    assert where is not page
    assert at["name"] == "Card"
