"""Reporters and hosts at the desk: their pages, the stories that carry their names, and two of one name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core import clock, runtime
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import Event
from station.core.ids import public_id
from station.core.outbox import Outbox
from station.news.drafts import Author, StoryDraft, text_blocks
from station.news.models import Person, Redirect, Story, StoryPerson
from station.news.policies.editing import Written
from station.news.services import PersonDraft, keep_person, publish_story
from station.news.services.editing import begin_story, put_out, save_story
from tests.browsing import seen_on, send
from tests.conftest import House, changed

NEW = "/desk/people/new?station=news"
ANA = {"name": "Ana Peña", "slug": "", "role": "Reporter", "about": "Water.", "url": "", "on_staff": "y"}


@pytest.fixture
def editor(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news")


def make(house: House, name: str = "Ana Peña", **more: Any) -> Any:
    return keep_person(None, house.news.id, PersonDraft(name, **more), COMMAND)


def at(person: Any) -> str:
    return f"/desk/people/{public_id('person', person)}"


def publish(house: House, headline: str, *names: str) -> Any:
    when = clock.now() - timedelta(hours=1)
    draft = StoryDraft(headline, text_blocks("<p>One.</p>"), when, house.news.name, byline=" and ".join(names),
                       authors=[Author(name) for name in names])  # fmt: skip
    return publish_story(draft, house.news.id, COMMAND)


def write(story: Any, base: int, *authors: str) -> int:
    number = save_story(story, base, Written("Lake falls", authors=authors), "", COMMAND)
    with transaction() as session:
        session.execute(sa.update(Story).values(state="published", published_at=clock.now() - timedelta(1)))
    return put_out(story, number, COMMAND)


def who(story: Any) -> list[Any]:
    mine = sa.select(StoryPerson.person_id).where(StoryPerson.story_id == story).order_by(StoryPerson.position)
    return list(db.session.scalars(mine))


def test_a_reporter_gets_a_page_that_lists_their_stories(
    house: House, editor: FlaskClient, client: FlaskClient
) -> None:
    publish(house, "Lake falls", "Ana Peña", "Lee Ito")
    assert "has nobody with a page yet" in editor.get("/desk/people").text
    assert client.get("/news/person/ana-pena").status_code == 404
    assert send(editor, NEW, ANA).status_code == 303
    row = db.session.scalars(sa.select(Person)).one()
    assert (row.slug, row.role, row.about, row.on_staff, row.cds_id) == ("ana-pena", "Reporter", "Water.", True, None)
    page = client.get("/news/person/ana-pena").text
    assert "Lake falls" in page
    assert "Reporter" in page
    assert "/news/person/ana-pena" in client.get("/news/story/lake-falls").text
    listed = editor.get("/desk/people").text
    assert "/news/person/ana-pena" in listed
    assert "Lee Ito" not in listed
    told = db.session.scalars(sa.select(Event).where(Event.name == "news.person.kept")).one()
    assert (told.data["name"], told.data["stories"]) == ("Ana Peña", 1)
    assert "/desk/people" in editor.get("/desk/stories").text, "the desk leads there"


def test_the_editors_byline_finds_them(house: House, client: FlaskClient) -> None:
    ana = make(house)
    story = begin_story(house.news.id, "Lake falls", COMMAND)
    write(story, 1, "Ana Peña", "Lee Ito")
    assert who(story) == [ana, None]
    assert "/news/person/ana-pena" in client.get("/news/story/lake-falls").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Enter the name."),
        ({"name": "\x1b\u200b"}, "Enter the name."),
        ({"name": "x" * 201}, "longer than 200"),
        ({"slug": "x" * 101}, "At most 100 letters; this has 101."),
        ({"name": "Лев Ландау"}, "Use letters from a to z"),
        ({"slug": "search"}, "a word that the house keeps"),
        ({"name": "Ana Peña"}, "“Ana Peña” has that address. Choose another one, such as ana-pena-2."),
        ({"role": "x" * 121}, "longer than 120"),
        ({"about": "x" * 4001}, "longer than 4000"),
        ({"url": "javascript:alert(1)"}, "Starts with https://"),
        ({"url": f"https://example.org/{'x' * 500}"}, "longer than 500"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(house: House, editor: FlaskClient, wrong: Any, said: str) -> None:
    make(house)
    answer = send(editor, NEW, {**ANA, "name": "Lee Ito", **wrong})
    assert answer.status_code == 422
    assert answer.text.count(said) == 2, "in the summary and beside the field"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 1


def test_the_list_is_searched_and_goes_on(house: House, editor: FlaskClient) -> None:
    make(house)
    make(house, "Ángel Ñúñez", role="Host of Morning Edition")
    for number in range(60):
        make(house, f"Person {number:02}")
    for query, found in (("pena", "Ana Peña"), ("PEÑA", "Ana Peña"), ("ana pena", "Ana Peña"), ("host of", "Ángel")):
        page = editor.get("/desk/people", query_string={"q": query}).text
        assert found in page
        assert "Person 01" not in page
    for query in ("zzz", "%", "_", "\\", "'", "x" * 500):
        answer = editor.get("/desk/people", query_string={"q": query})
        assert answer.status_code == 200
        assert "Person 01" not in answer.text
    first = editor.get("/desk/people").text
    assert 'rel="next"' in first
    onward = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = editor.get(onward).text
    names = [f"Person {number:02}" for number in range(60)]
    assert all((name in first) != (name in second) for name in names)
    assert editor.get("/desk/people?after=person_none").status_code == 200


def test_two_people_of_one_name_are_told_apart(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    first = make(house)
    assert 'value="ana-pena-2"' in send(editor, NEW, ANA).text, "a free address is suggested"
    assert 'value="Ana Pena"' in send(editor, NEW, {**ANA, "slug": "Ana Pena"}).text, "what was typed stays"
    assert send(editor, NEW, {**ANA, "slug": "ana-pena-of-reno"}).status_code == 303
    second = db.session.scalars(sa.select(Person.id).where(Person.slug == "ana-pena-of-reno")).one()
    assert "Ana Peña (ana-pena-of-reno)" in editor.get(at(second)).text
    assert "/desk/people/" + public_id("person", first) in editor.get(at(second)).text
    story = begin_story(house.news.id, "Lake falls", COMMAND)
    number = write(story, 1, "Ana Peña")
    assert who(story) == [first]
    number = write(story, number, "Ana Peña (ana-pena-of-reno)")
    assert who(story) == [second]
    page = client.get("/news/story/lake-falls").text
    assert "/news/person/ana-pena-of-reno" in page
    assert "Ana Peña (" not in page, "readers see the name alone"
    assert "Lake falls" in client.get("/news/person/ana-pena-of-reno").text
    assert "Lake falls" not in client.get("/news/person/ana-pena").text
    send(editor, at(second), {**ANA, "slug": "ana-reno"})
    write(story, number, "Ana Peña (ana-pena-of-reno)", "Lee Ito (KNPR)", "Lee Ito (knpr)")
    assert who(story) == [second, None, None], "an earlier address means them, too"
    names = db.session.scalars(sa.select(StoryPerson.name).order_by(StoryPerson.position)).all()
    assert names == ["Ana Peña", "Lee Ito (KNPR)", "Lee Ito (knpr)"]


def test_who_gets_another_name_keeps_their_stories(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    ana = make(house)
    story = begin_story(house.news.id, "Lake falls", COMMAND)
    number = write(story, 1, "Ana Peña")
    assert send(editor, at(ana), {**ANA, "name": "Ana Quist", "slug": "ana-quist"}).status_code == 303
    moved = client.get("/news/person/ana-pena")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/news/person/ana-quist")
    write(story, number, "Ana Peña", "Lee Ito")
    assert who(story) == [ana, None], "the story carries the name that it was printed with"
    page = client.get("/news/person/ana-quist").text
    assert "Ana Quist" in page
    assert "Lake falls" in page
    assert len(db.session.scalars(sa.select(Redirect.path)).all()) == 1


def test_people_of_another_station_are_others(house: House, client: FlaskClient) -> None:
    story = publish(house, "Lake falls", "Ana Peña")
    keep_person(None, house.classical.id, PersonDraft("Ana Peña"), COMMAND)
    assert who(story) == [None]
    assert client.get("/classical/person/ana-pena").status_code == 200
    assert client.get("/news/person/ana-pena").status_code == 404


def test_the_second_of_two_editors_is_told_and_loses_nothing(
    house: House, editor: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    page, other = at(make(house)), desk("news", "underwriting")
    opened = seen_on(other, page)
    assert send(editor, page, {**ANA, "role": "Host"}).status_code == 303
    late = send(other, page, {**ANA, "about": "Deserts.", "seen": opened})
    assert late.status_code == 409
    assert "Somebody else changed this since you opened it" in late.text
    assert "Deserts." in late.text
    assert db.session.scalars(sa.select(Person.role)).one() == "Host"
    assert send(other, page, {**ANA, "about": "Deserts."}).status_code == 303
    assert send(other, page, {**ANA, "seen": "é" * 3}).status_code == 409


def test_who_may(house: House, desk: Callable[..., FlaskClient], client: FlaskClient) -> None:
    page, news = at(make(house)), desk("news")
    stranger, auditor = desk("development"), desk("auditor")
    for path in ("/desk/people", page, NEW):
        assert stranger.get(path).status_code == 403
        assert client.get(path).status_code in (302, 303, 403)
    for path in (NEW, page):
        assert send(stranger, "/desk/account", ANA, to=path).status_code == 403
        assert send(auditor, "/desk/account", ANA, to=path).status_code == 403
        assert news.post(path, data=ANA).status_code == 400, "without a token"
    assert news.get("/desk/people/person_none").status_code == 404


def test_shared_caches_are_told(house: House) -> None:
    with changed(runtime.settings(), purge_url="http://127.0.0.1:9/purge"):
        make(house)
    args = db.session.scalars(sa.select(Outbox.args).where(Outbox.job == "core.purge")).one()
    assert args["keys"] == ["station:news"]
