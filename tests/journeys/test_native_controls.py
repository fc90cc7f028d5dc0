"""Only native controls can be clicked: a sweep over every listener and every pointing cursor (axe sees neither)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import CDPSession, Page

from sandbox.stripe.testing import Handle
from station.giving.models import Gift
from station.members.models import Member
from tests.faults.plant import Plant
from tests.journeys.hands import first_story, sign_in, stays
from tests.journeys.states import field_errors, wallets
from tests.journeys.test_pages import an_id, listener_pages

Window = Callable[..., Page]
NATIVE = ("a", "button", "input", "select", "textarea", "summary", "label", "form", "#document")
POINTING = """[...document.querySelectorAll('body *')].filter(each =>
  getComputedStyle(each).cursor === 'pointer' && !each.closest('a, button, input, select, textarea, summary, label')
).map(each => each.outerHTML.slice(0, 80))"""


def presses(kind: str) -> bool:
    """Whether a listener of this kind makes its element something to press."""
    return kind in ("click", "dblclick", "auxclick") or kind.startswith(("key", "pointer", "mouse", "touch"))


def listening(cdp: CDPSession) -> list[dict[str, Any]]:
    """Every listener of the page, from the document down through everything in it."""
    root = cdp.send("Runtime.evaluate", {"expression": "document"})["result"]["objectId"]
    answer = cdp.send("DOMDebugger.getEventListeners", {"objectId": root, "depth": -1, "pierce": True})
    listeners: list[dict[str, Any]] = answer["listeners"]
    return listeners


def pressable(page: Page) -> list[str]:
    """What can be pressed on this page and is no native control."""
    cdp = page.context.new_cdp_session(page)
    found = []
    for each in listening(cdp):
        node = cdp.send("DOM.describeNode", {"backendNodeId": each["backendNodeId"]})["node"]
        if presses(each["type"]) and node["nodeName"].lower() not in NATIVE:
            found.append(f"{page.url}: {each['type']} at {node['nodeName']} {node.get('attributes')}")
    cdp.detach()
    return found + [f"{page.url}: a hand over {each}" for each in page.evaluate(POINTING)]


def test_the_sweep_finds_what_axe_does_not(window: Window) -> None:
    page = window()
    page.set_content("<main><p>Good</p><div id=tile style='cursor: pointer'>$5</div><button>Good</button></main>")
    page.evaluate("document.querySelector('button').addEventListener('click', () => {})")
    page.evaluate("document.getElementById('tile').addEventListener('click', () => {})")
    page.evaluate("document.querySelector('p').onkeydown = () => {}")
    assert len(pressable(page)) == 3


def test_listeners_press_nothing_but_native_controls(town: Plant, sandbox: Handle, site: str, window: Window) -> None:
    page, found = window(), []
    for address in listener_pages(site, first_story(page, site)):
        page.goto(address)
        found += pressable(stays(page))
    for reach in (wallets, field_errors):
        reach(page, site, sandbox)
        found += pressable(page)
    assert found == []


def test_staff_press_nothing_but_native_controls(town: Plant, site: str, window: Window) -> None:
    page, found = window(), []
    page.goto(f"{site}/desk/sign-in")
    found += pressable(page)
    sign_in(page, site)
    for address in (
        "",
        "gifts",
        "members",
        "mail",
        "payments",
        "sponsors",
        "staff",
        "audit",
        "work",
        "ask",
        "giving/guard",
        "account",
        "parts",
        f"members/{an_id(Member, 'member')}",
        f"gifts/{an_id(Gift, 'gift')}",
    ):
        page.goto(f"{site}/desk/{address}")
        found += pressable(page)
    assert found == []
