"""A row that one editor removes while another has its form open: the other is told, and what was typed stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import public_id
from station.news import queries, services
from station.news.models import Media, Person, Program, Redirect, Section
from station.news.services import PersonDraft, RedirectDraft, SectionDraft
from station.news.services.media import delete
from tests.conftest import House
from tests.news.test_two_editors import KINDS as CHANGED
from tests.news.test_two_editors import Kind

_HIDDEN = re.compile(r'<input[^>]*name="(csrf_token|seen|of)"[^>]*value="([^"]*)"')
_FORM = re.compile(r'<form method="post" action="([^"]*)" class="form panel"')
REMOVED = "Somebody else removed this since you opened it, so nothing was kept. What you typed is below"


def section(house: House) -> Any:
    return services.keep_section(None, house.classical.id, SectionDraft("Opera"), COMMAND)


def person(house: House) -> Any:
    return services.keep_person(None, house.news.id, PersonDraft("Ana Peña"), COMMAND)


def moved(house: House) -> Any:
    return services.keep_redirect(None, RedirectDraft(None, "/old", "https://e.example/"), COMMAND).id


def gone(table: Any) -> Callable[[Any], None]:
    """Nothing of ours removes programs and people: somebody at the database does."""

    def remove(row_id: Any) -> None:
        with transaction() as session:
            session.execute(sa.delete(table).where(table.id == row_id))

    return remove


@dataclass(frozen=True)
class Removable:
    """A kind of row: how it is removed, the page on which it is added anew, and what is wrong of a field."""

    kind: Kind
    remove: Callable[[Any], None]
    anew: str


SECTION = Kind(section, "sections", "section", Section.name, "name", "", {"slug": "opera", "position": "10"})
PERSON = Kind(person, "people", "person", Person.name, "name", "", {"slug": "ana-pena"})
REDIRECT = Kind(moved, "redirects", "redirect", Redirect.reason, "reason", "",
                {"path": "/old", "target": "https://e.example/", "station": "", "kind": "301"})  # fmt: skip
KINDS = {
    "piece": Removable(CHANGED["piece"], lambda row: services.remove_piece(row, COMMAND),
                       "/desk/playlist/new?station=classical&day=2026-05-04"),
    "rule": Removable(CHANGED["rule"], lambda row: services.end_rule(row, services.airing.date(2019, 1, 1), COMMAND),
                      "/desk/schedule/rules/new?station=news"),
    "change": Removable(CHANGED["change"], lambda row: services.remove_override(row, COMMAND),
                        "/desk/schedule/changes/new?station=news"),
    "program": Removable(CHANGED["program"], gone(Program), "/desk/programs/new?station=news"),
    "section": Removable(SECTION, lambda row: services.delete_section(row, COMMAND) and None,
                         "/desk/sections/new?station=classical"),
    "person": Removable(PERSON, gone(Person), "/desk/people/new?station=news"),
    "redirect": Removable(REDIRECT, lambda row: services.remove_redirect(row, COMMAND) and None,
                          "/desk/redirects/new"),
}  # fmt: skip


def carried(shown: str) -> dict[str, str]:
    """What the forms of a page carry beside what is typed."""
    return {name: unescape(value) for name, value in _HIDDEN.findall(shown)}


@pytest.mark.parametrize("of", KINDS.values(), ids=KINDS)
def test_what_was_typed_stays_and_can_be_added_anew(
    house: House, desk: Callable[..., FlaskClient], of: Removable
) -> None:
    browser, kind = desk("news"), of.kind
    row = kind.make(house)
    page = f"/desk/{kind.page}/{public_id(kind.prefix, row)}"
    opened = carried(browser.get(page).text)
    of.remove(row)
    late = browser.post(page, data={**kind.fields, **opened, kind.said: "The second"})
    assert late.status_code == 409
    assert f"{REMOVED}: keep it to add it anew, or leave it." in unescape(late.text)
    assert "The second" in late.text, "what was typed stays"
    assert "What they wrote" not in late.text
    assert late.text.count('<form method="post"') <= 2, "what is not there cannot be removed; the other one signs out"
    found = _FORM.search(late.text)
    assert found is not None
    assert unescape(found[1]) == of.anew
    db.session.rollback()
    assert db.session.scalars(sa.select(kind.column)).all() == []
    again = carried(late.text)
    assert again["seen"] == ""
    assert browser.post(of.anew, data={**kind.fields, **again, kind.said: "The second"}).status_code == 303
    db.session.rollback()
    assert db.session.scalars(sa.select(kind.column)).one() == "The second"


@pytest.mark.parametrize("of", KINDS.values(), ids=KINDS)
def test_what_is_wrong_of_it_is_said_as_well_and_no_page_shows_what_never_was(
    house: House, desk: Callable[..., FlaskClient], of: Removable
) -> None:
    browser, kind = desk("news"), of.kind
    row = kind.make(house)
    page = f"/desk/{kind.page}/{public_id(kind.prefix, row)}"
    opened = carried(browser.get(page).text)
    of.remove(row)
    long = browser.post(page, data={**kind.fields, **opened, kind.said: "x" * 1001})
    assert (long.status_code, REMOVED in long.text, "field-error" in long.text) == (409, True, True)
    assert browser.get(page).status_code == 404
    unseen = browser.post(page, data={**kind.fields, **opened, "seen": "", kind.said: "The second"})
    assert unseen.status_code == 404, "no page showed it"
    nothing = browser.post(f"/desk/{kind.page}/x", data={**kind.fields, **opened, kind.said: "The second"})
    assert nothing.status_code == 404


def test_a_row_that_goes_between_the_look_and_the_lock(
    house: House, desk: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, kind = desk("news"), CHANGED["piece"]
    row = kind.make(house)
    page = f"/desk/playlist/{public_id('entry', row)}"
    opened, seen = carried(browser.get(page).text), queries.played(row)
    services.remove_piece(row, COMMAND)
    monkeypatch.setattr(queries, "played", lambda _: seen)
    late = browser.post(page, data={**kind.fields, **opened, "title": "The second"})
    assert (late.status_code, REMOVED in late.text, "The second" in late.text) == (409, True, True)
    assert "Take it off" not in late.text


def test_the_words_of_a_picture_that_was_deleted_can_be_copied(
    house: House, desk: Callable[..., FlaskClient]
) -> None:
    browser, kind = desk("news"), CHANGED["picture"]
    row = kind.make(house)
    page = f"/desk/media/{public_id('media', row)}"
    opened = carried(browser.get(page).text)
    delete(row, COMMAND)
    late = browser.post(page, data={**kind.fields, **opened, "caption": "The second", "alt": "A road at noon."})
    assert late.status_code == 409
    assert f"{REMOVED}, to be copied: it cannot be added anew here." in unescape(late.text)
    assert "The second" in late.text
    assert "A road at noon." in late.text
    assert 'href="/desk/media/upload"' in late.text
    assert browser.post(page, data={**kind.fields, "csrf_token": opened["csrf_token"]}).status_code == 404
    assert db.session.scalars(sa.select(Media)).all() == []


def test_two_editors_of_a_redirect(house: House, desk: Callable[..., FlaskClient]) -> None:
    browser, row = desk("news"), moved(house)
    page = f"/desk/redirects/{public_id('redirect', row)}"
    opened = carried(browser.get(page).text)
    services.keep_redirect(row, RedirectDraft(None, "/old", "https://first.example/"), COMMAND)
    typed = {**REDIRECT.fields, "target": "https://second.example/"}
    late = browser.post(page, data={**opened, **typed})
    assert (late.status_code, "Somebody else changed this since" in late.text) == (409, True)
    assert f'<a href="{page}" target="_blank">What they wrote' in late.text
    assert 'value="https://second.example/"' in late.text
    db.session.rollback()
    assert db.session.scalars(sa.select(Redirect.target)).one() == "https://first.example/"
    assert browser.post(page, data={**carried(late.text), **typed}).status_code == 303
