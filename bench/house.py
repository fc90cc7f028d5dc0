"""A Station of its own for measuring: embedded database in a temporary folder, a story, a live credit."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import flask_migrate
from flask import Flask

from config import Settings
from station.core import bulletin, clock
from station.core.actor import COMMAND
from station.licensee.queries import stations
from station.licensee.services import LicenseeFacts, StationFacts, establish
from station.news.drafts import StoryDraft, Topic, text_blocks
from station.news.services import publish_story
from station.underwriting import services as underwriting
from station.underwriting.policies import fingerprint
from station.web.app import create_app

LICENSEE = LicenseeFacts(
    "Bench Public Radio", "Bench Radio", "00-0000000", ["1 Bench Way"], "702-555-0100", "bench@example.org"
)
STATIONS = (
    StationFacts("news", "News", "88.9", "KNPR", "News", "news", "https://stream.example.org/n"),
    StationFacts("classical", "Classical", "89.7", "KCNV", "Music", "classical", "https://stream.example.org/c"),
)
COPY = "Measuring instruments for public stations since the first oscillator."
SYLLABLES = ("ba", "con", "de", "er", "fi", "he", "in", "ka", "la", "men", "no", "or", "re", "ta", "ver", "ing")
STORY = "/news/story/a-story-of-the-usual-length"


@dataclass(frozen=True)
class House:
    """A running Station: its application, and the path of a story as long as the saved page's (15 paragraphs)."""

    app: Flask
    story: str


@contextmanager
def house() -> Iterator[House]:
    """A Station with one story and one live credit; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="station-bench-") as folder:
        app = create_app(Settings.from_env({"STATION_MODE": "development", "STATION_HOME": str(Path(folder))}))
        with app.app_context():
            flask_migrate.upgrade()
            establish(LICENSEE, STATIONS, COMMAND)
            _fill()
            bulletin.refresh()
        clock.use_file(None)  # production reads no clock file
        yield House(app, STORY)


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.choice((1, 2, 2, 3))))


def _fill() -> None:
    news = stations()[0]
    chance = random.Random(5)
    known = [_word(chance) for _ in range(330)]  # as many different words as in 704 words of news, a few very common
    weights = [1 / (rank + 2) for rank in range(len(known))]
    body = "".join(f"<p>{' '.join(chance.choices(known, weights, k=47))}.</p>" for _ in range(15))
    picture = {
        "url": "https://media.example.org/a.jpg",
        "width": 1200,
        "height": 900,
        "srcset": "",
        "alt": "",
        "caption": "Lake Mead from the overlook",
        "credit": "A. Photographer",
    }
    publish_story(
        StoryDraft(
            "A story of the usual length",
            text_blocks(body),
            clock.now() - timedelta(days=1),
            "NPR",
            "https://www.npr.org/",
            image=picture,
            topics=[Topic("National Security")],
            byline="A. Writer",
        ),
        news.id,
        COMMAND,
    )
    sponsor = underwriting.add_sponsor("Bench Instruments", "", "Bench Instruments", "https://bench.example", COMMAND)
    today = clock.today("America/Los_Angeles")
    flight = underwriting.add_flight(sponsor, news.id, today, today + timedelta(days=30), COMMAND)
    underwriting.approve_credit(underwriting.write_credit(flight, COPY, COMMAND), fingerprint(COPY), COMMAND)
