"""A story's whole way: written, a picture chosen, previewed, scheduled, changed, out, corrected, moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from station.core import clock
from station.core.actor import COMMAND
from station.core.ids import public_id
from station.news.policies.editing import Written, empty
from station.news.queries.editing import newest_version
from station.news.services import change_slug, correct, publish, unpublish
from station.news.services.editing import Unfinished, begin_story, save_story
from tests.browsing import token_of
from tests.conftest import House, changed
from tests.news.test_media_desk import ready

Later = Callable[..., None]
PAGE = "/news/story/owls-return"


@pytest.fixture(autouse=True)
def folder(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[None]:
    with changed(settings, media=tmp_path / "media"):
        yield


def words(text: str) -> dict[str, str]:
    return {**empty("text", "b1"), "text": text}


def save(story: Any, text: str, *more: dict[str, str], **head: Any) -> None:
    save_story(
        story, newest_version(story).number, Written("Owls return", blocks=[words(text), *more], **head), "", COMMAND
    )


def half_an_hour() -> datetime:
    return (clock.now() + timedelta(minutes=30)).replace(second=0, microsecond=0)


def test_what_is_saved_after_scheduling_comes_out(house: House, client: FlaskClient, later: Later) -> None:
    story = begin_story(house.news.id, "Owls return", COMMAND)
    save(story, "The first words.")
    publish(story, half_an_hour(), COMMAND)
    save(story, "The better words.")
    assert client.get(PAGE).status_code == 404
    later(minutes=31)
    page = client.get(PAGE).text
    assert "The better words." in page
    assert "The first words." not in page


def test_what_was_saved_while_it_was_out_comes_with_the_next_time(house: House, client: FlaskClient) -> None:
    story = begin_story(house.news.id, "Owls return", COMMAND)
    save(story, "The first words.")
    publish(story, None, COMMAND)
    save(story, "The better words.")
    assert "The first words." in client.get(PAGE).text, "readers wait until it is put out"
    unpublish(story, "It has to be looked at again", COMMAND)
    publish(story, None, COMMAND)
    assert "The better words." in client.get(PAGE).text


def test_a_picture_that_was_sent_in_brings_its_own_words(
    house: House, client: FlaskClient, outbox: Callable[[], int], desk: Callable[..., FlaskClient]
) -> None:
    view = ready(outbox)
    story = begin_story(house.news.id, "Owls return", COMMAND)
    editor = desk("news")
    page = editor.get(f"/desk/stories/{public_id('story', story)}/edit").text
    assert f'<option value="{view.public_id}">At noon, Rosa Delgado</option>' in page
    save(story, "Words.", {**empty("image", "b2"), "media": view.public_id, "credit": "Ana Peña"})
    assert "it stands in Owls return" in _deleted(editor, view.public_id), "nothing that is written loses its picture"
    publish(story, None, COMMAND)
    shown = client.get(PAGE).text
    for said in ('alt="A road without shade"', "At noon", "Ana Peña", "/media/", 'type="image/avif"'):
        assert said in shown
    assert "Rosa Delgado" not in shown, "what was written goes before the picture's own words"


def test_what_was_not_sent_in_is_refused(house: House) -> None:
    story = begin_story(house.news.id, "Owls return", COMMAND)
    with pytest.raises(Unfinished, match="no such picture"):
        save(story, "Words.", {**empty("image", "b2"), "media": "media_nothing"})


def test_a_correction_outlives_what_is_written_and_moved(
    house: House, client: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    story = begin_story(house.news.id, "Owls return", COMMAND)
    save(story, "There are nine owls.")
    publish(story, None, COMMAND)
    correct(story, "There are ten owls.", COMMAND)
    save(story, "There are ten owls here.")
    editor = desk("news")
    preview = editor.get(f"/desk/stories/{public_id('story', story)}/preview").text
    assert preview.count("There are ten owls.") == 1
    assert "There are ten owls here." in preview
    change_slug(story, "the-owls", COMMAND)
    moved = client.get(PAGE)
    assert (moved.status_code, moved.headers["Location"]) == (301, "/news/story/the-owls")
    assert "There are ten owls." in client.get("/news/story/the-owls").text
    assert "There are ten owls." in client.get("/news/corrections").text


def _deleted(editor: FlaskClient, media: str) -> str:
    page = f"/desk/media/{media}"
    editor.post(f"{page}/delete", data={"csrf_token": token_of(editor, page)})
    return str(editor.get(page).text)
