"""What a page must hold in whatever state it is, as questions whose answer is a list of what is wrong."""

from __future__ import annotations

import gzip
from urllib.parse import urlsplit

from playwright.sync_api import Frame, Page, Response

from sandbox.stripe.testing import Handle
from tests.journeys.axe import found_by_axe
from tests.journeys.hands import come
from tests.journeys.test_pages import TAGS, too_wide

EXPLAINED = {"frame-tested"}  # what axe may leave undecided: it is run inside each frame as well
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`*, ::before, ::after { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
CUT = """[...document.querySelectorAll('body *')].filter(each => {
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  if (!each.innerText?.trim() || box.width <= 1 || each.closest('.sr-only, .skip')) return false;
  if (/inline$|contents/.test(style.display)) return false;
  const held = /hidden|clip/.test(style.overflowX + style.overflowY) || each.matches('.tile span, button, label');
  return held && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1);
}).map(each => each.outerHTML.slice(0, 80))"""
MOVING = "document.getAnimations().filter(each => each.playState === 'running').map(each => each.animationName)"


def barriers(page: Page, sandbox: Handle) -> list[str]:
    """What axe finds in our page, and in Stripe's frames by the same rules without those for whole pages.

    Contrast inside the frames of a dark page is left out: they are see-through, and axe takes their ground for white.
    """
    found = examined(come(page), TAGS)
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for frame in page.frames:
        if frame.url.startswith(sandbox.url) and frame != page.main_frame and frame.frame_element().is_visible():
            found += examined(frame, [tag for tag in TAGS if tag != "best-practice"], contrast=not dark)
    return found


def examined(where: Page | Frame, tags: list[str], contrast: bool = True) -> list[str]:
    """What axe holds against a page or a frame, once all of it has come, and what it leaves undecided."""
    where.wait_for_load_state("load")
    answer = found_by_axe(where, tags, contrast)
    undecided = [each for each in answer["incomplete"] if each["id"] not in EXPLAINED]
    return [
        f"{where.url}: {each['id']} at {each['nodes'][0]['target']}" for each in [*answer["violations"], *undecided]
    ]


def cut(page: Page) -> list[str]:
    """What does not fit: the page scrolls sideways, or words are cut off (WCAG 1.4.10, 1.4.12, 1.4.4)."""
    return too_wide(page) + [f"{page.url}, cut at {page.viewport_size}: {each}" for each in page.evaluate(CUT)]


def cut_when_spaced(page: Page) -> list[str]:
    """The same under the text spacing of WCAG 1.4.12, as a reader's own style sheet sets it. The page keeps it."""
    come(page).evaluate(SPACING)
    return [f"spaced: {each}" for each in cut(page)]


def moving(page: Page) -> list[str]:
    """Animations that run although the reader asked for none; windows here ask for none."""
    return [f"{page.url} moves: {each}" for each in come(page).evaluate(MOVING)]


def weights(page: Page, address: str) -> dict[str, int]:
    """Open a page; kind of resource → bytes of its own server's answers as they travel, once no more come."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # Playwright takes no method of a list
    page.goto(address)
    page.wait_for_load_state("networkidle")
    found: dict[str, int] = {}
    for answer in answers:
        if answer.request.method == "GET" and urlsplit(answer.url).netloc == urlsplit(address).netloc:
            body, kind = answer.body(), answer.request.resource_type
            found[kind] = found.get(kind, 0) + (len(body) if kind == "font" else len(gzip.compress(body, 6)))
    return found


def chosen_for_them(page: Page) -> list[str]:
    """Boxes that are ticked before anyone touched the page."""
    count = come(page).locator("input[type=checkbox]:checked").count()
    return [f"{page.url} has {count} ticked boxes"] if count else []
