"""A picture from somebody's disk into the newsroom's library: by keyboard alone, by click, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.faults.plant import Plant
from tests.journeys.hands import sign_in, tab_to
from tests.journeys.test_pages import SHIFTS, too_wide, violations
from tests.news import sent_files

Window = Callable[..., Page]


def is_made(page: Page) -> bool:
    page.reload()
    return page.locator(".media-crops").count() == 1


def send_in_by_keyboard(page: Page, site: str, file: Path) -> None:
    page.goto(f"{site}/desk/media/upload")
    with page.expect_file_chooser() as chooser:  # Playwright takes a moment until it would notice one
        tab_to(page, "^File")
        page.keyboard.press("Enter")
    chooser.value.set_files(file)
    tab_to(page, "^Upload the file$")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(file.name)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_picture_is_sent_in_and_described(
    town: Plant, site: str, window: Window, tmp_path: Path, scripts: bool
) -> None:
    town.start("worker", "relay")
    file = tmp_path / "noon.jpg"
    file.write_bytes(sent_files.turned(6, size=(1600, 1000)))
    page = window(scripts=scripts)
    sign_in(page, site)
    send_in_by_keyboard(page, site, file)
    found = violations(page) if scripts else []
    town.wait(lambda: is_made(page), "picture made by the worker", 60)
    page.get_by_label("Credit").fill("Rosa Delgado")
    if scripts:
        found += violations(page) + too_wide(page)
        box = page.locator("[data-focal] img").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.8)
        for field, percent in (("#focal_x", 25), ("#focal_y", 80)):
            assert abs(int(page.locator(field).input_value()) - percent) <= 1
        page.get_by_label("Percent from the left").fill("40")
        assert page.locator(".media-ring").evaluate("ring => ring.style.left") == "40%"
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page).to_have_title("Error: noon.jpg · Desert Public Radio desk")
    expect(page.get_by_label("Credit")).to_have_value("Rosa Delgado")
    found += violations(page) if scripts else []
    page.locator("#decorative").check()
    page.get_by_label("Percent from the left").fill("40")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Kept.")).to_be_visible()
    expect(page.get_by_label("Percent from the left")).to_have_value("40")
    page.goto(f"{site}/desk/media")
    expect(page.locator(".media-card")).to_have_count(2)  # and the demonstration's own
    found += violations(page) + too_wide(page) if scripts else []
    assert found == []


@pytest.mark.parametrize("width", [360, 1280])
def test_our_own_picture_stands_still_while_a_story_loads(town: Plant, site: str, window: Window, width: int) -> None:
    page = window(width=width)
    page.add_init_script(SHIFTS)
    page.goto(f"{site}/news/story/the-cheapest-air-conditioner-is-a-tree-in-about-nine-years")
    page.wait_for_load_state("networkidle")
    shown = page.locator("picture img")
    assert shown.evaluate("img => img.complete && img.naturalWidth > 0")
    assert shown.evaluate("img => img.currentSrc").endswith(".avif")
    assert page.evaluate("window.shifted || 0") <= 0.02
    assert too_wide(page) + violations(page) == []
