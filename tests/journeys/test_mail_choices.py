"""The pages behind the links in a letter: by keyboard, without a script, at 320 px, in both languages, under axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from sandbox.stripe.testing import Handle
from station.core import runtime
from station.core.db import db
from station.mail import queries
from station.members.models import MemberEmail
from tests.faults.plant import Plant
from tests.journeys.checks import barriers, cut, cut_when_spaced, moving
from tests.journeys.hands import painted, tab_to
from tests.journeys.test_keyboard import CONTROLS, walk

Window = Callable[..., Page]


@pytest.fixture
def address(town: Plant) -> str:
    """Of somebody who gets what is not asked for first."""
    found = db.session.scalars(sa.select(MemberEmail.address).order_by(MemberEmail.id).limit(1)).one()
    db.session.rollback()
    return found


def here(site: str, link: str) -> str:
    """A link of this house at the address of the plant."""
    return site + link.removeprefix(runtime.settings().base_url)


def test_all_of_it_by_keyboard_without_a_script(address: str, sandbox: Handle, site: str, window: Window) -> None:
    page, press = window(width=320, scripts=False), lambda key: page.keyboard.press(key)
    page.goto(here(site, queries.unsubscribe_url(address, "drives")))
    expect(page.get_by_role("heading", name="Stop this mail?")).to_be_visible()
    tab_to(page, "^Stop “Pledge drives”$")
    press("Enter")
    expect(page.get_by_role("heading", name="This mail has stopped")).to_be_visible()
    assert queries.wants(address, "drives") is False
    tab_to(page, "^See all my choices$")
    press("Enter")
    expect(page.get_by_label("Pledge drives")).not_to_be_checked()
    tab_to(page, "^Events$")
    press("Space")
    tab_to(page, "^Leave me out of list exchanges$")
    press("Space")
    painted(page)
    press("Enter")  # a form is sent from any of its fields
    expect(page.get_by_role("heading", name="Your choices are saved")).to_be_visible()
    expect(page.get_by_text("Appeals and renewals, Events, Member benefits")).to_be_visible()
    db.session.rollback()
    assert (queries.wants(address, "events"), queries.may_exchange(address)) == (True, False)
    tab_to(page, "^Undo this$")
    press("Enter")
    expect(page.get_by_role("heading", name="It is undone")).to_be_visible()
    tab_to(page, "^See all my choices$")
    press("Enter")
    expect(page.get_by_label("Events")).not_to_be_checked()
    tab_to(page, "^Send me none of this$")
    press("Enter")
    expect(page.get_by_text("None of this", exact=True)).to_be_visible()
    tab_to(page, "^Español$")
    press("Enter")
    expect(page.get_by_role("heading", name="Sus preferencias están guardadas")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "es"


def test_tab_reaches_every_control_once_and_shows_where_it_is(address: str, site: str, window: Window) -> None:
    page = window(width=320)
    page.goto(here(site, queries.preferences_url(address)))
    stops = walk(page)
    assert [at["what"] for _, at in stops] == page.evaluate(CONTROLS)
    assert [at["what"] for _, at in stops if not (at["ringed"] and at["seen"])] == []


@pytest.mark.parametrize(("width", "dark"), [(320, False), (320, True), (1280, False), (1280, True)])
def test_each_of_the_pages_is_accessible_and_fits(
    address: str, sandbox: Handle, site: str, window: Window, width: int, dark: bool
) -> None:
    page, found = window(width=width, dark=dark), []
    for language in ("en", "es"):
        choices = here(site, queries.preferences_url(address, language))
        stop = here(site, queries.unsubscribe_url(address, "benefits", language))
        for link in (choices, stop, here(site, f"/mail/nothing?lang={language}")):
            page.goto(link)
            found += barriers(page, sandbox) + cut(page) + moving(page) + cut_when_spaced(page)
        for link, button in ((stop, 0), (choices, 1), (choices, 0)):  # stopped; none at all; nothing new
            page.goto(link)
            page.locator("main form button").nth(button).click()
            found += barriers(page, sandbox) + cut(page)
            page.goto(choices)
            found += barriers(page, sandbox) + cut(page)
    assert found == []
