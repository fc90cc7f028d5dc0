"""What pages say to search engines and to those who share them: schema.org as JSON-LD, OpenGraph."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from justhtml import JustHTML

from station.core.actor import COMMAND
from station.news.drafts import Author, Topic, text_blocks
from station.news.services import import_document
from tests.conftest import House
from tests.harness import problems
from tests.news.cds_documents import document, six_paragraphs
from tests.news.test_feeds import publish

EVIL = '</script><script>alert(1)</script><!-- "quoted" & \u2028'
CAME = datetime(2026, 3, 1, 20, 15, tzinfo=UTC)


def thing(client: FlaskClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    blocks = JustHTML(answer.text, sanitize=False).query('script[type="application/ld+json"]')
    assert len(blocks) == 1
    return json.loads(blocks[0].to_text())


def properties(client: FlaskClient, path: str) -> dict[str, str]:
    metas = JustHTML(client.get(path).text, sanitize=False).query("head meta[property]")
    assert len(metas) == len({each.attrs["property"] for each in metas}), "each once"
    return {each.attrs["property"]: each.attrs["content"] for each in metas}


def test_a_story_is_a_news_article(house: House, client: FlaskClient) -> None:
    correction = {"type": "correction", "html": "<p>It was <b>Henderson</b>.</p>", "at": "2026-03-02T09:30:00+00:00"}
    publish(
        house,
        "Lake rises",
        at=CAME,
        teaser="It rises",
        image={"url": "/media/a.jpg", "width": 1200, "height": 800, "alt": "A lake", "caption": "", "credit": "A"},
        authors=[Author("Ana Peña")],
        topics=[Topic("Water")],
        tags=[Topic("Drought")],
        blocks=[*text_blocks("<p>One.</p>"), correction],
    )
    found = thing(client, "/news/story/lake-rises")
    assert found["@type"] == "NewsArticle"
    assert found["headline"] == "Lake rises"
    assert found["datePublished"] == "2026-03-01T20:15:00+00:00"
    assert found["dateModified"] == "2026-03-02T09:30:00+00:00"
    assert found["image"] == ["http://localhost/media/a.jpg"]
    assert found["author"] == [{"@type": "Person", "name": "Ana Peña"}]
    assert found["isAccessibleForFree"] is True
    assert found["correction"] == [
        {"@type": "CorrectionComment", "text": "It was Henderson.", "datePublished": "2026-03-02T09:30:00+00:00"}
    ]
    said = properties(client, "/news/story/lake-rises")
    assert said["og:type"] == "article"
    assert said["og:url"] == "http://localhost/news/story/lake-rises"
    assert said["og:image"] == "http://localhost/media/a.jpg"
    assert said["og:description"] == "It rises"
    assert datetime.fromisoformat(said["article:modified_time"]) == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_the_year_of_its_copyright_is_the_stations_own(house: House, client: FlaskClient) -> None:
    publish(house, "Last evening", at=datetime(2025, 12, 31, 20, tzinfo=ZoneInfo("America/Los_Angeles")))
    assert thing(client, "/news/story/last-evening")["copyrightYear"] == 2025
    assert "Copyright 2025 " in client.get("/news/story/last-evening").text


def test_a_title_for_search_engines_stands_in_the_title_alone(house: House, client: FlaskClient) -> None:
    publish(house, "Up", seo_title="Lake Mead's level rises <again>")
    publish(house, "Down")
    page = JustHTML(client.get("/news/story/up").text, sanitize=False)
    assert page.query("title")[0].to_text() == "Lake Mead's level rises <again> · News 88.9 KNPR"
    assert page.query("h1")[0].to_text() == "Up"
    assert properties(client, "/news/story/up")["og:title"] == "Up"
    assert thing(client, "/news/story/up")["headline"] == "Up"
    assert "<title>Down · News 88.9 KNPR</title>" in client.get("/news/story/down").text


def test_a_story_of_others_points_home(house: House, client: FlaskClient) -> None:
    page = [{"href": "https://www.npr.org/lake", "rels": ["canonical"]}]
    import_document(document(*six_paragraphs(), webPages=page), house.news.id, COMMAND)
    found = thing(client, "/news/story/lake-level-rises-after-a-wet-winter")
    assert found["mainEntityOfPage"] == "https://www.npr.org/lake"


def test_a_home_is_a_radio_station(house: House, client: FlaskClient) -> None:
    place, service = thing(client, "/classical/")["@graph"]
    assert (place["@type"], place["name"]) == ("RadioStation", "Classical 89.7 KCNV")
    assert service["callSign"] == "KCNV"
    assert service["broadcastFrequency"] == "89.7 FM"
    assert service["broadcaster"] == {"@id": place["@id"]}
    assert client.get(place["potentialAction"]["target"].removeprefix("http://localhost")).status_code == 200
    assert properties(client, "/classical/")["og:type"] == "website"


def test_nothing_ends_a_data_block(house: House, client: FlaskClient) -> None:
    publish(house, f"Lake {EVIL}", teaser=EVIL, byline=EVIL, authors=[Author(EVIL)], tags=[Topic(EVIL)])
    slug = client.get("/news/").text.partition("/news/story/")[2].partition('"')[0]
    answer = client.get(f"/news/story/{slug}")
    assert answer.text.count("<script") == 1
    assert thing(client, f"/news/story/{slug}")["headline"] == f"Lake {EVIL}"


def test_the_harness_takes_data_and_no_script() -> None:
    page = "<!doctype html><html lang='en'><head><title>A</title>{}</head><body><h1>A</h1></body></html>"
    data = '<script type="application/ld+json">{}</script>'
    assert problems(page.format(data.format('{"a": 1}'))) == []
    for wrong in ("alert(1)", '{"a": "<"}', "[]"):
        assert problems(page.format(data.format(wrong)))
    assert "an inline script" in problems(page.format("<script>1</script>"))
