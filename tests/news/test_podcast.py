"""A podcast as directories read it: Apple's rules for a show, the podcast namespace, and the picture."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree  # reading what we have just written ourselves

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core import bulletin
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import public_id
from station.demo.airtime import PROGRAMS
from station.news.drafts import Topic, text_blocks
from station.news.models import Origin, Program
from station.news.policies import slugify
from station.news.policies.podcasts import BRANDS, CATEGORIES, artwork_fault, artwork_of, categories, category_parts
from station.news.services import keep_program, retract_story
from station.web.assets import FOLDER, asset
from tests.browsing import send
from tests.conftest import House
from tests.news.test_feeds import ITUNES, PLAIN, PODCAST, SOUND, publish, read

PATH = "/news/program/nevada-week/podcast.rss"
WORDS = "<p>Ana: Is it higher?</p><p>Lee: By a <em>foot</em> &amp; a half.</p>"
HEAVIEST = 512_000  # bytes of a picture that every directory takes
OWN = {"artwork_url": "https://media.example.org/week.jpg", "category": "News > Politics", "explicit": True}


def show(house: House, **more: Any) -> None:
    keep_program(None, house.news.id, "Nevada Week", "", "The week & its news", "Ana", "", True, COMMAND, **more)
    heard = [*text_blocks("<p>Listen.</p>"), {**SOUND, **PLAIN, "transcript": WORDS}]
    publish(house, "Higher & higher", blocks=heard, program=Topic("Nevada Week"), byline="Ana Peña", language="en")


def channel(client: FlaskClient) -> ElementTree.Element:
    found = ElementTree.fromstring(client.get(PATH).data).find("channel")
    assert found is not None
    return found


def test_what_apple_asks_of_a_show(house: House, client: FlaskClient) -> None:
    show(house)
    found = channel(client)
    for name in ("title", "description", "link", "language", f"{ITUNES}author", f"{ITUNES}explicit"):
        assert found.findtext(name), name
    owner = found.find(f"{ITUNES}owner")
    assert owner is not None
    assert [each.text for each in owner] == ["Desert Public Radio", "membership@example.org"]
    image = found.find(f"{ITUNES}image")
    assert image is not None
    assert image.get("href") == f"http://localhost{asset('img/podcast-news.png')}"
    picture = client.get(asset("img/podcast-news.png"))
    assert (picture.mimetype, picture.headers["Cross-Origin-Resource-Policy"]) == ("image/png", "cross-origin")
    category = found.find(f"{ITUNES}category")
    assert category is not None
    assert (category.get("text"), len(category)) == ("News", 0)
    assert found.findtext(f"{ITUNES}explicit") == "false"
    assert found.findtext("link") == "http://localhost/news/program/nevada-week"
    assert client.get("/news/program/nevada-week").status_code == 200
    parsed = read(client, PATH)
    assert parsed.feed.image.href.endswith(".png")
    assert found.findtext(f"{ITUNES}author") == "Ana"
    urls = [each.enclosures[0].href for each in parsed.entries]
    assert len(set(urls)) == len(urls) == 1


def test_a_show_says_of_itself(house: House, client: FlaskClient) -> None:
    show(house, **OWN)
    found = channel(client)
    image, category = found.find(f"{ITUNES}image"), found.find(f"{ITUNES}category")
    assert image is not None
    assert image.get("href") == OWN["artwork_url"]
    assert category is not None
    assert [category.get("text"), category[0].get("text")] == ["News", "Politics"]
    assert [each.text for each in found.iter(f"{ITUNES}explicit")] == ["true", "true"]


def test_the_podcast_namespace(house: House, client: FlaskClient) -> None:
    show(house)
    found = channel(client)
    assert UUID(found.findtext(f"{PODCAST}guid") or "").version == 5
    locked, funding = found.find(f"{PODCAST}locked"), found.find(f"{PODCAST}funding")
    assert locked is not None
    assert (locked.text, locked.get("owner")) == ("no", "membership@example.org")
    assert funding is not None
    assert 0 < len(funding.text or "") <= 128
    assert client.get((funding.get("url") or "").removeprefix("http://localhost")).status_code == 200
    transcript = found.find(f"item/{PODCAST}transcript")
    assert transcript is not None
    assert (transcript.get("type"), transcript.get("language")) == ("text/plain", "en")
    words = client.get((transcript.get("url") or "").removeprefix("http://localhost"))
    assert words.mimetype == "text/plain"
    assert words.text.splitlines()[0] == "Higher & higher"
    assert "\n\nAna: Is it higher?\n\nLee: By a foot & a half.\n\n" in words.text
    assert "<" not in words.text
    again = client.get(words.request.path, headers={"If-None-Match": words.headers["ETag"]})
    assert again.status_code == 304


def test_a_transcript_goes_with_its_story(house: House, client: FlaskClient) -> None:
    silent = publish(house, "Silent")
    theirs = [{**SOUND, **PLAIN, "transcript_url": "https://example.org/t"}]
    publish(house, "Elsewhere", blocks=theirs, program=Topic("Nevada Week"))
    for slug in ("silent", "elsewhere", "none"):
        assert client.get(f"/news/story/{slug}/transcript.txt").status_code == 404, slug
    retract_story(silent, "withdrawn", COMMAND)
    assert client.get("/news/story/silent/transcript.txt").status_code == 410
    with transaction() as session:
        session.execute(sa.update(Program).values(podcast=True))
        bulletin.bump("stories")
    transcript = channel(client).find(f"item/{PODCAST}transcript")
    assert transcript is not None
    assert (transcript.get("url"), transcript.get("type")) == ("https://example.org/t", "text/html")


def test_the_desk_keeps_what_a_show_says_of_itself(
    house: House, client: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    show(house)
    page = f"/desk/programs/{public_id('program', db.session.scalars(sa.select(Program.id)).one())}"
    browser = desk("news")
    wanted = {"name": "Nevada Week", "podcast": "y", **OWN, "explicit": "y"}
    assert send(browser, page, wanted).status_code == 303
    assert client.get(PATH).text.count(OWN["artwork_url"]) == 1
    kept = browser.get(page).text
    assert f'value="{OWN["artwork_url"]}"' in kept
    assert "selected" in kept.partition("News &gt; Politics")[0].rpartition("<option")[2]
    for wrong, why in {
        "http://media.example.org/a.png": "starts with https://",
        "https://media.example.org/a.gif": "has to end in .jpg or .png",
        "javascript:alert(1)//.png": "starts with https://",
        "//evil.example/a.png": "starts with https://",
        "https://media.example.org/a b.png": "starts with https://",
    }.items():
        answer = send(browser, page, {**wanted, "artwork_url": wrong})
        assert answer.status_code == 422, wrong
        assert why in answer.text
        assert "a.png" in answer.text or "a.gif" in answer.text or ".png" in answer.text, "nothing typed is lost"
    assert send(browser, page, {**wanted, "category": "Gossip"}).status_code == 422


def test_addresses_of_pictures() -> None:
    for fine in (
        "https://a.example/b.PNG",
        "https://a.example:8443/x/b.jpeg?v=2",
        "/media/x/y.jpg",
        "/assets/demo/a.png",
    ):
        assert artwork_fault(fine) == "", fine
    for wrong in (
        "",
        "x.png",
        "/a/../b png",
        "https://user@a.example/b.png",
        "https://a.example/b.webp",
        "https:///b.png",
        "https://a.example/\\b.png",
    ):
        assert artwork_fault(wrong), wrong
    assert artwork_of("classical") == "img/podcast-classical.png"
    assert artwork_of("desk") == artwork_of("no such brand") == "img/podcast-news.png"


def test_categories() -> None:
    assert len(CATEGORIES) == 19
    assert len(categories()) == len(set(categories()))
    assert all(len(each) <= 80 for each in categories())
    assert category_parts("", True) == ["Music"]
    assert category_parts("TV & Film > TV Reviews", False) == ["TV & Film", "TV Reviews"]


SHOWS = [name for brand in BRANDS for name, *_rest, podcast in PROGRAMS[brand] if podcast]
PICTURES = [*map(artwork_of, BRANDS), *(f"img/demo/podcast-{slugify(name)}.png" for name in SHOWS)]


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_are_what_directories_take(name: str) -> None:
    file: Path = FOLDER / name
    raw = file.read_bytes()
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, colours = struct.unpack(">IIBB", raw[16:26])
    assert width == height
    assert 1400 <= width <= 3000
    assert (depth, colours) == (8, 2), "RGB without transparency"
    assert len(raw) <= HEAVIEST


def test_the_podcast_of_another_newsroom_is_not_ours(house: House, client: FlaskClient) -> None:
    show(house)
    publish(house, "Theirs", blocks=[{**SOUND, **PLAIN}], program=Topic("Nevada Week"), origin=Origin.PARTNER)
    assert [each.title for each in read(client, PATH).entries] == ["Higher & higher"]
