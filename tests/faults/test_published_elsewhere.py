"""What one process publishes, withdraws or ends, the web processes show, which asked nobody meanwhile.

How long that takes is measured by `python -m bench publish_visible`; here it only has to happen.
"""

from __future__ import annotations

import http.client
import time
from datetime import timedelta
from typing import Any

from station.core import clock
from station.core.actor import COMMAND
from station.licensee.queries import stations, the_licensee
from station.news.drafts import StoryDraft, text_blocks
from station.news.services import publish_story, retract_story
from station.underwriting import services as underwriting
from station.underwriting.policies import fingerprint
from tests.conftest import MEASURED
from tests.faults.brokers import PATIENCE
from tests.faults.plant import Plant

HEADLINE, COPY = "Water comes back to the wash", "Used books in Henderson."
BODY = "".join(f"<p>Paragraph {number}.</p>" for number in range(7))
ALL_AGREE = 20  # new connections in a row: that one of two processes answers all of them by chance is 1 in a million
STORY = "/news/story/water-comes-back-to-the-wash"


def test_what_one_process_publishes_all_others_show(plant: Plant, record_property: Any) -> None:
    plant.start("web", STATION_MODE="development", STATION_WEB_WORKERS="2")
    station = stations()[0].id
    until(plant, "/news/", HEADLINE, wanted=False)  # prepared in every process

    draft = StoryDraft(HEADLINE, text_blocks(BODY), clock.now() - timedelta(seconds=1), "Desert Public Radio")
    story = publish_story(draft, station, COMMAND)
    shown = until(plant, "/news/", HEADLINE, wanted=True)
    assert told(plant, STORY, "Paragraph 6.")

    flight = credit(station)
    sold = until(plant, STORY, COPY, wanted=True)
    underwriting.stop_flight(flight, COMMAND)
    ended = until(plant, STORY, COPY, wanted=False)

    retract_story(story, "withdrawn", COMMAND)
    gone = until(plant, "/news/", HEADLINE, wanted=False)
    until(plant, STORY, "Paragraph 6.", wanted=False)
    line = f"published {shown:.2f} s, credit {sold:.2f} s, credit ended {ended:.2f} s, withdrawn {gone:.2f} s"
    record_property(MEASURED, f"Seen in two other processes after: {line}")


def credit(station: Any) -> Any:
    sponsor = underwriting.add_sponsor("Basin Books", "", "Basin Books", "https://basin.example", COMMAND)
    today = clock.today(the_licensee().timezone)
    flight = underwriting.add_flight(sponsor, station, today, today + timedelta(days=2), COMMAND)
    underwriting.approve_credit(underwriting.write_credit(flight, COPY, COMMAND), fingerprint(COPY), COMMAND)
    return flight


def until(plant: Plant, path: str, words: str, *, wanted: bool) -> float:
    """Wait until every process says it, or none does; seconds to the last answer that was otherwise."""
    began = last = time.monotonic()
    agreed = 0
    while agreed < ALL_AGREE:
        now = time.monotonic()
        assert now - began < PATIENCE, f"{words!r} at {path}"
        fits = told(plant, path, words) == wanted
        agreed, last = (agreed + 1, last) if fits else (0, time.monotonic())
    return last - began


def told(plant: Plant, path: str, words: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", plant.settings.port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        assert answer.status in (200, 410), answer.status
        return words in answer.read().decode()
    finally:
        connection.close()
