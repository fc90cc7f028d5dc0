"""The pages of the news in a browser: how heavy they are, that nothing on them jumps, that everybody can use them.

`test_pages.py` looks at homes, a story and a section in four looks. Here every other kind of page is looked at in two
of them, each at one of the stations: wide and light, narrow and dark.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Route

from station.core import clock
from station.core.db import db
from station.licensee.models import Station
from station.news.models import Story
from tests.conftest import MEASURED
from tests.faults.plant import Plant
from tests.journeys.checks import cut, cut_when_spaced, examined, weights
from tests.journeys.test_first_parties import asked_by
from tests.journeys.test_pages import SHIFTS, TAGS

Window = Callable[..., Page]
LIGHT = 60 * 1024  # bytes as they travel: a story without its photo
STEADY = 0.02
PAINTED = "performance.getEntriesByType('paint').length > 0"
BY_KEYBOARD = """() => {
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter(each => each.tabIndex >= 0 && each.checkVisibility() && !each.disabled && each.getClientRects().length);
  return stops.filter(each => {
    each.focus({ focusVisible: true });
    const style = getComputedStyle(each), box = each.getClientRects()[0];
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const seen = hit && (each.contains(hit) || hit.contains(each));
    return document.activeElement !== each || each.tabIndex > 0 || !ringed || !seen;
  }).map(each => each.outerHTML.slice(0, 120));
}"""


class Late:
    """What comes later than the first paint: requests that are held until they are let go."""

    def __init__(self) -> None:
        self.held: list[Route] = []
        self._free = False

    def take(self, route: Route) -> None:
        if self._free:
            route.continue_()
        else:
            self.held.append(route)

    def let_go(self) -> None:
        self._free = True
        for route in self.held:
            route.continue_()


def stories(slug: str) -> tuple[str, str]:
    """Paths of a story with a picture and a slot, and of one without a slot, where the station has one."""
    here = sa.select(Story.slug).join(Station, Station.id == Story.station_id).where(Station.slug == slug)
    newest = here.order_by(Story.published_at.desc()).limit(1)
    loud = db.session.scalars(newest.where(Story.image.is_not(None), ~Story.no_underwriting, ~Story.sensitive)).one()
    quiet = db.session.scalars(newest.where(Story.no_underwriting | Story.sensitive)).first()
    db.session.rollback()
    return f"/{slug}/story/{loud}", f"/{slug}/story/{quiet}"


def other_kinds(slug: str) -> list[str]:
    """Every kind of news page that test_pages.py does not open, at a station."""
    today, story = clock.today("America/Los_Angeles"), stories(slug)[0]
    return [
        story,
        f"/{slug}/archive",
        f"/{slug}/archive/{today:%Y/%m}",
        f"/{slug}/search?q=the",
        f"/{slug}/search?q=xyzzy",
        f"/{slug}/listen",
        f"/{slug}/schedule/{today}",
        f"/text/{slug}/",
        f"/text{story}",
        f"/text/{slug}/sections",
        f"/text/{slug}/archive",
        f"/text/{slug}/archive/{today:%Y/%m}",
        f"/text/{slug}/search?q=the",
        f"/text/{slug}/give",
    ]


@pytest.mark.parametrize(("slug", "width", "dark"), [("news", 320, True), ("classical", 1280, False)])
def test_every_other_kind_of_page_is_for_everybody(
    town: Plant, site: str, window: Window, slug: str, width: int, dark: bool
) -> None:
    page, found = window(width=width, dark=dark), []
    origins = asked_by(page)
    for path in other_kinds(slug):
        answer = page.goto(site + path)
        assert answer is not None
        assert answer.status == 200, path
        found += examined(page, TAGS) + [f"{path} by keyboard: {each}" for each in page.evaluate(BY_KEYBOARD)]
        page.set_viewport_size({"width": 320, "height": 900})
        found += cut(page) + cut_when_spaced(page)
        page.set_viewport_size({"width": width, "height": 900})
    assert found == []
    assert origins == {site}


def test_a_story_is_light_and_needs_no_script(town: Plant, site: str, window: Window, record_property: Any) -> None:
    page = window(width=390)
    origins = asked_by(page)
    found = weights(page, site + stories("news")[0])
    record_property(MEASURED, f"A story: {sum(found.values())} bytes: {found}")
    assert found.pop("image") > 0, "the photo was not there to be left out"
    assert "script" not in found
    assert sum(found.values()) <= LIGHT
    assert origins == {site}
    plain = window(width=390, scripts=False)
    plain.goto(page.url)
    said = [each.locator("h1, .story-body > p").all_inner_texts() for each in (plain, page)]
    assert said[0] == said[1]
    assert len(said[0]) > 6


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_when_fonts_and_pictures_come_late(
    town: Plant, site: str, window: Window, record_property: Any, width: int
) -> None:
    sold, quiet = stories("news")
    for path in (sold, quiet, "/news/", "/classical/"):
        page, late = window(width=width, bypass_csp=True), Late()  # waiting in the page is forbidden by it
        page.add_init_script(SHIFTS)
        for what in ("**/*.woff2", "**/img/demo/*"):
            page.route(what, late.take)
        page.goto(site + path, wait_until="domcontentloaded")
        page.wait_for_function(PAINTED)
        assert len(late.held) >= 2, "fonts were asked for before the first paint"
        assert path not in (sold, quiet) or ("Support comes from" in page.content()) == (path == sold)
        late.let_go()
        page.wait_for_load_state("networkidle")
        page.wait_for_function("document.fonts.status === 'loaded'")
        shifted = page.evaluate("new Promise(done => setTimeout(() => done(window.shifted || 0), 100))")
        record_property(MEASURED, f"{urlsplit(page.url).path} at {width}: {shifted:.4f} of layout shift")
        assert shifted <= STEADY, path
        page.context.close()
