"""Recordings that their owners offer for a time only: on no page, in no feed and in no cache after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from station.core import clock
from station.core.actor import COMMAND
from station.news import pages
from station.news.services import import_document
from tests.conftest import House
from tests.news.cds_documents import document, six_paragraphs
from tests.news.test_cds import MP3, audio

STORY = "/news/story/lake-level-rises-after-a-wet-winter"
SLUG = STORY.rpartition("/")[2]
PLACES = {
    STORY: ("story", "news", SLUG),
    f"/text{STORY}": ("text", "story", "news", SLUG, 1),
    "/news/feed.rss": ("feed", "rss", "news"),
    "/news/feed.atom": ("feed", "atom", "news"),
    "/news/feed.json": ("feed", "json", "news"),
}
FILE = "media.example.org/a.mp3"


def heard(**fields: Any) -> dict[str, Any]:
    made = document(*six_paragraphs(), audio=[{"href": "#/assets/sound"}])
    made["assets"]["sound"] = audio(MP3, **fields)
    return made


def test_it_leaves_by_the_clock(house: House, client: FlaskClient, later: Callable[..., None]) -> None:
    over = clock.now() + timedelta(minutes=30)
    import_document(heard(streamExpirationDateTime=over.isoformat()), house.news.id, COMMAND)
    for path, key in PLACES.items():
        assert FILE in client.get(path).text, path
        page = pages.shelf.last(key)
        assert page is not None
        assert page.until <= over, f"{path}: no cache keeps it past its end"
    later(minutes=28)
    for path in PLACES:
        assert FILE in client.get(path).text, path
    later(minutes=2)
    for path in PLACES:
        answer = client.get(path)
        assert answer.status_code == 200
        assert FILE not in answer.text, path
        assert "Paragraph 6" in answer.text, path


def test_a_page_that_lost_it_is_dated_no_earlier(
    house: House, client: FlaskClient, later: Callable[..., None]
) -> None:
    over = clock.now() + timedelta(minutes=30)
    import_document(heard(streamExpirationDateTime=over.isoformat()), house.news.id, COMMAND)
    later(minutes=31)
    first = client.get(STORY)  # the first time that this process makes it
    assert "Last-Modified" not in first.headers or first.last_modified >= over
