"""With colours of the reader's own (Windows' contrast themes): what is chosen and where one is can both be seen."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.faults.plant import Plant
from tests.journeys.at_the_form import FIVE_A_MONTH
from tests.journeys.hands import painted

LOOK = """name => {
  const style = getComputedStyle(document.querySelector(name).nextElementSibling);
  return [style.backgroundColor, style.outlineStyle, style.outlineWidth];
}"""


def test_a_tile_shows_that_it_is_chosen_and_that_the_keyboard_is_there(
    plant: Plant, window: Callable[..., Page]
) -> None:
    plant.start("web")
    page = window(forced_colors="active")
    page.goto(f"http://127.0.0.1:{plant.settings.port}{FIVE_A_MONTH}")
    chosen, other = "#amount-0", "#amount-1"
    assert page.evaluate(LOOK, chosen)[0] != page.evaluate(LOOK, other)[0]
    before = page.evaluate(LOOK, chosen)
    page.locator("#frequency-0").focus()
    painted(page)
    page.keyboard.press("Tab")  # to what is chosen rarely, which stays closed
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == chosen.removeprefix("#")
    after = page.evaluate(LOOK, chosen)
    assert (before[1], after[1:]) == ("none", ["solid", "3px"])
