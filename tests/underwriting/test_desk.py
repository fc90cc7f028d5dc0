"""The underwriting desk: from a new sponsor to its credit on a story."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.core.events import recent_events
from station.members.models import Member
from station.members.services import add_organisation, match_or_create
from station.news.services import import_document
from station.underwriting.models import Credit, Flight, Sponsor
from tests.conftest import House
from tests.news.cds_documents import document, six_paragraphs

STORY = "/news/story/lake-level-rises-after-a-wet-winter"


def send(browser: FlaskClient, page: str, data: dict[str, Any], to: str = "") -> Any:
    """Fill in the form of a page and send it."""
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', browser.get(page).text)
    assert token is not None, page
    return browser.post(to or page, data={**data, "csrf_token": token[1]})


@pytest.fixture
def underwriter(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("underwriting")


def flight_page(browser: FlaskClient, house: House, days: int = 5) -> str:
    """A sponsor with a flight at KNPR, by the desk's own forms; returns the flight's page."""
    made = send(
        browser,
        "/desk/sponsors/new",
        {
            "organisation": "Basin Books LLC",
            "email": "",
            "credit_name": "Basin Books",
            "url": "https://basin.example",
        },
    )
    assert made.status_code == 303
    today = clock.today(house.licensee.timezone)
    booked = send(
        browser,
        f"{made.headers['Location']}/flights/new",
        {"station": "news", "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=days)).isoformat()},
    )
    assert booked.status_code == 303
    return str(booked.headers["Location"])


def approve(browser: FlaskClient, page: str, read: str = "") -> Any:
    shown = browser.get(page).text
    action = re.search(r'action="(/desk/credits/[^"]+/approve)"', shown)
    mark = re.search(r'name="read" value="([^"]+)"', shown)
    assert action is not None
    assert mark is not None
    return send(browser, page, {"read": read or mark[1]}, action[1])


def test_a_credit_from_nothing_to_the_story(house: House, client: FlaskClient, underwriter: FlaskClient) -> None:
    import_document(document(*six_paragraphs()), house.news.id, COMMAND)
    page = flight_page(underwriter, house)
    assert send(underwriter, page, {"copy": "Used books in Henderson."}, f"{page}/credit").status_code == 303
    assert "Support comes from" in underwriter.get(page).text, "the preview"
    assert "Basin Books" not in client.get(STORY).text, "a draft runs nowhere"
    assert approve(underwriter, page).status_code == 303
    shown = client.get(STORY).text
    assert "Used books in Henderson." in shown
    assert 'href="https://basin.example" rel="sponsored noopener"' in shown
    assert send(underwriter, page, {"copy": "New and used books."}, f"{page}/credit").status_code == 303
    assert "Used books in Henderson." in client.get(STORY).text, "the approved words run on"
    approve(underwriter, page)
    assert "New and used books." in client.get(STORY).text
    assert send(underwriter, page, {}, f"{page}/stop").status_code == 303
    assert "Basin Books" not in client.get(STORY).text
    assert "Stop the flight" not in underwriter.get(page).text
    told = [(event.name, event.actor_label) for event in recent_events(prefix="underwriting.")]
    assert ("underwriting.credit.approved", "Underwriting Person") in told
    assert [credit.approved_by for credit in db.session.scalars(sa.select(Credit))].count(None) == 0


def test_words_that_changed_are_not_approved(house: House, underwriter: FlaskClient) -> None:
    page = flight_page(underwriter, house)
    send(underwriter, page, {"copy": "First words."}, f"{page}/credit")
    refused = approve(underwriter, page, read="0" * 16)
    assert refused.status_code == 422
    assert "have changed since you read them" in refused.text
    assert "<title>Error: " in refused.text
    assert approve(underwriter, page).status_code == 303


@pytest.mark.parametrize(
    ("copy", "why"),
    [
        ("", "Enter the words"),
        ("   ", "Enter the words"),
        ("x" * 401, "it has 401"),
        ("<b>Books</b>", "plain text"),
        ("<script>alert(1)</script>", "plain text"),
        ("Visit http://basin.example", "https://"),
        ("javascript:alert(1)", "https://"),
        ("ftp://x", "https://"),
        ("Books\u202e", "plain text"),
        ("Support comes from us", "Leave out"),
    ],
)
def test_copy_that_cannot_run(house: House, underwriter: FlaskClient, copy: str, why: str) -> None:
    page = flight_page(underwriter, house)
    refused = send(underwriter, page, {"copy": copy}, f"{page}/credit")
    assert refused.status_code == 422
    assert why in refused.text
    assert "<title>Error: " in refused.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Credit)) == 0


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"organisation": ""}, "Enter the full name"),
        ({"credit_name": ""}, "Enter the name for the credits"),
        ({"url": "javascript:alert(1)"}, "https://"),
        ({"url": "http://basin.example"}, "https://"),
        ({"url": 'https://x.example/" onmouseover="x'}, "https://"),
        ({"email": "nobody"}, "Enter an email"),
        ({"email": "ana@example.org"}, "is a person"),
        ({"email": "books@example.org"}, "is a sponsor already"),
    ],
)
def test_sponsors_that_cannot_be(underwriter: FlaskClient, wrong: dict[str, str], why: str) -> None:
    match_or_create("Ana", "Peña", "ana@example.org", COMMAND)
    there = {"organisation": "Books", "email": "books@example.org", "credit_name": "Books", "url": ""}
    assert send(underwriter, "/desk/sponsors/new", there).status_code == 303
    refused = send(
        underwriter,
        "/desk/sponsors/new",
        {"organisation": "Basin Books LLC", "email": "", "credit_name": "Basin Books", "url": "", **wrong},
    )
    assert refused.status_code == 422
    assert why in refused.text
    assert ("Basin Books LLC" in refused.text) == ("organisation" not in wrong), "what was typed is kept"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Sponsor)) == 1


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ((0, -1), "before the first one"),
        ((-9, -2), "has passed"),
        ((0, 2000), "three years"),
        ((None, 3), "first day"),
    ],
)
def test_days_that_cannot_be(house: House, underwriter: FlaskClient, days: tuple[int | None, int], why: str) -> None:
    made = send(
        underwriter,
        "/desk/sponsors/new",
        {"organisation": "Basin Books LLC", "email": "", "credit_name": "Basin Books", "url": ""},
    )
    today = clock.today(house.licensee.timezone)
    first, last = ("" if day is None else (today + timedelta(days=day)).isoformat() for day in days)
    refused = send(
        underwriter,
        f"{made.headers['Location']}/flights/new",
        {"station": "news", "starts_on": first, "ends_on": last},
    )
    assert refused.status_code == 422
    assert why in refused.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Flight)) == 0


def test_an_organisation_on_file_becomes_a_sponsor(underwriter: FlaskClient) -> None:
    add_organisation("Henderson Hardware Inc", "", COMMAND)
    found = underwriter.get("/desk/sponsors?q=hardware").text
    link = re.search(r'href="(/desk/sponsors/new\?member=[^"]+)"', found)
    assert link is not None
    made = send(underwriter, link[1], {"credit_name": "Henderson Hardware", "url": ""})
    assert made.status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Member)) == 1
    assert "Henderson Hardware" in underwriter.get("/desk/sponsors?q=hardware").text
    again = send(underwriter, link[1], {"credit_name": "Henderson Hardware", "url": ""})
    assert again.status_code == 422
    assert "is a sponsor already" in again.text


def test_who_may(house: House, client: FlaskClient, desk: Callable[..., FlaskClient]) -> None:
    page = flight_page(desk("underwriting"), house)
    assert client.get("/desk/sponsors").status_code == 303
    auditor, news = desk("auditor"), desk("news")
    assert auditor.get(page).status_code == 200
    assert auditor.get("/desk/sponsors?q=%00").status_code == 400
    assert send(auditor, page, {"copy": "Words."}, f"{page}/credit").status_code == 403
    assert news.get(page).status_code == 403
    assert desk("underwriting", "news").get("/desk/flights/flight_nothing").status_code == 404
