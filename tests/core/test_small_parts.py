"""Leases, rate limits, the clock, the bulletin, search, places."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from flask import Flask

from station.core import bulletin, clock, leases, runtime, search
from station.core.db import transaction
from station.core.ids import new_id
from station.core.places import Place
from station.core.ratelimit import Limit, allow

ZONE = "America/Los_Angeles"


def test_a_lease_has_one_holder_until_it_ends(app: Flask, later: Callable[..., None]) -> None:
    assert leases.hold("beat", "a", 20)
    assert not leases.hold("beat", "b", 20)
    assert leases.hold("beat", "a", 20)
    later(seconds=21)
    assert leases.hold("beat", "b", 20)
    leases.release("beat", "a")
    assert not leases.hold("beat", "a", 20)
    leases.release("beat", "b")
    assert leases.hold("beat", "a", 20)


def test_a_limit_admits_its_burst_exactly_even_in_a_crowd(app: Flask) -> None:
    limit, admitted = Limit("test", 20, timedelta(hours=1)), []

    def knock() -> None:
        with app.app_context():
            for _ in range(10):
                if allow(limit, "somebody"):
                    admitted.append(1)

    threads = [threading.Thread(target=knock) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) == 20
    assert allow(limit, "somebody else")


def test_a_limit_refills_evenly(app: Flask, later: Callable[..., None]) -> None:
    limit = Limit("test", 2, timedelta(minutes=10))
    assert [allow(limit, "x") for _ in range(3)] == [True, True, False]
    later(minutes=5, seconds=1)
    assert [allow(limit, "x") for _ in range(2)] == [True, False]


def test_the_clock_moves_for_everybody_who_reads_its_file(app: Flask, later: Callable[..., None]) -> None:
    before = clock.now()
    later(days=40)
    assert timedelta(days=40) <= clock.now() - before < timedelta(days=40, seconds=30)


def test_two_moves_within_a_tick_of_the_file_system_are_two(app: Flask, later: Callable[..., None]) -> None:
    before, file = clock.now(), runtime.settings().home / "clock"
    later(days=1)
    tick = file.stat().st_mtime_ns
    assert clock.now() - before >= timedelta(days=1)
    later(days=1)
    os.utime(file, ns=(tick, tick))
    assert clock.now() - before >= timedelta(days=2)


def test_station_days_follow_daylight_saving() -> None:
    assert clock.local_date(datetime(2020, 1, 1, 2, tzinfo=UTC), ZONE) == date(2019, 12, 31)
    hours = {
        day: (end - start).total_seconds() / 3600
        for day in (date(2026, 3, 8), date(2026, 11, 1), date(2026, 7, 4))
        for start, end in [clock.day_bounds(day, ZONE)]
    }
    assert list(hours.values()) == [23, 25, 24]


def test_the_bulletin_tells_after_the_commit(app: Flask) -> None:
    before = bulletin.version("stories")
    with transaction():
        bulletin.bump("stories")
        assert bulletin.version("stories") == before
    assert bulletin.version("stories") == before + 1


def test_search_folds_accents_and_matches_beginnings(app: Flask) -> None:
    pena, obrien = new_id(), new_id()
    with transaction():
        search.index("member", pena, "Lucía Peña", "lucia@example.org")
        search.index("member", obrien, "Sam O’Brien", "sam@example.org")
        search.index("story", new_id(), "Peña wins", "")
    assert [hit.id for hit in search.find("pena", ["member"])] == [pena]
    assert [hit.id for hit in search.find("LUC pe", ["member"])] == []
    assert [hit.id for hit in search.find("lucia pe", ["member"])] == [pena]
    assert {hit.id for hit in search.find("example", ["member"])} == {pena, obrien}
    with transaction():
        for number in range(30):
            search.index("member", new_id(), f"Peña Number {number}", "pena@peña.example.org")
        search.index("member", obrien, "Zoë Peña-O’Brien", "zoe@example.net")
    assert search.find("pena-o", ["member"])[0].id == obrien
    for odd in ("", "'", '"*', "a AND OR NOT (", "%_", "--", "é" * 300):
        search.find(odd, ["member"])
    with transaction():
        search.index("member", obrien, "李小龍", "")
    assert [hit.id for hit in search.find("李小龍", ["member"])] == [obrien]
    with transaction():
        search.index("member", pena, "Lucía Ortiz", "")
    assert pena not in {hit.id for hit in search.find("pena", ["member"], limit=100)}
    assert [hit.id for hit in search.find("ortiz", ["member"])] == [pena]


def test_a_place_keeps_rank_and_takes_nothing_twice() -> None:
    place: Place[str] = Place("test")
    for word, rank in (("b", 50), ("a", 10), ("c", 50), ("b", 50)):
        place.contribute(word, rank=rank)
    assert (list(place), len(place)) == (["a", "b", "c"], 3)
    place.contribute("e", "d", "e", rank=40)
    assert list(place) == ["a", "e", "d", "b", "c"]
    del Place.declared["test"]
