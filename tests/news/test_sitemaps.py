"""Sitemaps: complete, of our own stories only, in the shape that sitemaps.org and news search ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core import bulletin, clock
from station.core.actor import COMMAND
from station.core.db import transaction
from station.news.drafts import Topic
from station.news.models import Story
from station.news.services import import_document
from tests.conftest import House
from tests.news.cds_documents import document, six_paragraphs
from tests.news.test_feeds import publish

NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def locations(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    return [each.text or "" for each in ElementTree.fromstring(answer.data).iter(f"{NS}loc")]


def test_every_story_of_ours_is_in_one_file(
    house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station.news.views.crawling.MOST", 4)
    for number in range(10):
        publish(house, f"Story {number}", at=clock.now() - timedelta(days=number), topics=[Topic("Water")])
    import_document(document(*six_paragraphs()), house.news.id, COMMAND)
    publish(house, "Elsewhere", canonical_url="https://example.org/x")
    publish(house, "Unlisted", noindex=True)
    publish(house, "Later", at=clock.now() + timedelta(hours=1))
    files = locations(client, "/sitemap.xml")
    assert files == [f"http://localhost/sitemap-{number}.xml" for number in range(4)]
    found = [each for file in files for each in locations(client, file.removeprefix("http://localhost"))]
    assert sorted(each for each in found if "/story/" in each) == [
        f"http://localhost/news/story/story-{number}" for number in range(10)
    ]
    assert {"http://localhost/news/", "http://localhost/news/section/water"} < set(found)
    assert len(found) == len(set(found))
    for path in found:
        assert client.get(path.removeprefix("http://localhost")).status_code in (200, 308), path
    for wrong in ("/sitemap-4.xml", "/sitemap-99999999999999999999.xml", "/sitemap--1.xml", "/sitemap-x.xml"):
        assert client.get(wrong).status_code == 404, wrong


def test_lastmod_is_what_readers_see(house: House, client: FlaskClient) -> None:
    told = publish(house, "One", at=clock.now() - timedelta(days=9))
    revised = clock.now() - timedelta(days=2)
    with transaction() as session:
        session.execute(sa.update(Story).where(Story.id == told).values(revised_at=revised))
        bulletin.bump("stories")
    page = ElementTree.fromstring(client.get("/sitemap-1.xml").data)
    assert [datetime.fromisoformat(each.text or "") for each in page.iter(f"{NS}lastmod")] == [
        revised.replace(microsecond=0)
    ]


def test_the_news_sitemap_is_two_days_long(house: House, client: FlaskClient, later: Callable[..., None]) -> None:
    assert locations(client, "/sitemap-news.xml") == []
    publish(house, "Old", at=clock.now() - timedelta(hours=49))
    publish(house, "New & true", at=clock.now() - timedelta(hours=40))
    import_document(document(*six_paragraphs()), house.news.id, COMMAND)
    publish(house, "Coming", at=clock.now() + timedelta(hours=1))
    assert locations(client, "/sitemap-news.xml") == ["http://localhost/news/story/new-true"]
    page = ElementTree.fromstring(client.get("/sitemap-news.xml").data)
    assert [each.text for each in page.iter(f"{NEWS}name")] == ["News 88.9 KNPR"]
    assert [each.text for each in page.iter(f"{NEWS}title")] == ["New & true"]
    assert [each.text for each in page.iter(f"{NEWS}language")] == ["en"]
    later(hours=9)
    assert locations(client, "/sitemap-news.xml") == ["http://localhost/news/story/coming"]


def test_on_a_quiet_day_a_story_leaves_the_news_sitemap_when_it_is_two_days_old(
    house: House, client: FlaskClient, later: Callable[..., None]
) -> None:
    midnight = clock.day_bounds(clock.today(house.licensee.timezone), house.licensee.timezone)[1]
    later(seconds=(midnight - clock.now()).total_seconds() + 3600)
    publish(house, "Old", at=clock.now() - timedelta(hours=47))
    publish(house, "New", at=clock.now() - timedelta(hours=2))
    assert len(locations(client, "/sitemap-news.xml")) == 2
    later(minutes=59)
    assert len(locations(client, "/sitemap-news.xml")) == 2
    later(minutes=2)
    assert locations(client, "/sitemap-news.xml") == ["http://localhost/news/story/new"]


def test_robots_name_them(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert "Sitemap: http://localhost/sitemap.xml" in text
    assert "Sitemap: http://localhost/sitemap-news.xml" in text
    assert "Disallow: /desk/" in text
