"""A Station of its own for measuring: embedded database in a temporary folder, a story, a live credit."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

import flask_migrate
from flask import Flask

from bench.news.stories import PARAGRAPHS, WORDS, vocabulary, write
from config import Settings
from station.core import bulletin, clock
from station.core.actor import COMMAND
from station.licensee.queries import stations as available
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
STORY = "story/a-story-of-the-usual-length"


@dataclass(frozen=True)
class House:
    """A running Station: its application, and the paths of a story as long as the saved page's (15 paragraphs), where
    the slot is sold and where it is not."""

    app: Flask
    story: str = f"/news/{STORY}"
    unsold: str = f"/classical/{STORY}"


@contextmanager
def house(stories: int = 0) -> Iterator[House]:
    """A Station with one story at each station, one live credit, and an archive of so many more; gone afterwards.

    In test mode, so that no thread of an earlier house in this process goes on to tell what its database knew.
    """
    with tempfile.TemporaryDirectory(prefix="station-bench-") as folder:
        app = create_app(Settings.from_env({"STATION_MODE": "test", "STATION_HOME": str(Path(folder))}))
        with app.app_context():
            bulletin.forget()  # an earlier house of this process had another database
            flask_migrate.upgrade()
            establish(LICENSEE, STATIONS, COMMAND)
            for station in available():
                _publish(station.id)
            write(available()[0].id, stories, clock.now() - timedelta(days=2))
        made = House(app)
        add_credit(made, 0)
        clock.use_file(None)  # production reads no clock file
        yield made


def add_credit(house: House, number: int) -> None:
    """One more live credit at the first station."""
    with house.app.app_context():
        name, copy = f"Bench Instruments {number}", f"{COPY} Number {number}."
        sponsor = underwriting.add_sponsor(name, "", name, "https://bench.example", COMMAND)
        today = clock.today("America/Los_Angeles")
        flight = underwriting.add_flight(sponsor, available()[0].id, today, today + timedelta(days=30), COMMAND)
        underwriting.approve_credit(underwriting.write_credit(flight, copy, COMMAND), fingerprint(copy), COMMAND)
        bulletin.refresh()


def _publish(station_id: UUID) -> None:
    words = vocabulary(random.Random(5))
    picture = {
        "url": "https://media.example.org/a.jpg",
        "width": 1200,
        "height": 900,
        "srcset": "",
        "alt": "",
        "caption": "Lake Mead from the overlook",
        "credit": "A. Photographer",
    }
    draft = StoryDraft(
        "A story of the usual length",
        text_blocks("".join(f"<p>{' '.join(islice(words, WORDS))}.</p>" for _ in range(PARAGRAPHS))),
        clock.now() - timedelta(days=1),
        "NPR",
        "https://www.npr.org/",
        image=picture,
        topics=[Topic("National Security")],
        byline="A. Writer",
    )
    publish_story(draft, station_id, COMMAND)
