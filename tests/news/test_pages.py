"""Homes, sections and stories over HTTP: what they show, what they cost, how fresh they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core import bulletin, clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.words import day
from station.licensee.models import Station
from station.news.drafts import StoryDraft, Topic, text_blocks
from station.news.models import Story, StoryState
from station.news.services import import_document, publish_story, retract_story
from station.underwriting import services as underwriting
from station.underwriting.policies import fingerprint
from tests.conftest import House
from tests.news.cds_documents import document, image, six_paragraphs, text

STORY = "/news/story/lake-level-rises-after-a-wet-winter"


def place_credit(house: House, copy: str = "Used books in Henderson.", name: str = "Basin Books") -> Any:
    """A live credit at KNPR, today and tomorrow; returns the flight."""
    sponsor = underwriting.add_sponsor(name, "", name, "https://basin.example", COMMAND)
    today = clock.today(house.licensee.timezone)
    flight = underwriting.add_flight(sponsor, house.news.id, today, today + timedelta(days=1), COMMAND)
    underwriting.approve_credit(underwriting.write_credit(flight, copy, COMMAND), fingerprint(copy), COMMAND)
    return flight


def publish(house: House, headline: str, *, at: datetime, **more: Any) -> None:
    publish_story(
        StoryDraft(headline, text_blocks("<p>One.</p><p>Two.</p>"), at, "Desert Public Radio", **more),
        house.news.id,
        COMMAND,
    )


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """SQL statements as they are sent."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_a_warm_page_asks_the_database_nothing(house: House, client: FlaskClient, statements: list[str]) -> None:
    import_document(document(image(), *six_paragraphs(), hero=0), house.news.id, COMMAND)
    place_credit(house)
    for path in (STORY, "/", "/news/", "/news/section/national-security"):
        cold = client.get(path)
        statements.clear()
        warm = client.get(path)
        assert (warm.status_code, warm.data, statements) == (200, cold.data, [])


