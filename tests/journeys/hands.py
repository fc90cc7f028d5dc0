"""What a person does in a browser, as functions: reading, paying, signing in, going from stop to stop by keys."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Frame, Page, expect

from station.demo.house import EMAIL, PASSWORD
from station.demo.queries import demo_code

GOOD_CARD, DECLINED_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"
HERE = """() => {
  const at = document.activeElement;
  const shown = at.matches('.tile input') ? at.nextElementSibling : at;
  const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.05, 0.2], [0.95, 0.2], [0.05, 0.8], [0.95, 0.8]];
  const seen = points.some(([x, y]) => {
    const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return hit && (at.contains(hit) || shown.contains(hit) || hit.contains(at));
  });
  return {
    name: at.ariaLabel || at.labels?.[0]?.textContent.trim() || at.textContent.trim(),
    what: at.outerHTML.slice(0, 160), outside: at === document.body, frame: at.tagName === 'IFRAME',
    ringed: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, seen,
  };
}"""


def come(page: Page) -> Page:
    """The page once all of it has come: after a click the new one may be there without a line of it."""
    page.wait_for_load_state("load")
    return page


def stays(page: Page) -> Page:
    """The page once all of it has come; a thank-you page that waits does not look again by itself, which it would
    after three seconds, whoever examines it."""
    if "/thanks/" in come(page).url:
        page.evaluate("stop()")
    return page


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
    with page.expect_navigation():  # paid or declined, another page comes
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
    page.wait_for_url("**/story/**")
    return page.url


def focused(page: Page) -> tuple[Page | Frame, dict[str, Any]]:
    """Where the keyboard is: our page or a frame of Stripe's, and what is focused there."""
    at = page.evaluate(HERE)
    if not at["frame"]:
        return page, at
    element = page.evaluate_handle("document.activeElement").as_element()
    frame = element.content_frame() if element else None
    assert frame is not None
    return frame, frame.evaluate(HERE)


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab (or Shift+Tab) until a control of this name has the focus and is seen to have it: whatever key comes
    next, a person presses it at what they see."""
    come(page)
    for _ in range(120):
        page.keyboard.press(key)
        if re.search(name, focused(page)[1]["name"]):
            return painted(page)
    raise AssertionError(f"{key} does not come to {name}")


def painted(page: Page) -> None:
    """Until the page was drawn as it is. Frames are counted by Playwright's own script, which runs where the page's
    may not: `requestAnimationFrame` never calls back there."""
    come(page).locator("body").element_handle().wait_for_element_state("stable")
