"""The text edition: words alone, at most 10 KB with its style sheet, and every story to its last word."""

from __future__ import annotations

import html
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from justhtml import JustHTML

from station.core import clock
from station.core.actor import COMMAND
from station.news.drafts import Topic, text_blocks
from station.news.policies import slugify
from station.news.policies.parting import brief, in_parts
from station.news.services import import_document, keep_override, keep_program, keep_rule, take_playlist
from station.web.assets import FOLDER
from tests import harness
from tests.conftest import House
from tests.news.cds_documents import document, image, six_paragraphs
from tests.news.test_air_pages import ZONE, at, pieces, rule
from tests.news.test_feeds import PLAIN, SOUND, publish

MOST = 10_000


def fetch(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    weight = len(answer.data) + len((FOLDER / "css/text.css").read_bytes())
    assert weight <= MOST, f"{path} weighs {weight}"
    page = JustHTML(answer.text, sanitize=False)
    assert not page.query("img, script, video, audio, iframe, svg, picture, source"), path
    assert [each.attrs["rel"] for each in page.query("link")].count("stylesheet") == 1
    return answer.text


def test_every_page_has_a_light_twin(house: House, client: FlaskClient) -> None:
    long = "&<" * 140
    for number in range(30):
        publish(
            house,
            f"{number} {long}",
            at=clock.now() - timedelta(days=number),
            topics=[Topic("Water")],
            tags=[Topic("Lake")],
            teaser=long,
            byline=long[:290],
            deck=long * 9,
        )
    import_document(document(image(), *six_paragraphs(), hero=0), house.news.id, COMMAND)
    month = f"/news/archive/{clock.today(house.licensee.timezone):%Y/%m}"
    for path in ("/news/", "/news/section/water", "/news/tag/lake", "/news/archive", month, "/news/search?q=lt"):
        full = client.get(path).text
        if "search" not in path:
            assert f'href="/text{path}">Text edition' in full, path
        light = fetch(client, f"/text{path}")
        assert 'href="/text/news/give"' in light
        if 'rel="next"' in light:
            older = light.partition(' rel="next"')[0].rpartition('href="')[2].partition('"')[0]
            fetch(client, older.replace("&amp;", "&"))
    for path in ("/text/news/sections", "/text/news/give", "/text/classical/", "/text/news/search"):
        fetch(client, path)
    story = "/news/story/lake-level-rises-after-a-wet-winter"
    assert f'href="/text{story}">Text edition' in client.get(story).text
    light = fetch(client, f"/text{story}")
    assert "Paragraph" in light
    assert '<link rel="canonical" href="http' in light
    assert client.get("/text/news").headers["Location"] == "/text/news/"


def test_a_recording_is_named_on_both_pages(house: House, client: FlaskClient) -> None:
    named = {"seconds": 245, **PLAIN, "title": 'The "lake" & its <owls>'}
    only_there = {**SOUND, **named, "url": "", "embed_url": "https://owner.example/player"}
    publish(house, "Heard", blocks=[{**SOUND, **named}, only_there, {**SOUND, **PLAIN, "title": ""}])
    page = JustHTML(client.get("/news/story/heard").text, sanitize=False)
    assert [harness.words(each) for each in page.query(".sound-title")] == [
        'Listen: The "lake" & its <owls> 4:05',
        'Listen: The "lake" & its <owls> (4:05) on the owner’s page',
        "Listen 4:05",
    ]
    assert [each.attrs["aria-label"] for each in page.query("audio")] == ['The "lake" & its <owls>', "Recording"]
    light = JustHTML(fetch(client, "/text/news/story/heard"), sanitize=False)
    assert [harness.words(each) for each in light.query("article a")][:3] == [
        'Listen: The "lake" & its <owls> (4:05)',
        'Listen: The "lake" & its <owls> (4:05)',
        "Listen (4:05)",
    ]
    publish(house, "Long names", blocks=[{**SOUND, **PLAIN, "title": "&<" * 150}] * 30)
    assert "&amp;&lt;" in fetch(client, "/text/news/story/long-names")


def test_the_way_to_a_pledge(house: House, client: FlaskClient) -> None:
    page = fetch(client, "/text/news/give")
    links = [each.attrs["href"] for each in JustHTML(page, sanitize=False).query("main a")]
    ways = [each for each in links if each.startswith("/give")]
    assert len(ways) == 3
    for way in ways:
        answer = client.get(way)
        assert answer.status_code == 200
        assert "<form" in answer.text


def test_a_long_story_is_whole_in_its_parts(house: House, client: FlaskClient) -> None:
    words = [f"word{number}" for number in range(6000)]
    body = "".join(f"<p>{' '.join(words[at : at + 80])}</p>" for at in range(0, 4000, 80))
    body += f"<table><tr><td>{' '.join(words[4000:])}</td></tr></table>"
    publish(house, "Long", blocks=[*text_blocks(body), {**SOUND, **PLAIN}])
    read, path = "", "/text/news/story/long"
    for _ in range(60):
        page = fetch(client, path)
        read += page
        if 'rel="next"' not in page:
            break
        path = page.partition(' rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert [word for word in words if f"{word} " not in read and f"{word}<" not in read] == []
    assert "https://media.example.org/lake.mp3" in read
    for wrong in ("0", "99", "abc", "-1", "²", "99999999999", ""):
        assert client.get(f"/text/news/story/long?part={wrong}").status_code == 404, wrong


LONG = "Ñandú&" * 20  # 120 letters, and half as many bytes again when they are written


def to_its_end(client: FlaskClient, path: str) -> str:
    """A page and all its parts, each of them light."""
    read = ""
    for _ in range(99):
        page = fetch(client, path)
        read += page
        if ' rel="next"' not in page:
            return read
        path = page.partition(' rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    raise AssertionError("it has no end")


def test_the_air_in_words(house: House, client: FlaskClient) -> None:
    at("2027-06-02T12:30")
    program = keep_program(None, house.news.id, "Mediodía", "", "", "", "", False, COMMAND)
    keep_rule(None, house.news.id, program, "", 127, time(12), 60, date(2020, 1, 1), None, COMMAND)
    rule(house, "Going Home", "16:00", 60)
    keep_override(None, house.news.id, None, "Hearing", date(2027, 6, 2), time(13), 60, "Live from Elko", COMMAND)
    page = fetch(client, "/text/news/listen")
    assert page.count('href="https://stream.example.org/n">https://stream.example.org/n<') == 1
    assert "On now: Mediodía, until 1:00 PM." in page
    assert page.index("1:00 PM: Hearing. Live from Elko") < page.index("4:00 PM: Going Home")
    page = fetch(client, "/text/news/schedule")
    assert '12:00 PM: <b>On now</b>, <a href="/text/news/program/mediodia">Mediodía</a>' in page
    assert "<h1>Schedule, Wednesday, Jun 2, 2027</h1>" in page
    assert 'href="/text/news/schedule/2027-06-03">Day after' in page
    assert "On now" not in fetch(client, "/text/news/schedule/2027-06-03")
    at("2027-06-02T13:00")
    assert "On now: Hearing" in fetch(client, "/text/news/listen"), "at the minute"
    take_playlist(pieces(clock.now() - timedelta(minutes=9), clock.now()), house.classical.id, ZONE, COMMAND)
    page = fetch(client, "/text/classical/playlist")
    now = "<b>Playing now</b>, Fanny Hensel: Das Jahr: number 2. Ida Moreno, piano. Ocotillo 102 (5:00)"
    assert page.index(now) < page.index("number 1")
    assert "Playing now" in fetch(client, "/text/classical/listen")
    assert "keeps no playlist" in fetch(client, "/text/news/playlist")
    for wrong in ("schedule/9999-12-31", "schedule/today", "playlist/2027-06-03", "schedule?part=2", "listen/1"):
        assert client.get(f"/text/news/{wrong}").status_code == 404, wrong


def test_the_longest_days_are_whole_in_their_parts(house: House, client: FlaskClient) -> None:
    at("2027-06-02T23:59")
    for number in range(200):
        minute = number * 7
        rule(house, f"{number:03} {LONG}"[:120], f"{minute // 60:02}:{minute % 60:02}", 7)
    read = to_its_end(client, "/text/news/schedule/2027-06-03")
    assert [number for number in range(200) if f": {number:03} Ñ" not in read] == []
    assert 'rel="prev">Part 1<' in read
    played = [{**each, "composer": LONG, "performers": LONG * 4} for each in pieces(*every_minute(200))]
    take_playlist(played, house.classical.id, ZONE, COMMAND)
    read = to_its_end(client, "/text/classical/playlist")
    assert [number for number in range(1, 201) if f"number {number}. " not in read] == []


def every_minute(count: int) -> list[datetime]:
    return [clock.now() - timedelta(minutes=count - number) for number in range(count)]


def test_pages_of_hostile_length(house: House, client: FlaskClient) -> None:
    born = datetime(1970, 2, 3, tzinfo=UTC)
    publish(house, "&" * 300, at=born, deck="<" * 1000, byline="'" * 300, blocks=text_blocks(f"<p>{LONG * 99}</p>"))
    for number in range(90):
        publish(house, f"{number} {'&' * 290}", topics=[Topic(f"{number} {LONG}"[:120])], tags=[Topic(LONG)])
    assert to_its_end(client, "/text/news/archive").count("<h2>") >= 57, "a year each since 1970"
    assert to_its_end(client, "/text/news/sections").count('<li><a href="section/') == 90
    to_its_end(client, f"/text/news/story/{'story'}")
    for words in ("&" * 300, "9 " + "\U0001f3dc" * 300, "<>'\"" * 90, "ñandú" * 90):
        fetch(client, f"/text/news/search?{urlencode({'q': words})}")
    fetch(client, "/text/news/")
    fetch(client, f"/text/news/tag/{slugify(LONG)[:80]}")


@given(st.text(max_size=400), st.integers(4, 300))
def test_brief_is_the_beginning_and_never_heavier(words: str, most: int) -> None:
    cut = brief(words, most)
    assert len(html.escape(cut).encode()) <= most
    assert cut == words or (cut.endswith("…") and words.startswith(cut[:-1]))
    assert brief(words, 3_000) == words


def test_what_is_not_there(house: House, client: FlaskClient) -> None:
    publish(house, "Later", at=clock.now() + timedelta(hours=1))
    for path in ("/text/none/", "/text/news/story/none", "/text/news/story/later", "/text/", "/text/news/none"):
        assert client.get(path).status_code == 404, path


@given(st.lists(st.text(max_size=300), max_size=8), st.integers(200, 600))
def test_parts_keep_every_piece_in_order(pieces: list[str], room: int) -> None:
    parts = in_parts(pieces, room)
    assert parts
    small = [each for each in pieces if len(each.encode()) <= room]
    if small == pieces:
        assert [each for part in parts for each in part] == pieces
    assert all(sum(len(each.encode()) for each in part) <= room for part in parts)


@pytest.mark.parametrize("room", [200, 5500])
def test_a_word_without_an_end(room: int) -> None:
    parts = in_parts(["<p>" + "é&amp;" * 9000 + "</p>"], room)
    assert all(sum(len(each.encode()) for each in part) <= room for part in parts)
