"""The cache in front is told what is stale: after the commit, once, and again until it has heard. A real server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from flask import Flask

from station.accounts.models import WorkItem
from station.core import clock, runtime
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.outbox import JobState, Outbox
from station.core.purging import batches
from station.core.stale import PURGE, stale
from station.giving.services import write_ask
from station.news.drafts import StoryDraft, Topic, text_blocks
from station.news.services import arrange_home, publish_story, retract_story
from station.underwriting import services as underwriting
from tests.conftest import House, changed


@dataclass
class Cache:
    """A cache's purging door: what it was told, and what it answers next."""

    url: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    @property
    def keys(self) -> list[str]:
        return [key for each in self.told for key in each["Surrogate-Key"].split()]


@pytest.fixture
def cache(app: Flask) -> Iterator[Cache]:
    known = Cache()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            known.meanwhile()
            known.told.append({**self.headers, "method": self.command, "path": self.path})
            self.send_response(known.answers.pop(0) if known.answers else 200)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        do_PURGE = do_POST  # noqa: N815  # the verb

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}/service/S1/purge"
    with changed(runtime.settings(), purge_url=known.url, purge_token="a-token"):
        yield known
    server.shutdown()
    thread.join()
    server.server_close()


def publish(house: House, headline: str = "The lake", **more: Any) -> Any:
    at = clock.now() - timedelta(hours=1)
    draft = StoryDraft(headline, text_blocks("<p>Words.</p>"), at, "Desert Public Radio", **more)
    return publish_story(draft, house.news.id, COMMAND)


def jobs(*states: JobState) -> int:
    query = sa.select(sa.func.count()).select_from(Outbox).where(Outbox.job == PURGE.name)
    return db.session.scalar(query.where(Outbox.state.in_(states)) if states else query) or 0


def test_where_no_cache_is_told_there_is_no_job(house: House, outbox: Callable[[], int]) -> None:
    publish(house)
    write_ask(house.news.id, "Give.", clock.today(house.licensee.timezone), None, COMMAND)
    assert jobs() == 0


