"""The language of somebody's mail, chosen on the page behind a letter."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from station.core.actor import VISITOR
from station.core.events import Subject, events_of
from station.mail import queries
from station.members import queries as members
from station.members.services import match_or_create

ANA = "ana@example.org"


@pytest.fixture
def ana(app: Flask) -> UUID:
    return match_or_create("Ana", "Peña", ANA, VISITOR)


def page_of(address: str) -> str:
    return queries.preferences_url(address).removeprefix("http://localhost")


def sent(client: FlaskClient, data: dict[str, str]) -> Any:
    was = re.search(r'name="was" value="([^"]*)"', client.get(page_of(ANA)).text)
    assert was
    on = [code for code in was[1].split() if code != "exchange"]
    return client.post(page_of(ANA), data={"was": was[1], "on": on, **data})


def language(ana: UUID) -> str:
    found = members.member(ana)
    assert found
    return found.language


def test_it_is_chosen_said_and_on_record(client: FlaskClient, ana: UUID) -> None:
    shown = client.get(page_of(ANA)).text
    assert re.search(r'name="language" value="en" checked', shown)
    done = client.get(sent(client, {"spoke": "en", "language": "es"}).location).text
    for said in ("Your choices are saved", "Language of your mail", "Español"):
        assert said in done
    assert "Undo this" not in done
    assert language(ana) == "es"
    assert queries.consent_history(ANA) == []
    assert "members.member.changed" in [e.name for e in events_of(Subject("member", ana))]
    found = members.member(ana)
    assert found
    assert (found.name, found.email) == ("Ana Peña", ANA)


def test_who_is_known_by_their_address_keeps_it_as_their_name(client: FlaskClient) -> None:
    known_by_address = match_or_create("", "", ANA, VISITOR)
    sent(client, {"spoke": "en", "language": "es"})
    found = members.member(known_by_address)
    assert found
    assert (found.name, found.language) == (ANA, "es")


def test_a_page_left_open_does_not_bring_the_old_one_back(client: FlaskClient, ana: UUID) -> None:
    sent(client, {"spoke": "en", "language": "es"})
    sent(client, {"spoke": "en", "language": "en"})
    assert language(ana) == "es"


@pytest.mark.parametrize("wrong", ["", "tlh", "en' --", "es " * 50])
def test_no_other_language_is_taken(client: FlaskClient, ana: UUID, wrong: str) -> None:
    answer = sent(client, {"spoke": "en", "language": wrong})
    assert "Nothing was changed" in client.get(answer.location).text
    assert language(ana) == "en"


def test_an_address_that_is_nobodys_is_not_asked(client: FlaskClient, app: Flask) -> None:
    page = page_of("nobody@example.org")
    assert "Language of your mail" not in client.get(page).text
    assert client.post(page, data={"was": "", "spoke": "en", "language": "es"}).status_code == 303
