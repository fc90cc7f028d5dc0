"""What caches are told: for how long, under which keys, since when; and the slot for a proxy that puts it in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from station.core import bulletin, clock, runtime
from station.core.actor import COMMAND
from station.core.db import db
from station.core.stale import BETWEEN, SETTLED, key_of
from station.giving.services import write_ask
from station.news.drafts import Author, StoryDraft, Topic, text_blocks
from station.news.models import Section, Story, StoryPerson, StoryTag
from station.news.pages import keeping
from station.news.queries.showing import MOST_LETTERS, Shown, keys_of_page
from station.news.services import publish_story, retract_story
from station.underwriting import services as underwriting
from station.underwriting.policies import fingerprint
from tests.conftest import House, changed

SIX = "".join(f"<p>Paragraph {number}.</p>" for number in range(6))
STORY = "/news/story/the-lake"
SSI = {"X-Station-SSI": "on"}


def publish(house: House, headline: str, at: datetime | None = None, **more: Any) -> str:
    """A story with a slot; returns its key."""
    draft = StoryDraft(
        headline, text_blocks(SIX), at or clock.now() - timedelta(days=2), "Desert Public Radio", **more
    )
    return key_of("story", publish_story(draft, house.news.id, COMMAND))


def credit(house: House, name: str = "Basin Books") -> Any:
    sponsor = underwriting.add_sponsor(name, "", name, "", COMMAND)
    today = clock.today(house.licensee.timezone)
    flight = underwriting.add_flight(sponsor, house.news.id, today, today, COMMAND)
    underwriting.approve_credit(underwriting.write_credit(flight, name, COMMAND), fingerprint(name), COMMAND)
    return flight


def keys(client: FlaskClient, path: str) -> set[str]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return set(answer.headers["Surrogate-Key"].split())


def seconds(answer: Any, header: str, name: str) -> int:
    return int(answer.headers[header].partition(f"{name}=")[2].partition(",")[0])


@pytest.fixture
def told(app: Flask) -> Iterator[None]:
    """There is a cache that is told what is stale."""
    with changed(runtime.settings(), purge_url="http://127.0.0.1:9/purge"):
        yield


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_only_a_cache_that_is_told_keeps_a_page_for_long(house: House, client: FlaskClient) -> None:
    publish(house, "The lake")
    alone = client.get(STORY).headers
    assert alone["Cache-Control"] == "public, max-age=0, must-revalidate, s-maxage=1, stale-while-revalidate=2"
    assert {name for name, _ in alone if name.startswith("Surrogate")} == set()
    with changed(runtime.settings(), purge_url="http://127.0.0.1:9/purge"):
        for path in (
            STORY,
            "/news/",
            "/news/feed.rss",
            "/sitemap.xml",
            "/text/news/",
            "/news/archive",
            "/news/listen",
        ):
            headers = client.get(path).headers
            between = headers["Cache-Control"].partition("s-maxage=")[2]
            assert between in ("1, stale-while-revalidate=0", "0, stale-while-revalidate=0"), path
            assert headers["Surrogate-Control"].endswith("stale-if-error=86400"), path
        credit(house)
        sold = client.get(STORY).headers
        assert sold["Cache-Control"] == "private, no-cache"
        assert not {"Surrogate-Control", "Surrogate-Key", "Last-Modified"} & {name for name, _ in sold}


def test_what_somebody_looks_for_is_kept_by_nobody(house: House, client: FlaskClient) -> None:
    publish(house, "The lake")
    for path in ("/news/search?q=lake", "/text/news/search?q=lake"):
        found = client.get(path)
        assert "The lake" in found.text
        assert found.headers["Cache-Control"] == "private, no-cache"
        assert client.get(path, headers={"If-None-Match": found.headers["ETag"]}).status_code == 304


@given(left=st.floats(-5, 100_000), fresh=st.integers(0, 700), stale=st.integers(0, 60))
def test_no_page_outlives_its_edge(left: float, fresh: int, stale: int) -> None:
    kept, more = keeping._cut(fresh, stale, max(0, int(left)))
    assert 0 <= kept <= fresh
    assert 0 <= more <= stale
    assert kept + more <= max(0.0, left)


def test_every_lifetime_is_cut_where_a_story_comes_out(
    house: House, client: FlaskClient, told: None, later: Callable[..., None]
) -> None:
    publish(house, "The lake")
    comes = clock.now() + timedelta(minutes=5)
    publish(house, "For later", comes)
    for path in (STORY, "/news/", "/news/feed.json", "/text/news/", "/sitemap.xml"):
        answer = client.get(path)
        whole = seconds(answer, "Surrogate-Control", "max-age")
        whole += seconds(answer, "Surrogate-Control", "stale-while-revalidate")
        assert clock.now() + timedelta(seconds=whole) <= comes, path
    later(seconds=298)
    left = client.get("/news/").headers["Cache-Control"]
    assert left.partition("s-maxage=")[2] in ("0, stale-while-revalidate=0", "1, stale-while-revalidate=0")
    later(seconds=3)
    assert "For later" in client.get("/news/").text


def test_a_flights_first_midnight_cuts_what_is_kept_before(
    house: House, client: FlaskClient, told: None, later: Callable[..., None]
) -> None:
    publish(house, "The lake")
    zone = house.licensee.timezone
    midnight = clock.day_bounds(clock.today(zone), zone)[1]
    later(seconds=(midnight - clock.now()).total_seconds() - 20)
    answer = client.get(STORY)
    assert seconds(answer, "Surrogate-Control", "max-age") <= 20
    assert seconds(answer, "Surrogate-Control", "stale-while-revalidate") == 0


def test_pages_carry_the_keys_of_what_they_show(house: House, client: FlaskClient, told: None) -> None:
    lake = publish(
        house, "The lake", topics=[Topic("Water")], tags=[Topic("Rain")], authors=[Author("Ana Reyes", "ana")]
    )
    city = publish(house, "The city", topics=[Topic("Politics")])
    water, politics = (
        key_of("section", db.session.scalars(sa.select(Section.id).where(Section.name == name)).one())
        for name in ("Water", "Politics")
    )
    tag = key_of("tag", db.session.scalars(sa.select(StoryTag.tag_id)).one())
    person = key_of("person", db.session.scalars(sa.select(StoryPerson.person_id)).one())
    assert keys(client, STORY) == {"station:news", "slot:news", lake, city}
    assert keys(client, "/news/section/water") == {"station:news", water, lake}
    assert keys(client, "/news/tag/rain") == {"station:news", tag, lake}
    assert keys(client, "/news/person/ana-reyes") == {"station:news", person, lake}
    assert keys(client, "/text/news/story/the-lake") == {"station:news", lake}
    home = {"station:news", "slot:news", "lists:news", "schedule:news", "playlist:news"}
    assert keys(client, "/news/") == home | {lake, city, water, politics}
    assert {"station:news", "lists:news", lake, city} <= keys(client, "/news/feed.json")
    assert keys(client, "/news/schedule") == {"station:news", "schedule:news"}
    assert keys(client, "/news/playlist") == {"station:news", "playlist:news"}
    assert keys(client, "/news/listen") == {"station:news", "schedule:news", "playlist:news"}
    assert keys(client, "/sitemap.xml") == {"sitemaps"}
    kinds = ("station", "slot", "lists", "schedule", "playlist")
    assert keys(client, "/classical/") == {f"{kind}:classical" for kind in kinds}


def test_nobody_between_holds_an_old_page_when_a_cache_is_told() -> None:
    assert BETWEEN > keeping.FRESH, "nginx counts whole seconds"
    assert SETTLED.total_seconds() > bulletin.POLL_SECONDS + BETWEEN


def test_keys_have_a_bound() -> None:
    many = Shown(stories=dict.fromkeys(map(some_id, range(200)), None))
    said = keys_of_page(many, "news", ("lists",))
    assert said == "station:news lists:news stories:news"
    few = Shown(stories=dict.fromkeys(map(some_id, range(30)), None))
    assert len(keys_of_page(few, "news", ("lists",)).split()) == 32
    labels = Shown(labels=dict.fromkeys(key_of("section", some_id(n)) for n in range(300)))
    assert len(keys_of_page(labels, "news", ())) <= MOST_LETTERS


def some_id(number: int) -> UUID:
    return UUID(int=number + 2**100)


def test_dates_are_those_of_the_last_change(house: House, client: FlaskClient, later: Callable[..., None]) -> None:
    publish(house, "The lake")
    for path in (STORY, "/news/feed.rss", "/news/archive", "/text/news/"):
        client.get(path)
        later(seconds=5)
        first = client.get(path)
        said = parsedate_to_datetime(first.headers["Last-Modified"])
        assert said <= clock.now()
        assert client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
        before = (said - timedelta(seconds=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        assert client.get(path, headers={"If-Modified-Since": before}).status_code == 200
        asked = {"If-Modified-Since": first.headers["Last-Modified"], "If-None-Match": '"another"'}
        assert client.get(path, headers=asked).status_code == 200, "the ETag goes before the date"
        for nonsense in ("yesterday", "", "Thu, 99 Foo 2026 99:99:99 GMT"):
            assert client.get(path, headers={"If-Modified-Since": nonsense}).status_code == 200


def test_a_change_moves_the_date_and_a_change_elsewhere_does_not(
    house: House, client: FlaskClient, later: Callable[..., None]
) -> None:
    publish(house, "The lake")
    for number in range(6):
        publish(house, f"Newer {number}", clock.now() - timedelta(hours=1))
    client.get(STORY)
    later(minutes=1)
    first = client.get(STORY).headers["Last-Modified"]
    publish(house, "Old and elsewhere", clock.now() - timedelta(days=30))
    client.get(STORY)
    later(minutes=1)
    assert client.get(STORY).headers["Last-Modified"] == first, "made anew, and the same"
    at = clock.now()
    write_ask(house.news.id, "Give {minimum}.", clock.today(house.licensee.timezone), None, COMMAND)
    client.get(STORY)
    later(minutes=1)
    after = client.get(STORY, headers={"If-Modified-Since": first})
    assert after.status_code == 200
    assert parsedate_to_datetime(after.headers["Last-Modified"]) >= at.replace(microsecond=0)


def test_a_process_that_never_made_the_page_knows_when_it_can_last_have_changed(
    house: House, client: FlaskClient, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_placed", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    zone = house.licensee.timezone
    later(seconds=(clock.day_bounds(clock.today(zone), zone)[1] - clock.now()).total_seconds() + 3600)
    at = clock.now()
    publish(house, "The desert")
    later(minutes=10)
    said = client.get("/news/story/the-desert").headers["Last-Modified"]
    assert at.replace(microsecond=0) <= parsedate_to_datetime(said) <= at + timedelta(minutes=1)
    assert bulletin.changed("stories", "nothing of this name") == bulletin.changed("stories")
    later(days=1)
    moved = parsedate_to_datetime(client.get("/text/news/story/the-desert").headers["Last-Modified"])
    assert moved == clock.day_bounds(clock.today(zone), zone)[0], "an ask may begin or end at midnight"


def test_a_date_is_not_said_while_its_second_may_see_another_change(house: House, client: FlaskClient) -> None:
    publish(house, "The lake")
    assert "Last-Modified" not in client.get("/news/").headers
    now = clock.now()
    assert not keeping.is_settled(now, now)
    assert keeping.is_settled(now, now + timedelta(seconds=2))


def test_dates_and_keys_cost_no_statement(
    house: House, client: FlaskClient, told: None, statements: list[str]
) -> None:
    publish(house, "The lake")
    for path in (STORY, "/news/", "/news/feed.atom"):
        client.get(path)
        statements.clear()
        answer = client.get(path, headers={"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"})
        assert (answer.status_code, statements) == (200, []), path


def test_a_proxy_that_has_the_slot_gets_the_page_around_it(
    house: House, client: FlaskClient, statements: list[str]
) -> None:
    publish(house, "The lake")
    with changed(runtime.settings(), ssi=True):
        unsold = client.get(STORY, headers=SSI)
        flight = credit(house)
        around = client.get(STORY, headers=SSI)
        assert around.text.count('<!--#include virtual="/slot/news" -->') == 1
        assert "Basin Books" not in around.text
        assert around.headers["Cache-Control"] == "private, no-cache"
        names = [name for name, _ in around.headers]
        assert names.index("X-Accel-Expires") < names.index("Cache-Control"), "nginx 1.22 minds the order"
        assert around.headers["X-Accel-Expires"] == "1"
        assert around.headers["ETag"] != unsold.headers["ETag"]
        assert client.get(STORY, headers={**SSI, "If-None-Match": around.headers["ETag"]}).status_code == 304
        assert "Basin Books" in client.get(STORY).text, "whoever comes another way gets the whole page"
        statements.clear()
        alone = client.get("/slot/news", headers=SSI)
        assert (alone.status_code, statements) == (200, [])
        assert alone.text in client.get(STORY).text
        assert alone.headers["Cache-Control"] == "private, no-store"
        credit(house, "Mesa Dental")
        turns = [client.get("/slot/news", headers=SSI).text for _ in range(4)]
        assert [("Basin" in text) for text in turns] in ([True, False] * 2, [False, True] * 2)
        underwriting.stop_flight(flight, COMMAND)
        assert "Basin" not in client.get("/slot/news", headers=SSI).text
        assert client.get("/slot/classical", headers=SSI).data == b""
        assert client.get("/slot/none", headers=SSI).status_code == 404
        assert client.get("/news/feed.rss", headers=SSI).headers["Cache-Control"].startswith("public")


def test_nobody_else_gets_the_slot_alone(house: House, client: FlaskClient) -> None:
    publish(house, "The lake")
    credit(house)
    assert client.get("/slot/news", headers=SSI).status_code == 404
    assert "<!--#" not in client.get(STORY, headers=SSI).text
    with changed(runtime.settings(), ssi=True):
        assert client.get("/slot/news").status_code == 404
        assert client.get("/slot/news", headers={"X-Station-SSI": "yes"}).status_code == 404


def test_that_a_page_is_gone_replaces_what_caches_kept(house: House, client: FlaskClient, told: None) -> None:
    publish(house, "The lake")
    retract_story(db.session.scalars(sa.select(Story.id)).one(), "withdrawn", COMMAND)
    kept = "public, max-age=0, must-revalidate, s-maxage=1"
    for path, status in (
        (STORY, 410),
        ("/text/news/story/the-lake", 410),
        ("/news/story/none", 404),
        ("/news/section/none", 404),
        ("/none/", 404),
    ):
        gone = client.get(path)
        assert (gone.status_code, gone.headers["Cache-Control"]) == (status, kept), path
        assert client.head(path).headers["Cache-Control"] == kept
        assert gone.headers["X-Request-Id"] not in gone.text, "everybody gets this one"
        assert not {"Set-Cookie", "Vary", "Surrogate-Control"} & {name for name, _ in gone.headers}, path


def test_other_errors_are_kept_by_nobody(house: House, client: FlaskClient) -> None:
    for path, status in (
        ("/news/search?page=0", 404),
        ("/text/news/search?page=0", 404),
        ("/slot/news", 404),
        ("/desk/none", 404),
        ("/receipt/none", 404),
        ("/not/a/page/of/anything", 404),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store"), path
    assert client.post("/news/story/none").headers["Cache-Control"] == "no-store"
    asked = client.get("/news/story/none", headers={"Accept": "application/json"})
    assert (asked.mimetype, asked.headers["Cache-Control"]) == ("application/json", "no-store"), "not for everybody"
