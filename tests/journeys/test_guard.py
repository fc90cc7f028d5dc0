"""Proving to be a person in a browser: with a script by itself, without one by a page in between."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.screening.policies import Proof
from station.screening.services import challenge_everyone, proofs
from station.web.assets import asset
from tests.conftest import MEASURED
from tests.faults.plant import Plant
from tests.journeys.test_pages import LOOKS, too_wide, violations

Window = Callable[..., Page]
SOLVE = """async ([address, challenge]) => {
  const { solve } = await import(address);
  let longest = 0, last = performance.now();
  const pulse = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  const began = performance.now();
  const proof = await solve(challenge).catch(error => error.name);
  clearInterval(pulse);
  return [proof, performance.now() - began, longest];
}"""


@pytest.fixture
def asked(town: Plant) -> Iterator[Plant]:
    """The town, with everyone asked for a proof."""
    challenge_everyone(None, COMMAND)
    yield town
    db.session.remove()


def form(page: Page, site: str) -> None:
    page.goto(f"{site}/give?station=news&amount=5&frequency=month&source=footer")


def test_a_browser_does_the_work_and_the_page_stays_usable(
    town: Plant, site: str, window: Window, record_property: Any
) -> None:
    page = window(bypass_csp=True)
    page.goto(f"{site}/give")
    address = site + asset("js/give/proof.js")
    pauses = []
    for _ in range(3):
        proof, took, longest = page.evaluate(SOLVE, [address, asdict(proofs.work("mine"))])
        assert proofs.check(proof, "mine") == (Proof.GOOD, 0)
        assert proofs.check(proof, "yours") == (Proof.BAD, 0)
        pauses.append(longest)
        record_property(MEASURED, f"Proof of work: {took:.0f} ms, {longest:.0f} ms the longest pause of the page")
    assert min(pauses) < 250, "the page stood still"  # whenever it works, not when the machine had no time for it
    for salt, number in (
        ("a" * 24, 0),
        ("b" * 24, 9_999),
        ("c", 10),
        ("d" * 51, 1_234),
    ):  # one block, to its last byte
        target = hashlib.sha256(f"{salt}{number}".encode()).hexdigest()
        challenge = {"token": "any", "salt": salt, "target": target, "most": number}
        assert page.evaluate(SOLVE, [address, challenge])[0] == f"any:{number}"
        assert page.evaluate(SOLVE, [address, {**challenge, "most": number - 1}])[0] == "RangeError"


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_without_a_script_the_keyboard_leads_through_the_step_between(
    asked: Plant, sandbox: Handle, site: str, window: Window, width: int, dark: bool
) -> None:
    page = window(width=width, dark=dark, scripts=False)
    form(page, site)
    page.get_by_label("First name").fill("Zoë")
    page.get_by_label("Email").fill("zoe@example.org")
    page.get_by_role("button", name="Continue to payment").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("button", name="Continue to payment").press("Enter")
    expect(page.get_by_text(re.compile(r"Wait \d+ more second"))).to_be_visible()
    clock.move(timedelta(seconds=proofs.WAIT))
    page.get_by_role("button", name="Continue to payment").press("Enter")
    page.wait_for_url(re.compile("/c/pay/|cs_"))


def test_the_step_between_is_accessible_and_fits(asked: Plant, site: str, window: Window) -> None:
    found: list[str] = []
    for width, dark in LOOKS:
        page = window(width=width, dark=dark, bypass_csp=True)
        page.route("**/stripe.js", lambda route: route.abort())  # so that the form goes to Stripe's page
        form(page, site)
        page.get_by_label("First name").fill("Zoë")
        page.get_by_label("Email").fill("zoe@example.org")
        page.get_by_role("button", name="Continue to payment").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
        found += violations(page) + too_wide(page)
    assert found == []
