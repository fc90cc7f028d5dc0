"""Corrections: on the page, in the feeds, in the text edition, in the log; and nothing takes one back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import feedparser
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.words import day
from station.news.models import Correction, Story
from station.news.policies.releasing import Refusal
from station.news.policies.releasing.corrections import correction_html, said_day
from station.news.services import correct, import_document, publish, retract_missing, unpublish, withdraw
from tests.conftest import House
from tests.news.cds_documents import document, six_paragraphs, typed
from tests.news.drafting import a_draft, row_of, told

PAGE = "/news/story/the-well-is-dry"
LATE, ANCIENT = "2026-03-04T06:00:00+00:00", "0001-01-01T00:00:00+00:00"  # the one is the evening before here
SAID = "The well is in Henderson, not in Boulder City."


@pytest.fixture
def story(house: House) -> UUID:
    found = a_draft(house)
    publish(found, None, COMMAND)
    return found


def test_it_is_said_everywhere(house: House, client: FlaskClient, story: UUID, later: Callable[..., None]) -> None:
    came_out = feedparser.parse(client.get("/news/feed.atom").data).entries[0].updated_parsed
    later(hours=2)
    assert correct(story, SAID, COMMAND) is True
    today = day(clock.today(house.licensee.timezone))
    page = client.get(PAGE).text
    assert "Correction, <time" in page
    assert SAID in page.partition('class="correction"')[2]
    assert f">{today}</time>" in page
    assert '"@type": "CorrectionComment"' in page
    assert "Updated" not in page, "a correction says itself when it was made"
    assert SAID in client.get(f"/text{PAGE}").text
    for kind in ("rss", "atom"):
        assert SAID in client.get(f"/news/feed.{kind}").text
    entry = feedparser.parse(client.get("/news/feed.atom").data).entries[0]
    assert entry.updated_parsed > came_out
    item = client.get("/news/feed.json").json["items"][0]
    changed, published = (datetime.fromisoformat(item[f"date_{name}"]) for name in ("modified", "published"))
    assert changed > published
    for log in ("/news/corrections", "/text/news/corrections"):
        shown = client.get(log).text
        assert SAID in shown
        assert today in shown
        assert "/story/the-well-is-dry" in shown
    assert SAID not in client.get("/classical/corrections").text
    assert "The well is dry" in client.get("/news/search?q=boulder").text, "its words lead to the story"
    assert told(story) == ["published", "corrected"]


def test_sent_twice_it_is_one(story: UUID) -> None:
    assert correct(story, SAID, COMMAND, key="form-1") is True
    assert correct(story, SAID, COMMAND, key="form-1") is False
    assert told(story).count("corrected") == 1
    assert correct(story, "That, too, was wrong.", COMMAND, key="form-2") is True
    assert len(db.session.scalars(sa.select(Correction.id)).all()) == 2


def test_nothing_takes_it_back(house: House, client: FlaskClient, story: UUID) -> None:
    correct(story, SAID, COMMAND)
    for change in (sa.delete(Correction), sa.update(Correction).values(html="")):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as session:
            session.execute(change)
    with transaction() as session:
        session.get_one(Story, story).blocks = [{"type": "text", "html": "<p>An older text.</p>"}]  # restored
    unpublish(story, "Another look.", COMMAND)
    log = client.get("/news/corrections").text
    assert SAID in log
    assert "/story/the-well-is-dry" not in log
    assert "no longer here" in log
    publish(story, None, COMMAND)
    assert SAID in client.get(PAGE).text
    withdraw(story, "It was wrong through and through.", COMMAND)
    log = client.get("/text/news/corrections").text
    assert SAID in log
    assert "/story/the-well-is-dry" not in log


def test_the_log_says_the_headline_of_then_while_the_story_is_in(client: FlaskClient, story: UUID) -> None:
    correct(story, SAID, COMMAND)
    unpublish(story, "Another look.", COMMAND)
    with transaction() as session:
        session.get_one(Story, story).headline = "Nobody knows this yet"
    log = client.get("/news/corrections").text
    assert "Nobody knows this yet" not in log
    assert "The well is dry" in log


def test_only_what_is_out_and_ours(house: House, story: UUID) -> None:
    for wrong, said in (("  \n\n ", "Write what was wrong"), ("x" * 2001, "longer than 2,000")):
        with pytest.raises(Refusal, match=said):
            correct(story, wrong, COMMAND)
    with pytest.raises(Refusal, match="Only a story that is out"):
        correct(a_draft(house, "A draft"), SAID, COMMAND)
    import_document(document(*six_paragraphs()), house.news.id, COMMAND)
    others = db.session.scalars(sa.select(Story.id).where(Story.cds_id.is_not(None))).one()
    with pytest.raises(Refusal, match="not our own"):
        correct(others, SAID, COMMAND)
    with pytest.raises(sa.exc.NoResultFound):
        correct(UUID(int=1), SAID, COMMAND)
    assert db.session.scalars(sa.select(Correction.id)).all() == []


def test_nothing_hostile_gets_through(client: FlaskClient, story: UUID) -> None:
    correct(story, '<script>alert(1)</script> & <b>not</b>\n\n]]> was "right"', COMMAND)
    for path in (PAGE, f"/text{PAGE}", "/news/corrections", "/text/news/corrections", "/news/feed.json"):
        shown = client.get(path).text
        assert "<script>alert" not in shown
        assert "alert(1)" in shown
    assert feedparser.parse(client.get("/news/feed.rss").data).bozo == 0
    assert correction_html("a\r\nb\r\n\r\n\r\n<c>") == "<p>a b</p><p>&lt;c&gt;</p>"


def corrected(words: str, at: str = "2026-03-03T06:00:00-05:00") -> dict[str, object]:
    made = document(*six_paragraphs(), corrections=[{"href": "#/assets/c"}])
    made["assets"]["c"] = typed("correction", text=words, dateTime=at)
    made["editorialLastModifiedDateTime"] = at
    return made


def test_the_day_of_an_owners_correction_is_the_stations(house: House, client: FlaskClient) -> None:
    import_document(corrected("It rose by two feet.", "2026-03-04T01:30:00-05:00"), house.news.id, COMMAND)
    page = "/news/story/lake-level-rises-after-a-wet-winter"
    for path in (page, f"/text{page}", "/news/feed.rss", "/news/feed.atom", "/news/feed.json", "/news/corrections"):
        shown = client.get(path).text
        assert "Mar 3, 2026" in shown, path
        assert "Mar 4, 2026" not in shown, path


def test_owners_corrections_are_in_the_log_once(house: House, client: FlaskClient) -> None:
    first = corrected("It rose by two feet.")
    for _ in range(3):
        import_document(first, house.news.id, COMMAND)
    page = client.get("/news/story/lake-level-rises-after-a-wet-winter").text
    assert page.count('class="correction"') == 1
    log = client.get("/news/corrections").text
    assert log.count("It rose by two feet.") == 1
    assert "Corrected by NPR" in log
    assert "Mar 3, 2026" in log
    import_document(corrected("It rose by three feet.", "2026-03-04T06:00:00-05:00"), house.news.id, COMMAND)
    log = client.get("/news/corrections").text
    assert log.index("three feet") < log.index("two feet"), "an owner's first word stays on record"
    assert import_document(corrected("Never mind."), house.news.id, COMMAND, rehearse=True).outcome == "refused"
    retract_missing("nx-s1-1", "gone", COMMAND)
    log = client.get("/news/corrections").text
    assert "three feet" in log
    assert "/story/lake" not in log


def test_pages_of_the_log(client: FlaskClient, story: UUID, later: Callable[..., None]) -> None:
    for number in range(23):
        correct(story, f"Number {number:02d}.", COMMAND)
    first = client.get("/news/corrections").text
    older = re.search(r'href="(/news/corrections\?before=correction_\w+)"', first)
    assert older is not None
    second = client.get(older[1]).text
    assert "noindex" in second
    shown = re.findall(r"Number (\d\d)\.", first + second)
    assert [int(each) for each in shown] == list(range(22, -1, -1))
    text, seen = "/text/news/corrections", []
    while text:
        page = client.get(text)
        assert len(page.data) < 10_000
        seen += re.findall(r"Number (\d\d)\.", page.text)
        more = re.search(r'href="([^"]+)" rel="next"', page.text)
        text = more[1] if more else ""
    assert len(seen) == 23
    for wrong in ("story_0", "correction_00000000000000000000000000", "2026-01-01", "%00"):
        assert client.get(f"/news/corrections?before={wrong}").status_code in (400, 404), wrong
    assert client.get("/classical" + older[1].removeprefix("/news")).status_code == 404, "of another station"
    assert client.get("/news/corrections?page=2").status_code == 404


def test_the_log_is_found(house: House, client: FlaskClient) -> None:
    assert "No corrections" in client.get("/news/corrections").text
    assert "No corrections" in client.get("/text/news/corrections").text
    for page in ("/news/", "/news/archive"):
        assert 'href="/news/corrections"' in client.get(page).text
    assert 'href="corrections"' in client.get("/text/news/archive").text


def test_days_are_said_as_people_do(house: House, story: UUID) -> None:
    assert [said_day(text) for text in (LATE, "2026-03-03", "2026-03-03T09:00:00", ANCIENT, "", "soon", None)] == [
        "Mar 3, 2026",
        "Mar 3, 2026",
        "Mar 3, 2026",
        ANCIENT,
        "",
        "soon",
        "None",
    ]
    assert isinstance(row_of(story).published_at, datetime)
