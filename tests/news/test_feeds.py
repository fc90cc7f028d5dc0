"""Feeds as other programs read them: feedparser, the standard library, and the rules of each format."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID
from xml.etree import ElementTree  # reading what we have just written ourselves

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from station.core import bulletin, clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.news.drafts import Author, StoryDraft, Topic, text_blocks
from station.news.models import Origin, Program, Story
from station.news.policies import cdata, changed_at, podcast_guid, rfc822, xml_text
from station.news.services import publish_story, retract_story
from tests.conftest import House
from tests.news.test_pages import place_credit, statements

statements = statements  # a fixture of the pages' tests
feedparser = pytest.importorskip("feedparser")

ATOM = "{http://www.w3.org/2005/Atom}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
SOUND = {"type": "audio", "url": "https://media.example.org/lake.mp3", "mime": "audio/mpeg", "seconds": 245}
PLAIN = {"title": "Lake", "transcript": "", "transcript_url": "", "download": True, "embed_url": ""}
NASTY = "Lake & <river> \x0b ]]> “rises” 'twice'"


def publish(house: House, headline: str, *, at: datetime | None = None, blocks: Any = None, **more: Any) -> UUID:
    body = blocks if blocks is not None else text_blocks("<p>One & all ]]&gt; here.</p><p>Two.</p>")
    when = at or clock.now() - timedelta(hours=1)
    return publish_story(StoryDraft(headline, body, when, "Desert Public Radio", **more), house.news.id, COMMAND)


def read(client: FlaskClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    found = feedparser.parse(answer.data)
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_a_feed_holds_whole_stories(house: House, client: FlaskClient, kind: str) -> None:
    image = {"url": "/media/a.jpg", "width": 900, "height": 600, "alt": "A lake", "caption": "", "credit": "Ana Peña"}
    told = publish(
        house,
        NASTY,
        at=datetime(2026, 3, 1, 20, 15, tzinfo=UTC),
        teaser="It & they",
        image=image,
        authors=[Author("Ana Peña")],
        topics=[Topic("Water")],
        tags=[Topic("Drought")],
        blocks=[*text_blocks("<p>One ]]&gt; and ]]> here.</p>"), {**SOUND, **PLAIN}],
    )
    place_credit(house)
    year = clock.today(house.licensee.timezone).year
    for path in (f"/news/feed.{kind}", f"/news/section/water/feed.{kind}"):
        found = read(client, path)
        assert found.version == {"rss": "rss20", "atom": "atom10"}[kind]
        assert found.feed.links[0].href
        entry = found.entries[0]
        assert entry.title.replace(" ", "") == NASTY.replace("\x0b", "").replace(" ", "")
        assert entry.published_parsed[:5] == (2026, 3, 1, 20, 15)
        assert entry.link == f"http://localhost{story_path(told)}"
        assert entry.author == "Ana Peña"
        assert [tag.term for tag in entry.tags] == ["Water", "Drought"]
        body = entry.content[0].value
        assert "One ]]&gt; and ]]&gt; here." in body
        assert 'src="http://localhost/media/a.jpg"' in body
        assert f"Copyright {year} Desert Public Radio." in body
        assert "Support comes from" not in body
        assert "Pledge" not in body
        assert entry.enclosures[0].href == SOUND["url"]
        assert found.feed.rights == f"Copyright {year} Desert Public Radio."


def story_path(story_id: UUID) -> str:
    slug = db.session.scalars(sa.select(Story.slug).where(Story.id == story_id)).one()
    return f"/news/story/{slug}"


def test_rss_keeps_its_rules(house: House, client: FlaskClient) -> None:
    publish(house, "One")
    answer = client.get("/news/feed.rss")
    assert answer.mimetype == "application/rss+xml"
    channel = ElementTree.fromstring(answer.data).find("channel")
    assert channel is not None
    for name in ("title", "link", "description", "copyright", f"{ATOM}link"):
        assert channel.find(name) is not None, name
    for item in channel.iter("item"):
        published = item.findtext("pubDate") or ""
        assert parsedate_to_datetime(published).tzinfo is not None
        assert published.endswith(" GMT")
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        assert (guid.text or "").startswith("story_")
        assert "<p>" in (item.findtext(f"{CONTENT}encoded") or "")


def test_json_feed_keeps_its_rules(house: House, client: FlaskClient) -> None:
    publish(house, NASTY, blocks=[*text_blocks("<p>Words.</p>"), {**SOUND, **PLAIN}], teaser="Short")
    publish(house, "Plain")
    answer = client.get("/news/feed.json")
    assert answer.mimetype == "application/feed+json"
    found = json.loads(answer.data)
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["feed_url"] == "http://localhost/news/feed.json"
    assert len({each["id"] for each in found["items"]}) == 2
    for item in found["items"]:
        assert set(item) >= {"id", "url", "title", "content_html", "date_published", "date_modified"}
        datetime.fromisoformat(item["date_published"])
        for each in item.get("attachments", []):
            assert each["url"]
            assert each["mime_type"] == "audio/mpeg"
            assert each["duration_in_seconds"] == 245


def test_a_correction_is_an_update(house: House, client: FlaskClient) -> None:
    came = datetime(2026, 3, 1, 20, 15, tzinfo=UTC)
    told = publish(house, "One", at=came)
    before = read(client, "/news/feed.atom").entries[0]
    assert before.updated_parsed[:5] == (2026, 3, 1, 20, 15)
    corrected = {"type": "correction", "html": "<p>It was Henderson.</p>", "at": "2026-03-02T09:30:00+00:00"}
    with transaction() as session:
        row = session.get_one(Story, told)
        row.blocks = [*row.blocks, corrected]
        bulletin.bump("stories")
    after = read(client, "/news/feed.atom")
    assert after.entries[0].updated_parsed[:5] == (2026, 3, 2, 9, 30)
    assert after.entries[0].id == before.id, "the same story, changed"
    assert after.feed.updated_parsed[:5] == (2026, 3, 2, 9, 30)
    assert "It was Henderson." in after.entries[0].content[0].value
    retract_story(told, "withdrawn", COMMAND)
    assert read(client, "/news/feed.atom").entries == []


def test_a_podcast_is_our_own_sound(house: House, client: FlaskClient) -> None:
    sounding = [*text_blocks("<p>Listen.</p>"), {**SOUND, **PLAIN, "transcript_url": "https://example.org/t"}]
    show = Topic("Nevada Week")
    told = publish(house, "Ours & heard", blocks=sounding, program=show, authors=[Author("Ana Peña")])
    publish(house, "Ours, only read", program=show)
    publish(house, "Theirs", blocks=sounding, program=show, origin=Origin.NPR)
    path = "/news/program/nevada-week/podcast.rss"
    assert client.get(path).status_code == 404, "not every program is a podcast"
    with transaction() as session:
        session.execute(sa.update(Program).values(podcast=True, about="The week & its news"))
        bulletin.bump("stories")
    found = read(client, path)
    assert [each.title for each in found.entries] == ["Ours & heard"]
    assert found.entries[0].enclosures[0].type == "audio/mpeg"
    channel = ElementTree.fromstring(client.get(path).data).find("channel")
    assert channel is not None
    funding = channel.find(f"{PODCAST}funding")
    assert funding is not None
    assert client.get((funding.get("url") or "").removeprefix("http://localhost")).status_code == 200
    assert channel.findtext(f"{PODCAST}guid") == podcast_guid(f"http://localhost{path}")
    assert channel.findtext(f"{ITUNES}explicit") == "false"
    item = channel.find("item")
    assert item is not None
    assert item.findtext(f"{ITUNES}duration") == "245"
    assert item.findtext("guid") == client.get("/news/feed.json").json["items"][-1]["id"] or told
    enclosure = item.find("enclosure")
    assert enclosure is not None
    assert set(enclosure.keys()) == {"url", "length", "type"}


def test_feeds_cost_nothing_warm_and_little_cold(house: House, client: FlaskClient, statements: list[str]) -> None:
    for number in range(30):
        publish(house, f"Story {number}", topics=[Topic("Water")], tags=[Topic("Lake")], authors=[Author("Ana")])
    client.get("/news/")
    for path in ("/news/feed.rss", "/news/section/water/feed.json", "/sitemap.xml", "/sitemap-1.xml"):
        statements.clear()
        cold = client.get(path)
        assert 0 < len(statements) <= 6, path
        statements.clear()
        warm = client.get(path, headers={"If-None-Match": cold.headers["ETag"]})
        assert (warm.status_code, statements) == (304, []), path
    assert client.get("/news/feed.rss").text.count("<item>") == 20


def test_what_is_no_feed(house: House, client: FlaskClient) -> None:
    for path in ("/none/feed.rss", "/news/section/none/feed.rss", "/news/program/none/podcast.rss", "/news/feed.xml"):
        assert client.get(path).status_code == 404, path


def test_heads_name_the_feeds(house: House, client: FlaskClient) -> None:
    publish(house, "One", topics=[Topic("Water")])
    for page, feed in (("/news/", "/news/feed.rss"), ("/news/section/water", "/news/section/water/feed.rss")):
        head = client.get(page).text.partition("</head>")[0]
        for kind in ("rss", "atom", "json"):
            assert f'href="http://localhost{feed.removesuffix("rss")}{kind}"' in head


@given(st.text())
def test_cdata_holds_anything(text: str) -> None:
    kept = xml_text(text)
    read = ElementTree.fromstring(f"<a>{cdata(kept)}</a>").text or ""
    assert read == kept.replace("\r\n", "\n").replace("\r", "\n")


def test_dates_and_ids() -> None:
    came = datetime(2019, 12, 30, 20, 15, tzinfo=UTC)
    assert rfc822(came) == "Mon, 30 Dec 2019 20:15:00 GMT"
    assert changed_at(came, None, []) == came
    assert changed_at(came, came + timedelta(days=1), [{"type": "correction", "at": "2019-12-31"}]).day == 31
    assert changed_at(came, None, [{"type": "correction", "at": "tomorrow"}]) == came
    # the example of the podcast namespace's own documentation
    assert podcast_guid("https://mp3s.nashownotes.com/pc20rss.xml") == "917393e3-1b1e-5cef-ace4-edaa54e1f810"
