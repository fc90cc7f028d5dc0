"""Sections at the desk: made, named, ordered, hidden, moved and deleted, and what readers and stories see of it."""

from __future__ import annotations

import re
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
from station.news.drafts import StoryDraft, Topic, text_blocks
from station.news.models import Redirect, Section, Story
from station.news.policies.editing import Written
from station.news.queries.editing import newest_version
from station.news.services import RedirectDraft, SectionDraft, keep_redirect, keep_section, publish_story
from station.news.services.editing import begin_story, put_out, save_story
from tests.browsing import seen_on, send
from tests.conftest import House, changed

NEW = "/desk/sections/new?station=news"
WATER = {"name": "Water", "slug": "", "position": "10", "on_home": "y"}


@pytest.fixture
def editor(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news")


def make(house: House, name: str = "Water", **more: Any) -> str:
    return public_id("section", keep_section(None, house.news.id, SectionDraft(name, **more), COMMAND))


def publish(house: House, headline: str, topic: str = "Water") -> Any:
    at = clock.now() - timedelta(hours=1)
    draft = StoryDraft(headline, text_blocks("<p>One.</p><p>Two.</p>"), at, house.news.name, topics=[Topic(topic)])
    return publish_story(draft, house.news.id, COMMAND)


def at(section: str) -> str:
    return f"/desk/sections/{section}"


def leads(client: FlaskClient, path: str) -> tuple[int, str | None]:
    answer = client.get(path)
    return answer.status_code, answer.headers.get("Location")


def home_order(client: FlaskClient) -> list[str]:
    return re.findall(r'id="section-([^"]+)"', client.get("/news/").text)


def test_one_is_made_by_hand_and_found_by_its_address(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    assert "has no section yet" in editor.get("/desk/sections").text
    assert send(editor, NEW, WATER).status_code == 303
    row = db.session.scalars(sa.select(Section)).one()
    assert (row.station_id, row.slug, row.name, row.position, row.on_home) == (
        house.news.id,
        "water",
        "Water",
        10,
        True,
    )
    page = editor.get("/desk/sections").text
    assert "/news/section/water" in page
    assert 'value="20"' in editor.get(NEW).text, "the next one stands behind it"
    assert "has no section yet" in editor.get("/desk/sections?station=classical").text
    assert client.get("/news/section/water").status_code == 200
    told = db.session.scalars(sa.select(Event).where(Event.name == "news.section.kept")).one()
    assert (told.data["name"], told.data["slug"]) == ("Water", "water")
    assert "Sections" in page
    assert "/desk/sections" in editor.get("/desk/stories").text, "the desk leads there"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Enter the name."),
        ({"name": " \x1b\x07 "}, "Enter the name."),
        ({"name": "\u200b\u2060"}, "Enter the name."),
        ({"name": "x" * 121}, "longer than 120"),
        ({"slug": "x" * 81}, "At most 80 letters; this has 81."),
        ({"slug": "水位"}, "Use letters from a to z"),
        ({"name": "水位"}, "Use letters from a to z"),
        ({"slug": "feed"}, "a word that the house keeps"),
        ({"slug": "Wäter"}, "“Water” has that address. Choose another one, such as water-2."),
        ({"position": "first"}, "Not a valid integer"),
        ({"position": ""}, "Enter a number."),
        ({"position": "-1"}, "From 0 to 9999."),
        ({"position": "99999999999999999999"}, "From 0 to 9999."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(house: House, editor: FlaskClient, wrong: Any, said: str) -> None:
    make(house)
    answer = send(editor, NEW, {**WATER, "name": "Elections", **wrong})
    assert answer.status_code == 422
    assert answer.text.count(said) == 2, "in the summary and beside the field"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Section)) == 1


def test_names_are_one_line_and_addresses_are_made_of_them(house: House, editor: FlaskClient) -> None:
    assert send(editor, NEW, {**WATER, "name": "  Arts\r\n &\x07  Culture \u202e"}).status_code == 303
    assert send(editor, NEW, {**WATER, "name": "The long section " * 7}).status_code == 303
    assert send(editor, NEW, {**WATER, "name": "Salud", "slug": " Salud y Más "}).status_code == 303
    rows = {row.slug: row.name for row in db.session.scalars(sa.select(Section))}
    assert rows["arts-culture"] == "Arts & Culture"
    assert rows["salud-y-mas"] == "Salud"
    assert all(len(slug) <= 80 for slug in rows)
    same = send(editor, NEW.replace("news", "classical"), {**WATER, "name": "Salud", "slug": "salud-y-mas"})
    assert same.status_code == 303, "each station has its own"


def test_the_home_shows_them_in_order_unless_hidden(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    water, arts = make(house, position=20), make(house, "Arts", position=10)
    publish(house, "Lake falls")
    publish(house, "A play", "Arts")
    assert home_order(client) == ["arts", "water"]
    assert send(editor, at(water), {**WATER, "position": "5"}).status_code == 303
    assert home_order(client) == ["water", "arts"]
    hidden = {name: value for name, value in {**WATER, "name": "Arts"}.items() if name != "on_home"}
    assert send(editor, at(arts), hidden).status_code == 303
    assert home_order(client) == ["water"]
    assert "/section/arts" not in client.get("/text/news/sections").text
    assert "A play" in client.get("/news/section/arts").text
    assert "/news/section/arts" in client.get("/sitemap-0.xml").text
    assert "checked" not in editor.get(at(arts)).text
    assert send(editor, at(arts), {**hidden, "on_home": "y"}).status_code == 303
    assert sorted(home_order(client)) == ["arts", "water"]


def test_another_name_is_read_everywhere(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    water = make(house)
    publish(house, "Lake falls")
    assert "Water" in client.get("/news/story/lake-falls").text
    assert send(editor, at(water), {**WATER, "name": "Rivers", "slug": "water"}).status_code == 303
    for path in ("/news/", "/news/section/water", "/news/story/lake-falls"):
        assert "Rivers" in client.get(path).text
    assert db.session.scalars(sa.select(Redirect)).all() == []


@pytest.mark.parametrize("slug", ["water", "rivers"])
def test_what_others_send_under_the_old_name_comes_into_it(house: House, editor: FlaskClient, slug: str) -> None:
    water = make(house)
    assert send(editor, at(water), {**WATER, "name": "Rivers", "slug": slug}).status_code == 303
    publish(house, "Lake falls", "Water")
    assert [(each.name, each.slug) for each in db.session.scalars(sa.select(Section))] == [("Rivers", slug)]


def test_an_old_address_leads_to_the_new_one_in_one_step(
    house: House, editor: FlaskClient, client: FlaskClient
) -> None:
    water = make(house)
    publish(house, "Lake falls")
    by_hand = RedirectDraft(None, "/old/water", "/news/section/water")
    keep_redirect(None, by_hand, COMMAND)
    for slug in ("rivers", "Las Aguas"):
        assert send(editor, at(water), {**WATER, "slug": slug}).status_code == 303
    for old in ("water", "rivers"):
        assert leads(client, f"/news/section/{old}") == (301, "/news/section/las-aguas")
        assert leads(client, f"/text/news/section/{old}") == (301, "/text/news/section/las-aguas")
        for feed in ("rss", "atom", "json"):
            assert leads(client, f"/news/section/{old}/feed.{feed}") == (301, f"/news/section/las-aguas/feed.{feed}")
    assert leads(client, "/old/water") == (301, "/news/section/las-aguas")
    assert leads(client, "/classical/section/water") == (404, None)
    assert "Lake falls" in client.get("/news/section/las-aguas").text
    assert "/news/section/las-aguas" in client.get("/sitemap-0.xml").text
    assert send(editor, at(water), {**WATER, "slug": "water"}).status_code == 303, "its own address is taken back"
    assert client.get("/news/section/water").status_code == 200
    assert client.get("/news/section/water/feed.rss").status_code == 200
    assert leads(client, "/news/section/las-aguas") == (301, "/news/section/water")
    assert leads(client, "/old/water") == (301, "/news/section/water")


def test_an_address_that_leads_elsewhere_is_refused(house: House, editor: FlaskClient) -> None:
    water, arts = make(house), make(house, "Arts")
    send(editor, at(water), {**WATER, "slug": "rivers"})
    keep_redirect(None, RedirectDraft(None, "/news/section/away", "https://example.org/"), COMMAND)
    for slug, to in (("water", "/news/section/rivers"), ("away", "https://example.org/")):
        answer = send(editor, at(arts), {**WATER, "name": "Arts", "slug": slug})
        assert answer.status_code == 422
        assert f"That address leads to {to}." in answer.text
        assert send(editor, NEW, {**WATER, "name": "New", "slug": slug}).status_code == 422
    assert f'value="{slug}"' in answer.text, "what was typed stays"


def test_stories_that_were_saved_under_the_old_address_stay_in_the_section(
    house: House, editor: FlaskClient, client: FlaskClient
) -> None:
    water = make(house)
    story = begin_story(house.news.id, "Lake falls", COMMAND)
    number = save_story(story, 1, Written("Lake falls", section="water"), "", COMMAND)
    with transaction() as session:
        session.execute(sa.update(Story).values(state="published", published_at=clock.now() - timedelta(1)))
    number = save_story(story, number, Written("Lake falls again", section="water"), "", COMMAND)
    assert send(editor, at(water), {**WATER, "slug": "rivers"}).status_code == 303
    assert newest_version(story).written.section == "rivers"
    assert '<option selected value="rivers">' in editor.get(f"/desk/stories/{public_id('story', story)}/edit").text
    put_out(story, number, COMMAND)
    assert "Lake falls again" in client.get("/news/section/rivers").text


def test_only_an_empty_one_is_deleted(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    water, arts = make(house), make(house, "Arts")
    publish(house, "Lake falls")
    send(editor, at(water), {**WATER, "slug": "rivers"})
    refused = send(editor, at(arts), to=f"{at(water)}/delete")
    assert refused.status_code == 303
    assert "1 story stands under it" in editor.get(at(water)).text
    assert "Delete the section" not in editor.get(at(water)).text
    story = begin_story(house.news.id, "A play", COMMAND)
    with transaction() as session:
        session.execute(sa.update(Story).where(Story.id == story).values(state="retracted", published_at=clock.now()))
    save_story(story, 1, Written("A play", section="arts"), "", COMMAND)
    assert send(editor, at(arts), to=f"{at(arts)}/delete").status_code == 303
    assert "It was not deleted" in editor.get(at(arts)).text, "a story is to go there"
    save_story(story, 2, Written("A play"), "", COMMAND)
    send(editor, at(arts), {**WATER, "name": "Arts", "slug": "stage"})
    assert leads(client, "/news/section/arts")[0] == 301
    assert send(editor, at(arts), to=f"{at(arts)}/delete").status_code == 303
    assert editor.get(at(arts)).status_code == 404
    assert leads(client, "/news/section/arts") == (404, None)
    assert [row.slug for row in db.session.scalars(sa.select(Section))] == ["rivers"]
    assert "news.section.deleted" in db.session.scalars(sa.select(Event.name)).all()


def test_the_second_of_two_editors_is_told_and_loses_nothing(
    house: House, editor: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    water, other = at(make(house)), desk("news", "underwriting")
    opened = seen_on(other, water)
    assert send(editor, water, {**WATER, "name": "Rivers", "slug": "water"}).status_code == 303
    late = send(other, water, {**WATER, "name": "Lakes", "slug": "water", "seen": opened})
    assert late.status_code == 409
    assert "Somebody else changed this since you opened it" in late.text
    assert 'value="Lakes"' in late.text
    assert db.session.scalars(sa.select(Section.name)).one() == "Rivers"
    now = re.search(r'name="seen"[^>]*value="([^"]*)"', late.text)
    assert now
    assert now[1] == seen_on(other, water)
    assert send(other, water, {**WATER, "name": "Lakes", "slug": "water", "seen": now[1]}).status_code == 303
    assert db.session.scalars(sa.select(Section.name)).one() == "Lakes"
    assert send(other, water, {**WATER, "seen": ""}).status_code == 409, (
        "who says nothing of what was seen has seen nothing"
    )


def test_who_may(house: House, desk: Callable[..., FlaskClient], client: FlaskClient) -> None:
    page, news = at(make(house)), desk("news")
    stranger, auditor = desk("development"), desk("auditor")
    for path in ("/desk/sections", page, NEW):
        assert stranger.get(path).status_code == 403
        assert client.get(path).status_code in (302, 303, 403)
    for path in (NEW, page, f"{page}/delete"):
        assert send(stranger, "/desk/account", WATER, to=path).status_code == 403
        assert send(auditor, "/desk/account", WATER, to=path).status_code == 403
        assert news.post(path, data=WATER).status_code == 400, "without a token"
    assert news.get("/desk/sections/section_none").status_code == 404
    assert news.get("/desk/sections?station=nowhere").status_code == 404
    assert db.session.scalars(sa.select(Section.name)).all() == ["Water"]


def test_shared_caches_are_told(house: House) -> None:
    make(house)
    with changed(runtime.settings(), purge_url="http://127.0.0.1:9/purge"):
        make(house, "Arts")
    args = db.session.scalars(sa.select(Outbox.args).where(Outbox.job == "core.purge")).one()
    assert args["keys"] == ["sitemaps", "station:news"]