def test_etag_and_304(house: House, client: FlaskClient) -> None:
    import_document(document(*six_paragraphs()), house.news.id, COMMAND)
    first = client.get(STORY)
    assert first.headers["Cache-Control"].startswith("public, max-age=0, must-revalidate, s-maxage=")
    assert client.get(STORY, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'}).status_code == 304
    place_credit(house)
    second = client.get(STORY, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.headers["Cache-Control"] == "private, no-cache"
    again = client.get(STORY, headers={"If-None-Match": second.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data
    assert again.headers["ETag"] == second.headers["ETag"]


def test_every_change_shows_at_once(house: House, client: FlaskClient) -> None:
    made = document(*six_paragraphs())
    import_document(made, house.news.id, COMMAND)
    assert "Support comes from" not in client.get(STORY).text
    flight = place_credit(house)
    shown = client.get(STORY).text
    assert shown.count("Support comes from") == 1
    assert "Used books in Henderson." in shown
    assert '<aside class="underwriting" aria-label="Underwriting">' in shown
    made["title"], made["editorialLastModifiedDateTime"] = "The lake, again", "2026-03-03T00:00:00Z"
    import_document(made, house.news.id, COMMAND)
    assert '<h1 class="story-title">The lake, again</h1>' in client.get(STORY).text
    underwriting.stop_flight(flight, COMMAND)
    assert "underwriting" not in client.get(STORY).text.partition("<main")[2]
    story_id = db.session.scalars(sa.select(Story.id)).one()
    retract_story(story_id, "withdrawn by NPR", COMMAND)
    assert client.get(STORY).status_code == 410
    assert "The lake, again" not in client.get("/news/").text


def test_the_slot_ends_at_the_stations_midnight(
    house: House, client: FlaskClient, later: Callable[..., None]
) -> None:
    import_document(document(*six_paragraphs()), house.news.id, COMMAND)
    place_credit(house)
    zone = house.licensee.timezone
    last_midnight = clock.day_bounds(clock.today(zone) + timedelta(days=1), zone)[1]
    later(seconds=(last_midnight - clock.now()).total_seconds() - 30)
    assert "Basin Books" in client.get(STORY).text
    later(seconds=60)
    assert "Basin Books" not in client.get(STORY).text
    later(seconds=(clock.day_bounds(clock.today(zone), zone)[1] - clock.now()).total_seconds() - 10)
    kept = client.get(STORY).headers["Cache-Control"].partition("s-maxage=")[2].partition(",")[0]
    assert int(kept) <= 10, "a shared cache may not hold it past the day's end"


def test_slot_waits_between_paragraphs_and_can_be_switched_off(house: House, client: FlaskClient) -> None:
    mixed = [*six_paragraphs()[:5], image(caption="Between"), *six_paragraphs()[:2]]
    import_document(document(*mixed), house.news.id, COMMAND)
    place_credit(house)
    body = client.get(STORY).text.partition('class="story-body"')[2].partition("<aside")[0]
    assert body.count("Paragraph") == 6
    assert "Between" in body
    with transaction() as session:
        session.execute(sa.update(Story).values(no_underwriting=True))
        bulletin.bump("stories")
    assert "Support comes from" not in client.get(STORY).text


def test_nothing_hostile_gets_through(house: House, client: FlaskClient) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    made = document(
        image('javascript:alert("x")', caption=evil),
        image(caption=f"A {evil} caption", producer=evil, altText='"><b>'),
        text(f'Words {evil} <a href="javascript:alert(1)" onclick="x">link</a>'),
        text("More words."),
        hero=1,
        title=f"Lake level rises {evil} after a wet winter",
        teaser=evil,
        webPages=[{"href": "javascript:alert(1)", "rels": ["canonical"]}],
        bylines=[{"href": "#/assets/b"}],
    )
    made["assets"]["b"] = {"profiles": [{"href": "/v1/profiles/byline", "rels": ["type"]}], "name": f"Ana {evil}"}
    assert import_document(made, house.news.id, COMMAND).outcome == "added"
    shown = client.get(STORY)
    assert shown.status_code == 200
    for trace in ("<script>", "<script src", "onerror", "onclick", "javascript:", "alert(1)"):
        assert trace not in shown.text
    assert client.get("/news/").status_code == 200


def test_homes_by_path_and_host(house: House, client: FlaskClient) -> None:
    now = clock.now()
    for number in range(8):
        publish(house, f"Story number {number}", at=now - timedelta(hours=number), topics=[Topic("Water")])
    home = client.get("/").text
    assert home.count("Story number 0") >= 1
    assert "Listen to News 88.9 KNPR" in home
    assert client.get("/news/").text == home
    assert '<a class="headline" href="/news/section/water">Water</a>' in home
    assert client.get("/news").headers["Location"] == "/news/"
    assert "Story number" not in client.get("/classical/").text
    with transaction() as session:
        session.execute(sa.update(Station).where(Station.slug == "classical").values(host="classical.example.org"))
        bulletin.bump("licensee")
    assert "Listen to Classical 89.7 KCNV" in client.get("/", base_url="http://classical.example.org").text


def test_section_pages_by_date(house: House, client: FlaskClient) -> None:
    now = clock.now()
    for number in range(25):
        publish(house, f"Story {number:02d}.", at=now - timedelta(days=number // 2), topics=[Topic("Water")])
    first = client.get("/news/section/water").text
    assert first.count('class="headline"') == 20
    older = first.partition("Older stories")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = client.get(older).text
    assert second.count('class="headline"') == 5
    shown = {line.partition("<")[0] for page in (first, second) for line in page.split("Story ")[1:]}
    assert len(shown) == 25, "no story twice, none left out"
    cut = clock.today(house.licensee.timezone) - timedelta(days=11)
    assert "Story 24" in client.get(f"/news/section/water?before={cut}").text
    for wrong in ("yesterday", "story_00000000000000000000000000", "9999-99-99", "0001-01-01", ""):
        assert client.get(f"/news/section/water?before={wrong}").status_code in (200, 404)


def test_what_is_not_there(house: House, client: FlaskClient) -> None:
    publish(house, "A draft", at=clock.now())
    with transaction() as session:
        session.execute(sa.update(Story).values(state=StoryState.DRAFT))
    for path in (
        "/none/",
        "/none",
        "/none/story/x",
        "/news/story/none",
        "/news/section/none",
        "/news/story/a-draft",
        "/classical/story/a-draft",
        "/none/section/x",
        "/news/story/%00",
        "/news/section/%00",
        "/%00/",
        "/news/story/\u202e",
    ):
        assert client.get(path).status_code == (400 if "%00" in path else 404), path


def test_a_story_comes_out_by_itself_at_its_time(
    house: House, client: FlaskClient, later: Callable[..., None]
) -> None:
    publish(house, "For later", at=clock.now() + timedelta(minutes=10))
    assert client.get("/news/story/for-later").status_code == 404
    assert "For later" not in client.get("/news/").text
    later(minutes=11)
    assert client.get("/news/story/for-later").status_code == 200
    assert "For later" in client.get("/news/").text


def test_dates_are_the_stations_own(house: House, client: FlaskClient) -> None:
    publish(house, "New year", at=datetime(2020, 1, 1, 2, 0, tzinfo=UTC))
    shown = client.get("/news/story/new-year").text
    assert "Copyright 2019 Desert Public Radio." in shown
    assert '<time datetime="2019-12-31T18:00:00-08:00">Dec 31, 2019, 6:00 PM PT</time>' in shown
    publish(house, "Spring", at=datetime(2026, 3, 8, 10, 30, tzinfo=UTC))  # an hour after the clocks went forward
    assert 'datetime="2026-03-08T03:30:00-07:00"' in client.get("/news/story/spring").text
    assert day(datetime(2020, 1, 1, 2, 0, tzinfo=UTC)) == "Dec 31, 2019"
