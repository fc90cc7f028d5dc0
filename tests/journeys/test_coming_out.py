"""A story goes from the desk to its readers: scheduled, seen in the queue, and out at its minute."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from station.core import clock
from tests.faults.plant import Plant
from tests.journeys.hands import sign_in
from tests.journeys.test_pages import violations

HEADLINE = "A seed bank opens its drawers to gardeners"
ADDRESS = "news/story/a-seed-bank-opens-its-drawers-to-gardeners"


def test_from_the_desk_to_the_reader(town: Plant, site: str, window: Callable[..., Page]) -> None:
    desk, reader = window(width=1280), window(width=360)
    sign_in(desk, site)
    desk.get_by_role("link", name="Stories", exact=True).click()
    desk.get_by_role("link", name="Drafts").click()
    desk.get_by_role("link", name=HEADLINE).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(HEADLINE)
    soon = clock.now() + timedelta(minutes=21)  # at its full minute, which is 20 to 21 minutes from now
    at = clock.local(soon, "America/Los_Angeles").replace(second=0, microsecond=0)
    form = desk.locator("form[action$='/schedule']")
    form.get_by_label("Day").fill(at.date().isoformat())
    form.get_by_label("Time").fill(at.strftime("%H:%M"))
    form.get_by_role("button", name="Schedule it").click()
    expect(desk.locator(".messages")).to_contain_text("It comes out by itself")
    assert violations(desk) == []
    desk.goto(f"{site}/desk/stories?state=scheduled")
    row = desk.get_by_role("row", name=re.compile(HEADLINE))
    expect(row).to_contain_text(re.compile(r"in (19|20) minutes"))
    answer = reader.goto(f"{site}/{ADDRESS}")
    assert answer is not None
    assert answer.status == 404
    clock.move(timedelta(minutes=21))
    answer = reader.goto(f"{site}/{ADDRESS}")
    assert answer is not None
    assert answer.status == 200
    expect(reader.get_by_role("heading", level=1)).to_have_text(HEADLINE)
    reader.goto(f"{site}/news/")
    expect(reader.get_by_role("link", name=HEADLINE).first).to_be_visible()
    desk.reload()
    expect(desk.get_by_role("row", name=re.compile(HEADLINE))).to_have_count(0)
    desk.goto(f"{site}/desk/stories?state=out")
    expect(desk.get_by_role("row", name=re.compile(HEADLINE))).to_contain_text("Out")
