"""The members' pages of the desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from station.core.actor import COMMAND, VISITOR
from station.core.ids import public_id
from station.members import queries, services
from tests.browsing import send


@pytest.fixture
def ana(app: Flask) -> UUID:
    return services.match_or_create("Ana", "Peña", "ana@example.org", VISITOR)


def page_of(member_id: UUID) -> str:
    return f"/desk/members/{public_id('member', member_id)}"


def test_search_finds_and_says_when_it_does_not(desk: Any, ana: UUID) -> None:
    browser = desk("development")
    assert page_of(ana) in browser.get("/desk/members?q=pena").get_data(as_text=True)
    nobody = browser.get("/desk/members?q=zebra<b>").get_data(as_text=True)
    assert "Nobody with “zebra&lt;b&gt;”" in nobody
    assert 'value="zebra&lt;b&gt;"' in nobody


def test_an_empty_house_says_so(desk: Any) -> None:
    assert "No members yet" in desk("development").get("/desk/members").get_data(as_text=True)


def test_the_list_is_paged_by_name(app: Flask, desk: Any) -> None:
    for number in range(70):
        family = "Name" if number % 2 else f"Name {number:02d}"
        services.match_or_create("Same", family, f"m{number}@example.org", VISITOR)
    seen: list[UUID] = []
    after: str | None = ""
    while after is not None:
        page = queries.members_by_name(after)
        seen += [view.id for view in page.members]
        after = page.after
    assert len(seen) == len(set(seen)) == 70
    first = desk("development").get("/desk/members").get_data(as_text=True)
    following = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert desk("auditor").get(following).get_data(as_text=True).count("Same Name") >= 20


def test_the_record_shows_who_what_and_mail(desk: Any, ana: UUID) -> None:
    page = desk("development").get(page_of(ana)).get_data(as_text=True)
    assert "<h1>Ana Peña</h1>" in page
    assert "ana@example.org" in page
    assert "Made a member record for Ana Peña" in page
    assert "No mail yet." in page


@pytest.mark.parametrize(
    "member_id", ["member_00000000000000000000000000", "member_x", "staff_00000000000000000000000000"]
)
def test_unknown_members_are_not_found(desk: Any, member_id: str) -> None:
    assert desk("development").get(f"/desk/members/{member_id}").status_code == 404


def test_an_edit_is_saved_told_and_searchable(desk: Any, ana: UUID) -> None:
    browser = desk("development")
    answer = send(
        browser,
        f"{page_of(ana)}/edit",
        {"given_name": "Ana María", "family_name": "Peña", "email": "new@example.org"},
    )
    assert answer.status_code == 303
    page = browser.get(page_of(ana)).get_data(as_text=True)
    assert "Changed the name from “Ana Peña” to “Ana María Peña”" in page
    assert "and the email from “ana@example.org” to “new@example.org”" in page
    view = queries.member(ana)
    assert view is not None
    assert view.emails == ("new@example.org", "ana@example.org")
    assert [found.id for found in queries.find_members("maria")] == [ana]
    assert services.match_or_create("Ana", "Peña", "ana@example.org", VISITOR) == ana, "the one before still matches"


def test_an_address_of_somebody_else_is_refused_and_kept_in_the_form(desk: Any, ana: UUID) -> None:
    services.match_or_create("Bo", "Li", "bo@example.org", VISITOR)
    answer = send(
        desk("development"),
        f"{page_of(ana)}/edit",
        {"given_name": "Annie", "family_name": "P", "email": "BO@example.org"},
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Bo Li has this address already" in text
    assert 'value="Annie"' in text
    view = queries.member(ana)
    assert view is not None
    assert (view.name, view.email) == ("Ana Peña", "ana@example.org")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"given_name": " ", "family_name": "", "email": ""}, "Type a first name, a last name, or both."),
        ({"given_name": "Ana", "family_name": "", "email": "not an address"}, "such as ana@example.org"),
        ({"given_name": "A" * 101, "family_name": "", "email": ""}, "at most 100 characters"),
    ],
)
def test_mistakes_are_said(desk: Any, ana: UUID, data: dict[str, str], said: str) -> None:
    answer = send(desk("development"), f"{page_of(ana)}/edit", data)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_an_organisation_has_one_name(app: Flask, desk: Any) -> None:
    bakery = services.add_organisation("Copper Kettle Bakery", "", COMMAND)
    browser = desk("development")
    assert send(browser, f"{page_of(bakery)}/edit", {"name": "", "email": ""}).status_code == 422
    renamed = send(browser, f"{page_of(bakery)}/edit", {"name": "Kettle & Sons", "email": "k@kettle.test"})
    assert renamed.status_code == 303
    assert "<h1>Kettle &amp; Sons</h1>" in browser.get(page_of(bakery)).get_data(as_text=True)


def test_only_development_edits(desk: Any, client: FlaskClient, ana: UUID) -> None:
    data = {"given_name": "X", "family_name": "Y", "email": ""}
    assert desk("development").post(f"{page_of(ana)}/edit", data=data).status_code == 400
    assert send(desk("auditor"), "/desk/account", data, to=f"{page_of(ana)}/edit").status_code == 403
    assert send(desk("news"), "/desk/account", data, to=f"{page_of(ana)}/edit").status_code == 403
    assert client.get(f"{page_of(ana)}/edit").status_code == 303
    view = queries.member(ana)
    assert view is not None
    assert view.name == "Ana Peña"
