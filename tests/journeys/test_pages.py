"""Every kind of page by eye of the machine: axe with WCAG 2.2 AA, reflow at 320 px, the keyboard, third parties."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from station.core.db import db
from station.core.ids import public_id
from station.demo.services import load_demo
from station.giving.models import Gift, Pledge
from station.members.models import Member
from station.news.models import Story
from station.payments.models import Payment, PaymentState
from station.receipts.models import Letter, Receipt
from station.underwriting.models import Flight, Sponsor
from tests.faults.plant import Plant
from tests.journeys.axe import found_by_axe
from tests.journeys.hands import come, first_story, painted, sign_in, stays

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [(320, False), (320, True), (1280, False), (1280, True)]
Window = Callable[..., Page]

SHIFTS = """new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shifted = (window.shifted || 0) + entry.value;
}).observe({type: 'layout-shift', buffered: true})"""
SMALL = """[...document.querySelectorAll(
  '.bar a, main .input, main .tile, main button, main .error-summary a, .foot a'
)].map(each => [each.outerHTML.slice(0, 60), each.getBoundingClientRect()])
  .filter(([, box]) => box.height > 0 && (box.height < 43.9 || box.width < 24)).map(([name]) => name)"""
FOCUS = """(() => {
  const shown = document.activeElement.matches('.tile input')
    ? document.activeElement.nextElementSibling : document.activeElement;
  const style = getComputedStyle(shown);
  return [document.activeElement.id, document.activeElement.textContent.trim(),
    style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
})()"""


def violations(page: Page) -> list[str]:
    come(page)
    found = found_by_axe(page, TAGS)["violations"]
    return [f"{page.url}: {v['id']} at {v['nodes'][0]['target']}" for v in found]


def too_wide(page: Page) -> list[str]:
    wide = come(page).evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{page.url} scrolls sideways at {page.viewport_size}"] if wide else []


def an_id(table: Any, prefix: str, *where: Any) -> str:
    found = db.session.scalars(sa.select(table.id).where(*where).order_by(table.id.desc())).first()
    db.session.rollback()
    assert found is not None
    return public_id(prefix, found)


def listener_pages(site: str, story: str) -> list[str]:
    pledges = {
        state: db.session.scalars(
            sa.select(Pledge.id)
            .join(Payment, Payment.id == Pledge.payment_id)
            .where(Payment.state == state)
            .order_by(Pledge.id)
        ).first()
        for state in PaymentState
    }
    db.session.rollback()
    thanks = [f"{site}/thanks/{public_id('pledge', p)}" for p in pledges.values() if p is not None]
    assert len(thanks) >= 3
    return [
        f"{site}/",
        f"{site}/classical/",
        story,
        f"{site}/news/section/water",
        f"{site}/news/schedule",
        f"{site}/classical/listen",
        f"{site}/classical/playlist",
        f"{site}/news/corrections",
        f"{site}/give",
        f"{site}/give?station=news&amount=5&frequency=month",
        f"{site}/receipt/{an_id(Receipt, 'receipt')}",
        f"{site}/no-such-page",
        f"{site}/desk/sign-in",
        *thanks,
    ]


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_listener_pages_are_accessible_and_fit(
    town: Plant, site: str, window: Window, width: int, dark: bool
) -> None:
    page, found, foreign = window(width=width, dark=dark), [], []
    known = (site, town.settings.stripe_api_base)  # where Stripe may be met is for test_first_parties.py
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(known) else None)
    story = first_story(page, site)
    for address in listener_pages(site, story):
        page.goto(address)
        stays(page)
        found += violations(page) + too_wide(page)
    page.goto(f"{site}/give")
    page.get_by_role("button", name="Continue to payment").click()
    expect(page).to_have_title(re.compile("^Error: "))
    found += violations(page) + too_wide(page)
    assert found == []
    assert foreign == []


def test_desk_pages_are_accessible(town: Plant, site: str, window: Window) -> None:
    page, found = window(), []
    sign_in(page, site)
    addresses = [
        "",
        "gifts",
        "gifts/new",
        "receipts",
        f"receipts/{an_id(Receipt, 'receipt')}",
        "letters",
        f"letters/{an_id(Letter, 'letter')}",
        f"letters/{an_id(Letter, 'letter')}/print",
        f"letters/new/{an_id(Member, 'member')}",
        "legends",
        "legends/NV",
        "deposits",
        "ask",
        "giving/guard",
        "members",
        "members?q=zzzz",
        "mail",
        "payments",
        "sponsors",
        "staff",
        "staff/invite",
        "stories",
        "stories?state=scheduled",
        f"stories/{an_id(Story, 'story')}",
        f"stories/{an_id(Story, 'story', Story.slug == 'who-rides-the-bus-at-3-am')}/correct",
        "schedule",
        "schedule/rules/new",
        "programs",
        "playlist",
        "playlist/new",
        "audit",
        "work",
        "account",
        "parts",
        "parts?skin=news",
        "parts?skin=classical",
        f"members/{an_id(Member, 'member')}",
        f"gifts/{an_id(Gift, 'gift')}",
        f"payments/{an_id(Payment, 'pay')}",
        f"sponsors/{an_id(Sponsor, 'sponsor')}",
        f"flights/{an_id(Flight, 'flight')}",
    ]
    for address in addresses:
        answer = page.goto(f"{site}/desk/{address}")
        assert answer is not None
        assert answer.status == 200, address
        found += violations(page) + too_wide(page)
        page.set_viewport_size({"width": 320, "height": 900})
        found += too_wide(page)
        page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []


@pytest.mark.parametrize("width", [320, 820, 1280])
def test_nothing_jumps_while_a_page_loads(town: Plant, site: str, window: Window, width: int) -> None:
    page = window(width=width)
    sign_in(page, site)
    addresses = [
        first_story(page, site),
        f"{site}/",
        f"{site}/classical/",
        f"{site}/give",
        f"{site}/desk/",
        f"{site}/desk/gifts",
        f"{site}/desk/audit",
        f"{site}/desk/members/{an_id(Member, 'member')}",
    ]
    signed_in = page.context.storage_state()
    for address in addresses:
        cold = window(width=width, storage_state=signed_in)
        fonts: list[str] = []
        cold.on("request", lambda asked, seen=fonts: seen.append(asked.url) if ".woff2" in asked.url else None)
        cold.add_init_script(SHIFTS)
        cold.goto(address)
        cold.wait_for_load_state("networkidle")
        assert cold.evaluate("window.shifted || 0") <= 0.02, address
        assert set(Counter(fonts).values()) == {1}, fonts  # what is asked for ahead is what the style sheet asks for
        cold.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_fingers_find_every_control_of_the_pledge(town: Plant, site: str, window: Window, width: int) -> None:
    page = window(width=width)
    page.goto(f"{site}/give")
    assert page.evaluate(SMALL) == []
    assert page.locator("input:checked").count() == 0
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert come(page).evaluate(SMALL) == []
    for link in page.locator(".error-summary a").all():
        target = (link.get_attribute("href") or "").removeprefix("#")
        assert page.locator(f"[id='{target}'][aria-invalid=true]").count() == 1, target


def test_a_receipt_is_one_sheet_and_says_all_of_it(town: Plant, site: str, window: Window) -> None:
    page = window()
    page.goto(f"{site}/receipt/{an_id(Receipt, 'receipt', Receipt.language == 'en')}")
    assert len(re.findall(rb"/Type /Page\b", page.pdf(format="Letter"))) == 1
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expected = ("Received from", "Amount", "EIN", "No goods or services")
    assert [words for words in expected if words not in page.locator("body").inner_text()] == []
    assert not page.get_by_text("print this page").is_visible()


def test_without_script_the_pledge_needs_no_mouse_and_few_stops(town: Plant, site: str, window: Window) -> None:
    page = window(scripts=False)  # with script, Stripe's frames are stops too: test_keyboard
    page.goto(f"{site}/give?station=news&amount=5&frequency=month")
    stops: list[str] = []
    painted(page)
    while len(stops) < 40:
        page.keyboard.press("Tab")
        field, text, ringed = page.evaluate(FOCUS)
        assert ringed, (field, text)
        stops.append(text)
        if text == "Continue to payment":
            break
    assert stops[0] == "Skip to main content"
    assert len(stops) <= 20, stops


def test_demo_is_refused_where_somebody_works(town: Plant) -> None:
    with pytest.raises(Exception, match="not empty"):
        load_demo()
