"""How long until readers see what was published: the web server runs in processes of its own, this one publishes.

Every reader's question is a new connection, so that each of the web processes is asked in turn. The time counts from
the commit to the last answer that was out of date, of any process; the home was prepared in all of them before.
"""

from __future__ import annotations

import http.client
import time
from datetime import timedelta
from statistics import median

from bench.plant import Plant, plant
from bench.registry import Result, measure
from station.core import clock
from station.core.actor import COMMAND
from station.licensee.queries import stations
from station.news.drafts import StoryDraft, text_blocks
from station.news.services import publish_story, retract_story
from station.web.commands import processes

ROUNDS, MOST_SECONDS = 9, 1.0
ALL_AGREE = 25  # answers in a row: with two processes, one left out would be a chance of 1 in 16 million
PATIENCE = 10.0


@measure("publish_visible")
def publish_visible() -> list[Result]:
    """Publishing and withdrawing, each told by the median of the rounds."""
    with plant() as house:
        house.start(processes.web(house.settings), house.settings.port)
        shown, gone = [], []
        with house.app.app_context():
            for number in range(ROUNDS):
                appeared, disappeared = _once(house, f"Story of round {number}")
                shown.append(appeared)
                gone.append(disappeared)
        engine = house.settings.database_url.partition(":")[0].partition("+")[0]
        workers = house.settings.web_workers
    return [_told(f"{what}, {workers} web processes, {engine}", took) for what, took in _named(shown, gone)]


def _named(shown: list[float], gone: list[float]) -> list[tuple[str, list[float]]]:
    return [("published to visible", shown), ("withdrawn to gone", gone)]


def _told(name: str, took: list[float]) -> Result:
    middle = median(took)
    spread = f"{min(took):.2f} to {max(took):.2f} s"
    return Result(
        name, round(middle, 2), "s", spread=spread, bar=f"<= {MOST_SECONDS:g} s", met=max(took) <= MOST_SECONDS
    )


def _once(house: Plant, headline: str) -> tuple[float, float]:
    station = stations()[0].id
    port = house.settings.port
    for _ in range(ALL_AGREE):
        assert headline not in _home(port)
    draft = StoryDraft(headline, text_blocks("<p>One.</p><p>Two.</p>"), clock.now() - timedelta(seconds=1), "Bench")
    story_id = publish_story(draft, station, COMMAND)
    appeared = _until(port, headline, wanted=True)
    retract_story(story_id, "the round is over", COMMAND)
    return appeared, _until(port, headline, wanted=False)


def _until(port: int, headline: str, *, wanted: bool) -> float:
    """Seconds from now to the last answer that did not fit."""
    began = last = time.monotonic()
    agreed = 0
    while agreed < ALL_AGREE:
        fits = (headline in _home(port)) == wanted
        agreed = agreed + 1 if fits else 0
        now = time.monotonic()
        last = last if fits else now
        if now - began > PATIENCE:
            raise RuntimeError(f"{headline!r} was not {'visible' if wanted else 'gone'} after {PATIENCE:.0f} s")
    return last - began


def _home(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/news/", headers={"Connection": "close"})
        return connection.getresponse().read().decode()
    finally:
        connection.close()
