"""Who is asked: our own server on every page, Stripe on the pledge page alone, under a policy that says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response

from sandbox.stripe.testing import Handle
from tests.conftest import MEASURED
from tests.faults.plant import Plant
from tests.journeys.at_the_form import FIVE_A_MONTH, AtTheForm
from tests.journeys.checks import chosen_for_them, cut, cut_when_spaced, moving, weights
from tests.journeys.hands import first_story, sign_in, stays
from tests.journeys.states import give_once
from tests.journeys.test_pages import SHIFTS, listener_pages

Window = Callable[..., Page]
DESK = ("", "gifts", "members", "payments", "sponsors", "audit", "work", "ask", "giving/guard", "account", "parts")
FIRST_PARTY, SCRIPTS = 75_000, 11_000  # bytes as they travel: the whole of our pledge page, and its scripts


def asked_by(page: Page) -> set[str]:
    """The origins that a page asks, filled as it goes."""
    origins: set[str] = set()
    page.on("request", lambda request: origins.add("{0.scheme}://{0.netloc}".format(urlsplit(request.url))))
    return origins


def policy_problems(page: Page, answer: Response) -> list[str]:
    """What a page's policy allows and this page does not need."""
    policy = answer.headers["content-security-policy"]
    path = urlsplit(answer.url).path
    found = [f"{path}: {source}" for source in re.findall("'unsafe-[a-z-]+'", policy)]
    runs = page.locator("script:not([type='application/ld+json'])").count()  # data is read by others, and never run
    if ("script-src" in policy) != (runs > 0):
        found.append(f"{path}: {policy}")
    if ("frame-src" in policy) != (path == "/give"):
        found.append(f"{path}: {policy}")
    return found


def test_listener_pages_ask_only_us_and_promise_so(town: Plant, sandbox: Handle, site: str, window: Window) -> None:
    page, found = window(width=640), []
    thanks = give_once(town, sandbox, window(), site)
    for address in [*listener_pages(site, first_story(page, site)), thanks]:
        fresh = page.context.new_page()
        origins = asked_by(fresh)
        answer = fresh.goto(address)
        assert answer is not None
        stays(fresh).wait_for_load_state("networkidle")
        allowed = {site, sandbox.url} if urlsplit(address).path == "/give" else {site}
        found += [f"{address} asks {each}" for each in origins - allowed]
        found += policy_problems(fresh, answer)
        found += chosen_for_them(fresh) + moving(fresh) + cut(fresh) + cut_when_spaced(fresh)
        named = fresh.locator("input[type=radio]:checked").count()
        found += [f"{address} chooses {named}"] if named not in ((3,) if "amount=" in address else (0, 1)) else []
        fresh.set_viewport_size({"width": 320, "height": 900})
        found += cut(fresh)
        fresh.close()
    assert found == []


def test_desk_pages_ask_only_us_and_promise_so(town: Plant, site: str, window: Window) -> None:
    page, found = window(width=640), []
    origins = asked_by(page)
    sign_in(page, site)
    for name in DESK:
        answer = page.goto(f"{site}/desk/{name}")
        assert answer is not None
        found += policy_problems(page, answer) + moving(page) + cut(page)
        page.set_viewport_size({"width": 320, "height": 900})
        found += cut_when_spaced(page)
        page.set_viewport_size({"width": 640, "height": 900})
    assert origins == {site}
    assert found == []


def test_a_whole_gift_breaks_no_policy_and_logs_no_error(
    town: Plant, sandbox: Handle, site: str, window: Window
) -> None:
    page = window()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    origins = asked_by(page)
    give_once(town, sandbox, page, site)
    page.reload()
    assert said == []
    assert origins == {site, sandbox.url}


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_jumps_while_the_card_form_comes(
    town: Plant, sandbox: Handle, site: str, window: Window, record_property: Any, width: int
) -> None:
    page = window(width=width)
    page.add_init_script(SHIFTS)
    sandbox.fault("script_slow", seconds=2)  # so that its place is looked at while it comes
    AtTheForm(page, site).come_near()
    page.wait_for_timeout(600)
    shifted = page.evaluate("window.shifted || 0")
    record_property(MEASURED, f"Pledge form at {width}: {shifted:.4f} of layout shift while the card form comes")
    assert shifted <= 0.02


def test_the_pledge_page_is_light(town: Plant, site: str, window: Window, record_property: Any) -> None:
    found = weights(window(), f"{site}{FIVE_A_MONTH}")
    record_property(MEASURED, f"Pledge page: {sum(found.values())} bytes: {found}")
    assert found["script"] <= SCRIPTS
    assert sum(found.values()) <= FIRST_PARTY
