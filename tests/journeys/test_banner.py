"""The banner, and the desk pages of what moved, by eye of the machine: axe, reflow at 320 px, the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.news.drafts import StoryDraft, Topic, text_blocks
from station.news.models import BannerLevel
from station.news.services import BannerDraft, RedirectDraft, change_slug, keep_redirect, publish_story, put_up
from tests.conftest import House
from tests.journeys.checks import cut, cut_when_spaced
from tests.journeys.hands import focused, painted
from tests.journeys.test_pages import LOOKS, too_wide, violations

Window = Callable[..., Page]
LONG = "Fire closes Interstate 15 at Primm in both directions; detour by way of Nipton takes two hours"


@pytest.fixture
def story(house: House) -> Any:
    """A story with an earlier address, a redirect to it, and a banner above each station."""
    at = clock.now() - timedelta(hours=1)
    draft = StoryDraft("Fire at Primm", text_blocks("<p>One.</p><p>Two.</p>"), at, "Desert", topics=[Topic("Roads")])
    made = publish_story(draft, house.news.id, COMMAND)
    change_slug(made, "fire", COMMAND)
    keep_redirect(None, RedirectDraft(None, "/2019/12/30/an-old-story-with-a-long-name", "/news/story/fire"), COMMAND)
    ends = clock.now() + timedelta(hours=5)
    for station, level in ((house.news, BannerLevel.BREAKING), (house.classical, BannerLevel.NOTICE)):
        put_up([station.id], BannerDraft(level, LONG, "/news/story/fire", None, ends), {}, COMMAND)
    db.session.rollback()
    return made


def signed_in(page: Page, live: str, desk: Callable[..., FlaskClient]) -> Page:
    cookie = desk("news").get_cookie("station_desk", path="/desk")
    assert cookie is not None
    page.context.add_cookies(
        [{"name": "station_desk", "value": cookie.value, "domain": "127.0.0.1", "path": "/desk"}]
    )
    return page


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_pages_with_a_banner_are_accessible_and_fit(
    live: str, story: Any, window: Window, width: int, dark: bool
) -> None:
    page, found = window(width=width, dark=dark), []
    for path in ("/news/", "/classical/", "/news/story/fire", "/give", "/text/news/", "/news/listen"):
        page.goto(f"{live}{path}")
        assert page.get_by_role("region", name="Notice" if "classical" in path else "Breaking news").is_visible()
        found += violations(page) + cut(page) + cut_when_spaced(page)
    assert found == []


def test_the_keyboard_comes_to_the_main_part_past_the_banner(live: str, story: Any, window: Window) -> None:
    page = window(width=320)
    page.goto(f"{live}/news/")
    painted(page)
    page.keyboard.press("Tab")
    assert focused(page)[1]["name"] == "Skip to main content"
    page.keyboard.press("Tab")
    assert focused(page)[1]["name"] == LONG
    painted(page)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live}/news/story/fire")


def test_paper_carries_none(live: str, story: Any, window: Window) -> None:
    page = window()
    page.goto(f"{live}/news/story/fire")
    page.emulate_media(media="print")
    assert not page.get_by_text(LONG).is_visible()


def test_desk_pages_of_what_moved_are_accessible(
    live: str, story: Any, window: Window, desk: Callable[..., FlaskClient]
) -> None:
    page, found = signed_in(window(), live, desk), []
    page.goto(f"{live}/desk/redirects")
    shown = page.locator("tbody a").first.get_attribute("href")
    paths = ("banner", "banner?change=news", "redirects", "redirects/new", "redirects/import", "redirects?q=zzz")
    for address in (*(f"/desk/{path}" for path in paths), str(shown)):
        answer = page.goto(f"{live}{address}")
        assert answer is not None
        assert answer.status == 200, address
        found += violations(page)
        page.set_viewport_size({"width": 320, "height": 900})
        found += too_wide(page)
        page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []
