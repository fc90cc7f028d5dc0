"""The desk's queue of monthly payments that failed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from tests.giving.conftest import Donor
from tests.giving.keeping import Giver, steps

Desk = Callable[..., FlaskClient]
QUEUE = "/desk/failed-payments"


def token_of(page: Any) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


def one_of(page: Any) -> str:
    found = re.search(rf'href="({QUEUE}/sustainer_\w+)"', page.text)
    assert found, page.text
    return found[1]


def test_the_queue_says_why_what_comes_next_and_who_spoke_last(giver: Giver, donor: Donor, desk: Desk) -> None:
    giver.begin(donor)
    browser = desk("development")
    assert "No recurring payment stands open here." in browser.get(QUEUE).text
    giver.refused()
    page = browser.get(QUEUE)
    for said in ("Maria Peña", "$5.00", "Tried again", "The bank said no", "Wrote of the refusal"):
        assert said in page.text
    assert "Maria" not in browser.get(f"{QUEUE}?kind=confirm").text
    assert "Maria" in browser.get(f"{QUEUE}?kind=retrying").text
    assert "Failed recurring payments" in browser.get("/desk/").text


def test_a_call_is_noted_and_a_link_is_sent(giver: Giver, donor: Donor, desk: Desk, client: FlaskClient) -> None:
    giver.begin(donor)
    giver.refused()
    browser = desk("development")
    story = browser.get(one_of(browser.get(QUEUE)))
    address, token = story.request.path, token_of(story)
    assert "maria@example.org" in story.text
    assert "Visa ending 4242" in story.text
    assert browser.post(f"{address}/call", data={"csrf_token": token, "note": " "}).status_code == 422
    typed = {"csrf_token": token, "note": "4242 4242 4242 4242"}
    refused = browser.post(f"{address}/call", data=typed)
    assert (refused.status_code, "4242 4242" in refused.text) == (422, False)
    noted = browser.post(f"{address}/call", data={"csrf_token": token, "note": "Will use another card on Friday."})
    assert noted.status_code == 303
    assert browser.post(f"{address}/link", data={"csrf_token": token}).status_code == 303
    giver.told()
    assert "Will use another card on Friday." in browser.get(address).text
    assert steps() == ["failed", "call", "link"]
    assert client.get(giver.link()).status_code == 200
    assert browser.get(f"{QUEUE}/sustainer_nonsense").status_code == 404
    assert browser.post(f"{address}/link").status_code in (400, 403)  # without a token


def test_a_card_that_the_bank_changed_is_told(giver: Giver, donor: Donor, desk: Desk) -> None:
    giver.begin(donor)
    giver.refused()
    method = giver.stripe.sandbox.store.all("payment_method")[0]
    giver.stripe.update_card(method["id"], exp_year=2041)
    giver.told()
    browser = desk("development")
    page = browser.get(one_of(browser.get(QUEUE)))
    assert "the bank told, not the donor" in page.text
    assert "good until" in page.text
    assert "2041" in page.text


def test_others_are_kept_out(desk: Desk) -> None:
    assert desk("news").get(QUEUE).status_code == 403
