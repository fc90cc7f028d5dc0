"""Public pages asked in every wrong way: none answers with an error of ours, and none shows what it should not."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.core import clock
from station.core.actor import COMMAND
from station.news.drafts import Author, Topic
from station.news.services import take_playlist
from tests.conftest import House
from tests.news.test_air_pages import ZONE, pieces
from tests.news.test_feeds import publish

PAGES = [
    "/",
    "/news/",
    "/news/section/water",
    "/news/tag/lake",
    "/news/person/ana",
    "/news/archive",
    "/news/search",
    "/news/story/one",
    "/news/listen",
    "/news/schedule",
    "/classical/playlist",
    "/news/feed.rss",
    "/news/feed.json",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/robots.txt",
    "/text/news/",
    "/text/news/section/water",
    "/text/news/sections",
    "/text/news/archive",
    "/text/news/search",
    "/text/news/story/one",
    "/text/news/listen",
    "/text/news/schedule",
    "/text/classical/playlist",
    "/text/news/give",
]
ODD = [
    "%00",
    "a%00b",
    "%ED%A0%80",  # a lone surrogate, which is no UTF-8
    "%FF%FE",
    "%F4%90%80%80",  # beyond Unicode
    "%E2%80%AE",  # right-to-left override
    "%0d%0aSet-Cookie:x=1",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "'%20OR%201=1--",
    "%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "{%25raw%25}",
    "-1",
    "0",
    "abc",
    "1e9",
    "%C2%B2",  # a digit to Python, and no number
    "9" * 30,
    "NaN",
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    "2026-W53-7",
    "story_" + "z" * 26,
    "story_" + "7" + "z" * 25,
    "x" * 8_000,
]
NAMES = ("page", "before", "q", "part")


ROOTS = [
    "/{}",
    "/{}/",
    "/{}/feed.rss",
    "/news/{}",
    "/news/story/{}",
    "/news/story/{}/transcript.txt",
    "/news/section/{}",
    "/news/section/{}/feed.json",
    "/news/tag/{}",
    "/news/person/{}",
    "/news/program/{}/podcast.rss",
    "/news/archive/{}",
    "/news/archive/{}/01",
    "/news/archive/2026/{}",
    "/news/archive/2026/01/{}",
    "/news/schedule/{}",
    "/news/playlist/{}",
    "/sitemap-{}.xml",
]


@pytest.fixture
def shown(house: House) -> None:
    for number in range(25):
        publish(
            house,
            "One" if not number else f"Story {number}",
            topics=[Topic("Water")],
            tags=[Topic("Lake")],
            authors=[Author("Ana", "77")],
        )
    take_playlist(pieces(clock.now() - timedelta(minutes=5)), house.classical.id, ZONE, COMMAND)


def test_parameters_that_are_none(shown: None, client: FlaskClient) -> None:
    wrong = []
    for page in PAGES:
        for name in NAMES:
            for odd in ODD:
                answer = client.get(f"{page}?{name}={odd}")
                if answer.status_code not in (200, 400, 404) or "Set-Cookie" in answer.headers:
                    wrong.append((answer.status_code, page, name, odd))
    assert wrong == []
    for page in ("/news/section/water", "/news/tag/lake", "/news/", "/news/archive/2026/01"):
        assert client.get(f"{page}?page=abc").status_code in (200, 404)
    assert client.get("/news/section/water?page=abc").status_code == 404


def test_addresses_that_are_none(shown: None, client: FlaskClient) -> None:
    roots = [*ROOTS, *(f"/text{root}" for root in ROOTS if root.startswith(("/{}/", "/news/")) and "." not in root)]
    wrong = []
    for root in roots:
        for odd in ODD:
            status = client.get(root.replace("{}", odd)).status_code
            if status not in (200, 308, 400, 404):
                wrong.append((status, root, odd))
    assert wrong == []


@pytest.mark.parametrize("page", PAGES)
def test_other_verbs(shown: None, client: FlaskClient, page: str) -> None:
    whole = client.get(page)
    head = client.head(page)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers.get("ETag") == whole.headers.get("ETag")
    options = client.options(page)
    assert options.status_code == 200
    assert set(options.headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "OPTIONS"}
    for verb in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        refused = client.open(page, method=verb)
        assert refused.status_code == 405, verb
        assert "GET" in refused.headers["Allow"]


@pytest.mark.parametrize("page", PAGES)
def test_odd_headers(shown: None, client: FlaskClient, page: str) -> None:
    for name, value in [
        ("Range", "bytes=0-5"),
        ("Range", "bytes=999999999-"),
        ("Range", "lines=a"),
        ("If-None-Match", '"'),
        ("If-None-Match", "*, W/"),
        ("If-None-Match", "x" * 8_000),
        ("If-Modified-Since", "yesterday"),
        ("If-Range", '"x"'),
        ("Accept", "text/plain;q=abc, */*;q=-1, \xe9"),
        ("Accept", "image/*"),
        ("Accept-Encoding", "gzip;q=nan, \x7f"),
        ("Accept-Language", "x" * 8_000),
        ("Cookie", "station_desk=abc; \xff=; ;;"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-For", "'; --"),
        ("Content-Type", "multipart/form-data"),
        ("Content-Length", "-5"),
        ("Transfer-Encoding", "chunked"),
        ("User-Agent", ""),
    ]:
        answer = client.get(page, headers={name: value})
        assert answer.status_code == 200, (name, value)
        assert "Set-Cookie" not in answer.headers
        assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "a b", "[::1", "localhost:99999", "x" * 300, "", "é.example", "a\\b", "..", "<script>"]
)
def test_odd_hosts(shown: None, client: FlaskClient, host: str) -> None:
    for page in ("/", "/news/story/one", "/text/news/", "/news/feed.rss", "/no/such/page"):
        answer = client.get(page, headers={"Host": host})
        assert answer.status_code in (200, 400, 404), (page, answer.status_code)
        if host:
            assert host not in answer.text


@given(st.text(max_size=60), st.integers(-1, 12))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_search(shown: None, client: FlaskClient, words: str, page: int) -> None:
    asked = urlencode({"q": words.encode("utf-8", "surrogatepass"), "page": page})
    for root in ("/news/search", "/text/news/search"):
        assert client.get(f"{root}?{asked}").status_code in (200, 400, 404)


def test_search_for_signs_of_the_query_language(shown: None, client: FlaskClient) -> None:
    """Nothing a reader types is a sign to FTS5 or to tsquery."""
    for words in (
        '"',
        "one OR",
        "one NOT",
        "NEAR(one two)",
        "title:one",
        "one*",
        "^one",
        "one & | !",
        ":*",
        "<->",
        "(",
        "'",
        "\\",
        "-one",
        "one:A*",
        "𝟙²³ ৴ ⅷ",
        "؀ ܏",
        "one " * 3000,
    ):
        for root in ("/news/search", "/text/news/search"):
            assert client.get(f"{root}?{urlencode({'q': words})}").status_code == 200, words
    assert client.get("/news/search?q=%00").status_code == 400, "what no keyboard types is refused at the door"


def test_files_answer_a_part(app: Flask, client: FlaskClient) -> None:
    address = next(part for part in client.get("/news/").text.split('"') if part.endswith("base.css"))
    answer = client.get(address, headers={"Range": "bytes=0-9"})
    assert (answer.status_code, len(answer.data)) == (206, 10)
    assert client.get(address, headers={"Range": "bytes=99999999-"}).status_code == 416
