"""A donor becomes a member, once."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from station.core.actor import COMMAND, VISITOR
from station.core.db import db, transaction
from station.core.events import Subject, events_of
from station.members import policies, queries, services
from station.members.models import Member, MemberEmail, MemberKind


def match(given: str = "Ana", family: str = "Peña", email: str = "ana@example.org") -> UUID:
    return services.match_or_create(given, family, email, VISITOR)


def count(table: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    "typed",
    [
        "ana@example.org",
        " ANA@Example.org ",
        "\uff41na@example.org",
        "ana@example.org\u00a0",
        "ana@example.org\u200b\x00",
    ],
)
def test_the_same_address_is_the_same_member(app: Flask, typed: str) -> None:
    assert match() == match(email=typed)
    assert (count(Member), count(MemberEmail)) == (1, 1)


@pytest.mark.parametrize("other", ["a.na@example.org", "ana+knpr@example.org", "ana@example.com"])
def test_dots_and_tags_are_other_people(app: Flask, other: str) -> None:
    assert match() != match(email=other)


def test_a_name_on_file_stays_and_the_other_is_told(app: Flask) -> None:
    first = match()
    assert match("Anita", "Pena") == first
    view = queries.member(first)
    assert view is not None
    assert (view.name, view.given_name, view.family_name) == ("Ana Peña", "Ana", "Peña")
    told = events_of(Subject("member", first))[0]
    assert (told.name, told.data["given"]) == ("members.member.gave_another_name", "Anita Pena")
    match("ANA", "peña")
    assert len(events_of(Subject("member", first))) == 2, "capitals are not another name"


@pytest.mark.parametrize(
    ("given", "family", "kept"),
    [
        ("Ana", "Peña", "Ana Peña"),
        ("Sinéad", "O'Brien", "Sinéad O'Brien"),
        ("Cher", "", "Cher"),
        ("", "Teller", "Teller"),
        ("李", "小龍", "李 小龍"),
        ("  Mary\tAnn ", "de  la Cruz", "Mary Ann de la Cruz"),
        ("Ana\u202e", "B\x00ob", "Ana Bob"),
        ("Sunny ☀️", "Day", "Sunny ☀️ Day"),
        ("", "", "ana@example.org"),
        ("N" * 300, "", "N" * 100),
    ],
)
def test_names_are_kept_as_typed(app: Flask, given: str, family: str, kept: str) -> None:
    view = queries.member(match(given, family))
    assert view is not None
    assert view.name == kept


@given(st.text())
def test_no_name_can_break_a_line(text: str) -> None:
    clean = policies.clean_name(text)
    assert len(clean.splitlines()) <= 1
    assert policies.clean_name(clean) == clean


@given(st.text())
def test_an_address_has_one_form(text: str) -> None:
    once = policies.normalise_email(text)
    assert policies.normalise_email(once).strip() == policies.normalise_email(policies.normalise_email(once)).strip()


@pytest.mark.parametrize("typed", ["Ana@Example.org", " ANA@EXAMPLE.ORG ", "ana@example.org", "ａｎａ@example.org"])
def test_capitals_spaces_and_wide_letters_are_the_same_address(typed: str) -> None:
    assert policies.normalise_email(typed) == "ana@example.org"


@pytest.mark.parametrize(
    ("typed", "kept", "read"),
    [
        ("Ana@NIÑO.example", "ana@xn--nio-8ma.example", "ana@niño.example"),
        ("ana@XN--nio-8ma.example", "ana@xn--nio-8ma.example", "ana@niño.example"),
        ("josé@example.org", "josé@example.org", "josé@example.org"),
        ("ana@xn--broken-.example", "ana@xn--broken-.example", "ana@xn--broken-.example"),
        (f"ana@{'ñ' * 80}.example", f"ana@{'ñ' * 80}.example", f"ana@{'ñ' * 80}.example"),
        ("niño", "niño", "niño"),
    ],
)
def test_a_domain_of_another_script_has_one_form(typed: str, kept: str, read: str) -> None:
    assert policies.normalise_email(typed) == kept
    assert set(policies.spellings(typed)) == {kept, read}


@given(st.emails(), st.text(max_size=20))
def test_every_spelling_comes_to_the_same_address(address: str, text: str) -> None:
    for typed in (address, f"{address}.{text}"):
        kept = policies.normalise_email(typed)
        assert policies.spellings(typed)[0] == kept
        assert policies.normalise_email(policies.spellings(kept)[-1]) == kept


def test_two_gifts_at_once_make_one_member(app: Flask) -> None:
    ready, found = threading.Barrier(6), []

    def arrive() -> None:
        with app.app_context():
            ready.wait()
            found.append(match())
            db.session.remove()

    threads = [threading.Thread(target=contextvars.Context().run, args=(arrive,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert (count(Member), count(MemberEmail)) == (1, 1)


def test_a_match_lives_and_dies_with_its_transaction(app: Flask) -> None:
    def fails() -> None:
        with transaction():
            match()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert (count(Member), queries.find_members("ana")) == (0, [])


def test_organisations(app: Flask) -> None:
    first = services.add_organisation("Copper Kettle Bakery", "office@kettle.example", COMMAND)
    assert services.add_organisation("Copper Kettle", "OFFICE@kettle.example", COMMAND) == first
    unknown = services.add_organisation("No Address Ltd", "", COMMAND)
    assert unknown != services.add_organisation("No Address Ltd", "", COMMAND)
    view = queries.member(first)
    assert view is not None
    assert (view.kind, view.name) == (MemberKind.ORGANISATION, "Copper Kettle Bakery")


@pytest.mark.parametrize("query", ["pena", "PEÑA", "ana p", "ana@example.org", "peñ", "example"])
def test_members_are_found(app: Flask, query: str) -> None:
    wanted = match()
    match("Bo", "Li", "bo@elsewhere.test")
    assert [view.id for view in queries.find_members(query)] == [wanted]


@pytest.mark.parametrize("query", ["", "zebra", "'; drop table member", '"', "*", "AND OR NOT", "%"])
def test_strange_queries_find_nothing(app: Flask, query: str, later: Callable[..., None]) -> None:
    match()
    assert queries.find_members(query) == []
