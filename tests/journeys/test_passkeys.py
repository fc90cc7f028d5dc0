"""A passkey in a real browser: made, used to sign in without a name or a password, removed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.faults.plant import Plant
from tests.journeys.axe import found_by_axe
from tests.journeys.hands import come, sign_in

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
NO_SUGGESTIONS = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
ADD, USE = "Add a passkey", "Sign in with a passkey"


@pytest.fixture
def named_site(town: Plant) -> str:
    """The desk under a name: browsers make no passkeys for a number."""
    address = f"http://localhost:{town.settings.port}"
    town.kill("web")
    town.start("web", STATION_URL=address)
    return address


def give_device(page: Page) -> None:
    """Give the browser a device with a fingerprint sensor (Chromium's own virtual one)."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def test_a_passkey_is_made_used_and_removed(named_site: str, window: Callable[..., Page]) -> None:
    page = window()
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    give_device(page)
    sign_in(page, named_site)
    page.goto(f"{named_site}/desk/account")
    expect(page.get_by_text("open this page in a browser that makes passkeys")).to_be_hidden()
    page.get_by_label("Name of the new passkey").fill("Front desk")
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_text("Front desk", exact=True)).to_be_visible()
    assert not found_by_axe(come(page))["violations"]
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_role("alert")).to_contain_text("has a passkey of yours for this desk already")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page).to_have_url(re.compile("/desk/$"))  # the virtual device picks the suggestion at the email field
    page.add_init_script(NO_SUGGESTIONS)
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name=USE).click()
    expect(page).to_have_url(re.compile("/desk/$"))
    page.goto(f"{named_site}/desk/account")
    expect(page.get_by_text("last used").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Remove the passkey Front desk")).click()
    expect(page.get_by_text("The passkey “Front desk” is removed.")).to_be_visible()
    assert problems == []
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name=USE).click()
    expect(page.get_by_role("alert").first).to_contain_text("does not open this desk")


def test_a_passkey_confirms_a_form_that_was_sent_too_late(
    town: Plant, named_site: str, window: Callable[..., Page]
) -> None:
    page = window()
    give_device(page)
    sign_in(page, named_site)
    page.goto(f"{named_site}/desk/account")
    page.get_by_label("Name of the new passkey").fill("Front desk")
    page.get_by_role("button", name=ADD).click()
    expect(page.get_by_text("Front desk", exact=True)).to_be_visible()
    page.add_init_script(NO_SUGGESTIONS)
    page.goto(f"{named_site}/desk/staff/invite")
    page.get_by_label("Name").fill("Nora Quint")
    page.get_by_label("Email address").fill("nora@desk.example.org")
    page.get_by_label("News: stories and homepages").check()
    town.pass_time(11 * 60)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    expect(page.get_by_text("What you have typed is kept.")).to_be_visible()
    assert not found_by_axe(come(page))["violations"]
    page.get_by_role("button", name="Confirm with a passkey").click()
    expect(page.get_by_text("Nora Quint gets a link by mail.")).to_be_visible()


def test_without_scripts_the_password_is_all_there_is(named_site: str, window: Callable[..., Page]) -> None:
    page = window(scripts=False)
    sign_in(page, named_site)
    page.goto(f"{named_site}/desk/account")
    expect(page.get_by_text("open this page in a browser that makes passkeys")).to_be_visible()
    expect(page.get_by_role("button", name=ADD)).to_be_hidden()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.get_by_role("button", name=USE)).to_be_hidden()
