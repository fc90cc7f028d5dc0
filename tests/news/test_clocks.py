"""Minutes as the station's clocks show them, and what they mean."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.news.policies.releasing.clocks import instants, name_of_time, span_words

ZONE = "America/Los_Angeles"


def test_a_minute_that_is_skipped_and_one_that_comes_twice() -> None:
    assert instants(date(2027, 3, 14), time(2, 30), ZONE) == []
    assert [each.hour for each in instants(date(2027, 3, 14), time(1, 59), ZONE)] == [9]
    assert [each.hour for each in instants(date(2027, 3, 14), time(3), ZONE)] == [10]
    twice = instants(date(2026, 11, 1), time(1, 30), ZONE)
    assert [each.isoformat() for each in twice] == ["2026-11-01T08:30:00+00:00", "2026-11-01T09:30:00+00:00"]
    assert [name_of_time(each, ZONE) for each in twice] == ["PDT", "PST"]
    assert len(instants(date(2026, 11, 1), time(2), ZONE)) == 1


@given(st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1)))
def test_what_it_means_is_what_the_clocks_show(shown: datetime) -> None:
    found = instants(shown.date(), shown.time(), ZONE)
    assert len(found) <= 2
    assert all(each.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None) == shown for each in found)
    assert found or shown.month in (3, 4), "the clocks skip hours in spring alone"
    if len(found) == 2:
        assert found[1] - found[0] == timedelta(hours=1)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ({"seconds": 59}, "less than a minute"),
        ({"minutes": 1, "seconds": 59}, "1 minute"),
        ({"minutes": 125}, "2 hours 5 minutes"),
        ({"hours": 2}, "2 hours"),
        ({"days": 3, "minutes": 4}, "3 days"),
        ({"days": 1, "hours": 1, "minutes": 59}, "1 day 1 hour"),
        ({"seconds": -10}, "less than a minute"),
    ],
)
def test_spans_in_words(span: dict[str, int], words: str) -> None:
    assert span_words(timedelta(**span)) == words