def test_a_change_is_told_by_its_keys(
    house: House, cache: Cache, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    story = publish(house, topics=[Topic("Water")], tags=[Topic("Rain")])
    outbox()
    assert cache.told == [], "not yet: other processes must have seen it"
    later(seconds=5)
    outbox()
    (told,) = cache.told
    assert told["method"] == "POST"
    assert told["path"] == "/service/S1/purge"
    assert (told["Fastly-Soft-Purge"], told["Fastly-Key"], told["Authorization"]) == (
        "1",
        "a-token",
        "Bearer a-token",
    )
    kinds = sorted(each.partition(":")[0] for each in cache.keys)
    assert kinds == ["lists", "section", "sitemaps", "stories", "story", "tag"]
    retract_story(story, "withdrawn", COMMAND)
    later(seconds=5)
    outbox()
    assert sorted(cache.told[1]["Surrogate-Key"].split()) == sorted(cache.keys[: len(kinds)])


def test_other_changes_are_told_by_theirs(
    house: House, cache: Cache, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    def told() -> set[str]:
        cache.told.clear()
        later(seconds=5)
        outbox()
        return set(cache.keys)

    story = publish(house)
    told()
    arrange_home(house.news.id, {1: (story, None)}, {}, COMMAND)
    assert told() == {"lists:news"}
    write_ask(house.classical.id, "Give.", clock.today(house.licensee.timezone), None, COMMAND)
    assert told() == {"station:classical"}
    sponsor = underwriting.add_sponsor("Basin Books", "", "Basin Books", "", COMMAND)
    assert told() == set()
    today = clock.today(house.licensee.timezone)
    flight = underwriting.add_flight(sponsor, house.news.id, today, today, COMMAND)
    assert told() == {"slot:news"}
    underwriting.stop_flight(flight, COMMAND)
    assert told() == {"slot:news"}


def test_what_is_rolled_back_is_told_to_nobody(
    house: House, cache: Cache, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    class Regret(Exception):
        pass

    with suppress(Regret), transaction():
        publish(house)
        write_ask(house.news.id, "Give.", clock.today(house.licensee.timezone), None, COMMAND)
        raise Regret
    assert jobs() == 0
    later(seconds=10)
    outbox()
    assert cache.told == []


def test_who_is_told_reads_the_new_page(
    house: House, live: str, cache: Cache, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    read: list[str] = []

    def fetch() -> None:
        with urlopen(f"{live}/news/feed.json", timeout=10) as answer:
            read.append(answer.read().decode())

    publish(house, "Before")
    later(seconds=5)
    outbox()
    cache.meanwhile = fetch
    with transaction():
        publish(house, "After")
        later(seconds=5)
        assert read == [], "nobody hears of it inside its transaction"
    outbox()
    assert len(read) == 1
    assert "After" in read[0], "the cache asks for the page the moment it is told, and that is the new one"


def test_changes_of_one_second_are_told_together(
    house: House, cache: Cache, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    for number in range(5):
        publish(house, f"Story {number}")
    assert jobs(JobState.READY) == 5
    later(seconds=5)
    outbox()
    assert len(cache.told) == 1
    assert len(cache.keys) == len(set(cache.keys)) == 5 + 3
    assert jobs(JobState.DONE) == 5


def test_it_is_told_again_until_it_has_heard(
    house: House, cache: Cache, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    cache.answers = [503, 429]
    publish(house)
    for _ in range(3):
        later(minutes=1)
        outbox()
    assert len(cache.told) == 3
    assert (jobs(JobState.READY), jobs(JobState.DONE)) == (0, 1)


@pytest.mark.parametrize("answer", [401, 403, 404, 302])
def test_a_refusal_waits_for_a_person(
    house: House, cache: Cache, outbox: Callable[[], int], later: Callable[..., None], answer: int
) -> None:
    cache.answers = [answer]
    publish(house)
    later(seconds=5)
    outbox()
    assert (len(cache.told), jobs(JobState.DEAD)) == (1, 1)
    item = db.session.scalars(sa.select(WorkItem).where(WorkItem.kind == "dead_job")).one()
    assert f"refused with {answer}" in item.detail
    assert "a-token" not in item.detail


def test_a_cache_that_is_away_loses_nothing(
    house: House, cache: Cache, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    with changed(runtime.settings(), purge_url="http://127.0.0.1:9/purge"):
        publish(house, "One")
        later(seconds=5)
        outbox()
        assert jobs(JobState.READY) == 1
    publish(house, "Two")
    later(minutes=1)
    outbox()
    assert len(cache.told) == 1
    assert sum(each.startswith("story:") for each in cache.keys) == 2
    assert jobs(JobState.DONE) == 2


def test_other_caches(cache: Cache, outbox: Callable[[], int], later: Callable[..., None]) -> None:
    with changed(runtime.settings(), purge_url=f"{cache.url}/{{key}}", purge_method="PURGE", purge_token=""):
        with transaction():
            stale("story:1", "lists:news", "story:1")
        later(seconds=5)
        outbox()
    assert [each["path"] for each in cache.told] == ["/service/S1/purge/lists:news", "/service/S1/purge/story:1"]
    assert {each["method"] for each in cache.told} == {"PURGE"}
    assert not any("Fastly-Key" in each for each in cache.told)


def test_a_cache_that_was_taken_out_of_use_is_told_nothing_more(
    house: House, cache: Cache, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    publish(house)
    with changed(runtime.settings(), purge_url=""):
        later(seconds=5)
        outbox()
    assert (cache.told, jobs(JobState.DONE)) == ([], 1)


def test_many_keys_go_in_requests_that_a_cache_takes(cache: Cache) -> None:
    keys = [f"story:{number:026}" for number in range(700)]
    made = list(batches(keys))
    assert [each for batch in made for each in batch] == keys
    assert max(len(" ".join(batch)) for batch in made) <= 4_000
    short = list(batches([str(number) for number in range(700)]))
    assert max(map(len, short)) == 256
    assert list(batches([])) == []
