"""What the demonstration has on the air: weeks without hole or overlap, pages that are never empty."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask.testing import FlaskClient

from station.core import clock
from station.demo.airtime import PLAYERS, PROGRAMS, WEEK, WORKS
from station.news.policies.schedule import Slot, clashes, gaps


@pytest.mark.parametrize("station", WEEK)
def test_the_week_is_whole(station: str) -> None:
    slots = [
        Slot(str(n), name, days, time.fromisoformat(begins), minutes, date(2020, 1, 1))
        for n, (name, days, begins, minutes) in enumerate(WEEK[station])
    ]
    assert clashes(slots, date(2026, 5, 4), 14) == []
    assert gaps(slots, date(2026, 5, 4), 14) == []
    names = {name for name, *_ in PROGRAMS[station]}
    assert {slot.title for slot in slots} == names
    assert {work.kind for work in WORKS} == set(PLAYERS)


def test_pages_are_not_empty(demonstration: None, client: FlaskClient) -> None:
    now = clock.today("America/Los_Angeles")
    today, yesterday = now.isoformat(), (now - timedelta(days=1)).isoformat()
    for path in ("/news/schedule", "/classical/schedule", f"/classical/schedule/{today}"):
        page = client.get(path).text
        assert page.count("On now") == 1, path
        assert "To be announced" not in page
    assert client.get(f"/classical/playlist/{yesterday}").text.count('<li class="piece') > 20
    for path in ("/news/", "/classical/", "/news/listen", "/classical/listen"):
        assert "On now" in client.get(path).text
