"""No public surface shows anything of a story before its minute: every address there is is asked, with its labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import public_id
from station.news.cli import group
from station.news.drafts import Author, StoryDraft, Topic, text_blocks
from station.news.models import HomeSlot, Person, Program, Story
from station.news.services import arrange_home, embargo, publish, publish_story, unpublish, withdraw
from tests.conftest import House

WORD = "zwieback"
LABELS: dict[str, Any] = {
    "topics": [Topic("Water")],
    "program": Topic("Desert Week"),
    "tags": [Topic("Wells")],
    "authors": [Author("Ana Quist", "nx-ana")],
}
NEWS = {"news", "lists", "feeds", "sitemaps", "text", "air"}
SHOWS_IT = {
    "news.home",
    "news.station_home",
    "news.section",
    "news.story",
    "lists.label",
    "lists.dated",
    "lists.search",
    "feeds.station",
    "feeds.section",
    "feeds.podcast",
    "sitemaps.part",
    "sitemaps.news",
    "text.home",
    "text.label",
    "text.dated",
    "text.search",
    "text.story",
}


def written(house: House, headline: str, word: str) -> UUID:
    sound = {"type": "audio", "url": f"https://sound.example.org/{word}.mp3", "title": word, "mime": "audio/mpeg"}
    story = publish_story(
        StoryDraft(
            headline,
            [*text_blocks(f"<p>{word} one.</p><p>{word} two.</p>"), sound],
            clock.now() - timedelta(minutes=1),
            "Desert Public Radio",
            deck=f"{word} deck",
            teaser=f"{word} teaser",
            byline="Ana Quist",
            image={"url": "/x.jpg", "width": 9, "height": 9, "alt": word, "caption": word, "credit": word},
            **LABELS,
        ),
        house.news.id,
        COMMAND,
    )
    with transaction() as session:
        session.execute(sa.update(Program).values(podcast=True))
    return story


@pytest.fixture
def held(house: House) -> UUID:
    """A story under embargo, fully labelled, put on the home by hand, beside one that is out."""
    written(house, "Something else", "plain")
    story = written(house, f"The {WORD} is dry", WORD)
    arrange_home(house.news.id, {1: (story, None)}, {}, COMMAND)
    unpublish(story, "It is under embargo.", COMMAND)
    embargo(story, clock.now() + timedelta(hours=1), "The bakery asked.", COMMAND)
    return story


def values(name: str, story: Story, person: str) -> list[str]:
    today = clock.today("America/Los_Angeles")
    return {
        "station_slug": ["news"],
        "slug": [story.slug, "water", "wells", "desert-week", person],
        "kind": ["tag", "program", "person", "section"],
        "suffix": ["rss", "atom", "json"],
        "number": ["0", "1"],
        "year": [f"{today.year:04}"],
        "month": [f"{today.month:02}"],
        "day": [f"{today.day:02}"],
        "on": [today.isoformat()],
    }[name]


def addresses(app: Flask, story: Story, person: str) -> Iterator[tuple[str, str]]:
    """Every public address of the news, with every label of the story, by endpoint."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in NEWS and "GET" in (rule.methods or ()):
            for path in built(rule, story, person):
                yield rule.endpoint, path
                for asked in (f"q={WORD}", "q=zwiebakc", f"before={public_id('story', story.id)}"):
                    yield rule.endpoint, f"{path}?{asked}"


def built(rule: Rule, story: Story, person: str) -> Iterator[str]:
    """A rule with all values of its variables."""
    names = sorted(rule.arguments)
    for chosen in product(*(values(name, story, person) for name in names)):
        try:
            found = rule.build({**dict(zip(names, chosen, strict=True)), **(rule.defaults or {})})
        except ValueError:  # a label of no kind that this address has
            continue
        if found is not None:
            yield found[1]


def showing(app: Flask, client: FlaskClient, story_id: UUID) -> set[str]:
    """The endpoints of all that says anything of the story."""
    db.session.rollback()
    row = db.session.get_one(Story, story_id)
    person = db.session.scalars(sa.select(Person.slug)).one()
    db.session.rollback()
    found, tried = set(), list(addresses(app, row, person))
    assert len(tried) > 60
    for endpoint, path in tried:
        answer = client.get(path)
        shown = answer.text.replace(f'value="{WORD}"', "").replace(f"“{WORD}”", "").replace(f"{WORD} · ", "")
        shown = shown.replace(f"search?q={WORD}", "")  # the words that were asked for
        if WORD in shown.partition("<main")[2 if "<main" in shown else 0].casefold():
            found.add(endpoint)
    return found


def test_nothing_shows_it_before_its_minute(
    app: Flask, house: House, client: FlaskClient, held: UUID, later: Callable[..., None]
) -> None:
    assert showing(app, client, held) == set(), "a draft under embargo"
    until = db.session.scalars(sa.select(Story.embargo_until).where(Story.id == held)).one()
    db.session.rollback()
    assert until is not None
    publish(held, until, COMMAND)
    assert showing(app, client, held) == set(), "scheduled for the end of its embargo"
    shown = CliRunner().invoke(group, ["render", public_id("story", held)])
    assert shown.exit_code == 1
    assert WORD not in shown.output.replace(f"the-{WORD}-is-dry", "")
    later(seconds=(until - clock.now()).total_seconds() - 120)
    assert showing(app, client, held) == set(), "minutes before"
    later(seconds=121)
    assert showing(app, client, held) == SHOWS_IT, "and then everywhere, with nothing run"
    assert db.session.scalars(sa.select(HomeSlot.story_id)).one() == held


def test_what_left_is_shown_nowhere(app: Flask, client: FlaskClient, held: UUID, later: Callable[..., None]) -> None:
    later(hours=2)
    publish(held, None, COMMAND)
    assert showing(app, client, held) == SHOWS_IT
    withdraw(held, "It was bread.", COMMAND)
    assert showing(app, client, held) == set()
