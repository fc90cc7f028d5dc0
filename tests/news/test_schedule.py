"""The day's programme: covered, without overlap, on days of 23, 24 and 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from station.core import clock
from station.news.policies.schedule import EVERY_DAY, Slot, clashes, clipped, gaps, instant, on_air, programme

ZONE = "America/Los_Angeles"
SPRING, FALL, LEAP = date(2026, 3, 8), date(2026, 11, 1), date(2028, 2, 29)
LONG_AGO = date(2020, 1, 1)
DAYS = st.sampled_from(
    [SPRING, FALL, LEAP, SPRING - timedelta(1), FALL + timedelta(1), date(2026, 12, 31)]
) | st.dates(date(2026, 1, 1), date(2029, 1, 1))


def slot(key: str, starts: str, minutes: int, days: int = EVERY_DAY, first: date = LONG_AGO, **more: object) -> Slot:
    return Slot(key, key, days, time.fromisoformat(starts), minutes, first, **more)  # type: ignore[arg-type]


def special(key: str, day: date, starts: str, minutes: int) -> Slot:
    return slot(key, starts, minutes, first=day, last=day, special=True)


def shown(slots: list[Slot], day: date) -> list[tuple[str, str, str]]:
    there = ZoneInfo(ZONE)
    return [
        (f"{e.since.astimezone(there):%a %H:%M}", f"{e.until.astimezone(there):%a %H:%M}", e.title)
        for e in programme(slots, day, ZONE)
    ]


SLOTS = st.lists(
    st.builds(
        lambda n, at, minutes, days, first, length, special: Slot(
            f"slot{n}", f"slot{n}", days, time(at // 60, at % 60), minutes, first,
            None if length is None else first + timedelta(length), special,
        ),
        st.integers(0, 10**6),
        st.integers(0, 1439),
        st.integers(1, 1440),
        st.integers(1, 127),
        st.dates(date(2025, 1, 1), date(2028, 12, 1)),
        st.none() | st.integers(0, 400),
        st.booleans(),
    ),
    max_size=8,
)  # fmt: skip
NIGHT = [slot("a", "01:30", 45), slot("b", "02:15", 30), slot("c", "02:45", 60), slot("d", "01:15", 1440)]


@given(SLOTS, DAYS)
@example(NIGHT, SPRING)
@example(NIGHT, FALL)
def test_a_day_is_covered_without_overlap(slots: list[Slot], day: date) -> None:
    begins, ends = clock.day_bounds(day, ZONE)
    entries = programme(slots, day, ZONE)
    assert entries[0].since <= begins
    assert entries[-1].until >= ends
    assert all(one.until == other.since for one, other in pairwise(entries))
    assert all(each.since < each.until for each in entries)
    cut = clipped(entries, day, ZONE)
    assert (cut[0].since, cut[-1].until) == (begins, ends)
    assert sum((each.until - each.since for each in cut), timedelta()) == ends - begins


@given(SLOTS, DAYS, st.integers(0, 9_999))
@example(NIGHT, SPRING, 1000)
@example(NIGHT, FALL, 500)
def test_an_instant_has_exactly_one_entry(slots: list[Slot], day: date, where: int) -> None:
    begins, ends = clock.day_bounds(day, ZONE)
    at = begins + (ends - begins) * where / 10_000
    entries = [each for each in programme(slots, day, ZONE) if each.since <= at < each.until]
    assert len(entries) == 1
    now, later = on_air(slots, at, ZONE, 3)
    assert (now.slot, now.since <= at < now.until) == (entries[0].slot, True)
    assert all(each.slot and each.since >= now.until for each in later)
    assert later == sorted(later, key=lambda each: each.since)


@given(SLOTS, DAYS)
def test_neighbouring_days_agree(slots: list[Slot], day: date) -> None:
    """What is on over midnight is the same entry on both days."""
    midnight = clock.day_bounds(day, ZONE)[1]
    last = programme(slots, day, ZONE)[-1]
    if last.slot and last.until > midnight:
        assert programme(slots, day + timedelta(1), ZONE)[0] == last


@given(SLOTS, DAYS)
def test_gaps_are_what_no_slot_covers(slots: list[Slot], day: date) -> None:
    for gap in gaps(slots, day, 2):
        middle = gap.begins + (gap.ends - gap.begins) / 2
        assert all(
            not (
                each.runs_on(on)
                and datetime.combine(on, each.starts)
                <= middle
                < datetime.combine(on, each.starts) + timedelta(minutes=each.minutes)
            )
            for each in slots
            for on in (middle.date(), middle.date() - timedelta(1))
        )


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(1, 5000))
@example(datetime(2026, 3, 8, 2, 30), 30)
@example(datetime(2026, 11, 1, 1, 30), 30)
def test_the_clocks_never_run_backwards(wall: datetime, minutes: int) -> None:
    assert instant(wall, ZONE) <= instant(wall + timedelta(minutes=minutes), ZONE)


def test_when_an_hour_is_missing() -> None:
    slots = [
        slot("one", "01:00", 60),
        slot("two", "02:00", 60),
        slot("three", "03:00", 60),
        slot("late", "02:30", 20),
    ]
    assert shown(slots, SPRING)[1:3] == [("Sun 01:00", "Sun 03:00", "one"), ("Sun 03:00", "Sun 04:00", "three")]
    assert instant(datetime(2026, 3, 8, 2, 30), ZONE) == datetime(2026, 3, 8, 10, tzinfo=UTC)
    over = [slot("over", "02:30", 90)]
    assert ("Sun 03:00", "Sun 04:00", "over") in shown(over, SPRING)


def test_when_an_hour_comes_twice() -> None:
    entries = programme([slot("one", "01:00", 60), slot("two", "02:00", 60)], FALL, ZONE)
    one = next(each for each in entries if each.title == "one")
    assert one.until - one.since == timedelta(hours=2)
    both = [datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (8, 9)]
    assert [on_air([slot("one", "01:00", 60)], at, ZONE)[0].title for at in both] == ["one", "one"]


def test_over_midnight_and_on_a_leap_day() -> None:
    slots = [slot("night", "22:00", 480, days=0b10)]  # Tuesdays; 29 February 2028 is one
    assert shown(slots, LEAP)[-1] == ("Tue 22:00", "Wed 06:00", "night")
    assert shown(slots, date(2028, 3, 1))[0] == ("Tue 22:00", "Wed 06:00", "night")
    only = [special("leap", LEAP, "12:00", 60)]
    assert ("Tue 12:00", "Tue 13:00", "leap") in shown(only, LEAP)
    assert [each.title for each in programme(only, date(2028, 3, 1), ZONE)] == [""]


def test_what_is_special_replaces_what_it_overlaps() -> None:
    day = date(2026, 5, 6)
    slots = [slot("morning", "06:00", 180), slot("talk", "09:00", 60), special("hearing", day, "08:30", 60)]
    assert shown(slots, day)[1:4] == [
        ("Wed 06:00", "Wed 08:30", "morning"),
        ("Wed 08:30", "Wed 09:30", "hearing"),
        ("Wed 09:30", "Wed 10:00", "talk"),
    ]
    inside = [slot("long", "06:00", 240), special("news", day, "08:00", 10)]
    assert [title for *_, title in shown(inside, day)] == ["", "long", "news", "long", ""]
    assert clashes(slots, day, 7) == [], "an override is no clash"
    late = [slot("morning", "00:00", 60), special("gala", day - timedelta(1), "23:00", 90)]
    assert shown(late, day)[:2] == [("Tue 23:00", "Wed 00:30", "gala"), ("Wed 00:30", "Wed 01:00", "morning")]


def test_validity_is_by_the_day_it_begins() -> None:
    slots = [slot("old", "23:00", 120, last=date(2026, 5, 6)), slot("new", "23:00", 120, first=date(2026, 5, 7))]
    assert [shown(slots, date(2026, 5, n))[-1][2] for n in (5, 6, 7)] == ["old", "old", "new"]
    assert shown(slots, date(2026, 5, 7))[0] == ("Wed 23:00", "Thu 01:00", "old")


@pytest.mark.parametrize("special_too", [False, True])
def test_the_report(special_too: bool) -> None:
    day = date(2026, 5, 4)  # a Monday
    slots = [slot("morning", "06:00", 180), slot("talk", "08:30", 60, days=0b101)]
    if special_too:
        slots += [special("one", day, "10:00", 60), special("two", day, "10:59", 60)]
    found = clashes(slots, day, 14)
    assert [(c.one.key, c.other.key, c.times) for c in found][:1] == [("morning", "talk", 4)]
    assert (found[0].begins, found[0].ends) == (datetime(2026, 5, 4, 8, 30), datetime(2026, 5, 4, 9))
    assert len(found) == (2 if special_too else 1)
    holes = gaps([slot("day", "06:00", 720), slot("night", "18:00", 660)], day, 1)
    assert [(g.begins.time(), g.ends.time()) for g in holes] == [(time(5), time(6))]
    assert gaps([], day, 1)[0].ends == datetime(2026, 5, 5)


def test_with_nothing_at_all() -> None:
    now, later = on_air([], datetime(2026, 5, 4, 12, tzinfo=UTC), ZONE)
    assert (now.slot, later) == (None, [])
