"""A story written at the desk by keys alone, kept, moved, put back, compared; without a script; and signed out."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.faults.plant import Plant
from tests.journeys.hands import come, focused, sign_in, tab_to
from tests.journeys.test_pages import LOOKS, SMALL, too_wide, violations

Window = Callable[..., Page]
PICTURE = ("/assets/demo/img/demo/bloom.svg", "", "1200", "800", "A cactus in bloom.")


def begun(page: Page, site: str, headline: str = "Owls return") -> None:
    """Signed in, with a new story open."""
    sign_in(page, site)
    expect(page.locator(".desk-person")).to_be_visible()
    new_story(page, site, headline)


def new_story(page: Page, site: str, headline: str = "Owls return") -> None:
    page.goto(f"{site}/desk/stories/new")
    page.get_by_label("Headline").press_sequentially(headline)
    page.keyboard.press("Enter")
    expect(page.locator("#editor")).to_be_visible()
    come(page)  # and its script


def has(page: Page, *kinds: str) -> None:
    """The blocks of the story are of these kinds, in this order, and the page that shows them has come whole."""
    expect(page.locator("#blocks h3")).to_have_text([re.compile(rf"^\s*{each}\s+\d+ of \d+\s*$") for each in kinds])
    come(page)


def test_a_story_by_keys_alone(town: Plant, site: str, window: Window) -> None:
    page = window()
    begun(page, site)
    press, write = page.keyboard.press, page.keyboard.type
    tab_to(page, "^Text$")
    press("Enter")
    assert focused(page)[1]["name"] == "Text"
    write("Owls are ")
    press("Control+b")
    write("back")
    for _ in range(2):
        press("ArrowRight")
    write(" on the fence.")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Owls are **back** on the fence.")
    expect(page.locator("#counted")).to_have_text("6 words")
    expect(page.locator("#kept")).to_have_text(re.compile("^Kept at "))
    tab_to(page, "^Quote$")
    press("Enter")
    write("There they are.")
    press("Tab")
    write("Ana Peña")
    tab_to(page, "^Picture$")
    press("Enter")
    for value in PICTURE:
        write(value)
        press("Tab")
    press("Tab")  # it does not only decorate
    press("Tab")  # no caption
    write("Ana Peña / KNPR")
    has(page, "Text", "Quote", "Picture")
    tab_to(page, "^Move up Picture", "Shift+Tab")
    press("Enter")
    has(page, "Text", "Picture", "Quote")
    expect(page.locator("#said")).to_have_text("Picture moved up, 2 of 3.")
    press("Enter")
    has(page, "Picture", "Text", "Quote")
    assert focused(page)[1]["name"] == "Move down Picture", "the button that is gone gives the focus to the other"
    press("Control+Enter")
    expect(page.locator(".messages")).to_contain_text("Saved as revision 2.")
    has(page, "Picture", "Text", "Quote")
    page.get_by_label("Text", exact=True).press("End")
    write(" Two of them.")
    expect(page.locator("#kept")).to_have_text(re.compile("^Kept at "))
    page.reload()
    go_on = page.get_by_role("link", name=re.compile("^Go on with what you wrote at"))
    go_on.focus()
    press("Enter")
    expect(page.get_by_label("Text", exact=True)).to_have_value(re.compile(r"Two of them\.$"))
    come(page).get_by_label("Headline").press("Control+Enter")
    expect(page.locator(".messages")).to_contain_text("Saved as revision 3.")
    page.get_by_role("link", name="Revisions").press("Enter")
    page.get_by_role("button", name="Compare").press("Enter")
    expect(page.locator("ins")).to_contain_text("Two of them.")
    page.go_back()
    page.get_by_role("button", name="Restore revision 2").press("Enter")
    expect(page.locator(".messages")).to_contain_text("Revision 2 is the newest again, as revision 4.")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Owls are **back** on the fence.")
    page.get_by_role("link", name="Preview").press("Enter")
    expect(page.locator("h1")).to_have_text("Owls return")
    expect(page.locator(".story-body strong")).to_have_text("back")


def test_words_stay_in_the_page_when_the_session_ends(town: Plant, site: str, window: Window) -> None:
    page = window()
    begun(page, site)
    page.locator('button[data-add="text"]').last.click()
    other = page.context.new_page()
    other.goto(f"{site}/desk/stories/new")
    other.get_by_role("button", name="Sign out").click()
    page.get_by_label("Text", exact=True).press_sequentially("Nobody loses this.")
    expect(page.locator("#kept")).to_contain_text("you are signed out")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Nobody loses this.")
    town.pass_time(60)  # a code is good once
    sign_in(other, site)
    expect(other.locator(".desk-person")).to_be_visible()
    page.get_by_label("Text", exact=True).press_sequentially(" Really.")
    expect(page.locator("#kept")).to_have_text(re.compile("^Kept at "), timeout=40_000)


def wrong(page: Page) -> list[str]:
    """What a machine finds; from the top, so that nothing lies under the bar that stays in sight."""
    come(page).evaluate("scrollTo(0, 0)")
    return violations(page) + too_wide(page) + page.evaluate(SMALL)


def test_every_look_of_the_editor(town: Plant, site: str, window: Window) -> None:
    found = []
    first = window()
    begun(first, site)
    for width, dark in LOOKS:
        page = window(width=width, dark=dark, storage_state=first.context.storage_state())
        new_story(page, site)
        for kind in ("text", "image", "audio", "heading"):
            page.locator(f'button[data-add="{kind}"]').last.click()
            page.keyboard.type("https")
        found += wrong(page)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#error-summary")).to_be_focused()
        found += wrong(page)
    assert found == []


def test_without_a_script(town: Plant, site: str, window: Window) -> None:
    page = window(scripts=False)
    begun(page, site)
    page.get_by_role("button", name="Text", exact=True).last.click()
    page.get_by_label("Text", exact=True).fill("One.")
    page.get_by_role("button", name="Quote", exact=True).last.click()
    expect(page.locator("#part-b2")).to_be_focused()
    page.get_by_role("button", name="Move up Quote").click()
    has(page, "Quote", "Text")
    expect(page.get_by_label("Text", exact=True)).to_have_value("One.")
    page.get_by_role("button", name="Remove Quote").click()
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator(".messages")).to_contain_text("Saved as revision 2.")
