"""What is on the air and when, from rules and from what is different on one day. Pure; times of the station's clocks.

The programme is laid out on the station's clocks and only then put on real time. Where the clocks jump forward the
hour that does not exist falls out: what stood in it alone is not on that day, and what reaches into it ends, or
begins, at the jump. Where an hour comes twice it belongs to what is on while it passes, both times. So a day of 23,
24 or 25 hours is covered without a hole and without an overlap. Lengths are by the clocks too: 1 AM to 3 AM is 120
minutes on every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from station.core import clock

DAY = timedelta(days=1)
LONGEST = 24 * 60  # minutes
EVERY_DAY = 127


@dataclass(frozen=True)
class Slot:
    """Something at a time of day on days of the week (a bit a day, 1 for Monday); `last` is the last day, or None.

    `special` is what is different on one day: it goes above everything that is not.
    """

    key: str
    title: str
    weekdays: int
    starts: time
    minutes: int
    first: date
    last: date | None = None
    special: bool = False
    note: str = ""
    program: str = ""  # the slug of its page

    def runs_on(self, day: date) -> bool:
        """Whether it begins on that day."""
        within = self.first <= day and (self.last is None or day <= self.last)
        return within and bool(self.weekdays >> day.weekday() & 1)


@dataclass(frozen=True)
class Entry:
    """Something on the air from an instant to another. Without a slot nothing is known of that time."""

    since: datetime
    until: datetime
    slot: Slot | None

    @property
    def title(self) -> str:
        return self.slot.title if self.slot else ""


@dataclass(frozen=True)
class Span:
    """From one time of the station's clocks (naive) to another."""

    begins: datetime
    ends: datetime
    slot: Slot | None


@dataclass(frozen=True)
class Clash:
    """Two slots that want the same time; `begins` to `ends` on the first day of `times` in the period asked about."""

    one: Slot
    other: Slot
    begins: datetime
    ends: datetime
    times: int


def programme(slots: Sequence[Slot], day: date, zone: str) -> list[Entry]:
    """The entries that touch a station-local day, in order, at full length: the first may have begun the day before.

    Together they cover the day: where no slot is, an entry says so, and it is cut at the day's ends.
    """
    begins, ends = clock.day_bounds(day, zone)
    spans = _laid_out(slots, day - 2 * DAY, day + DAY)
    known = [entry for entry in _on_real_time(spans, zone) if entry.since < ends and entry.until > begins]
    return list(_without_holes(known, begins, ends))


def clipped(entries: Iterable[Entry], day: date, zone: str) -> list[Entry]:
    """The same entries, cut at the ends of the day."""
    begins, ends = clock.day_bounds(day, zone)
    return [replace(each, since=max(each.since, begins), until=min(each.until, ends)) for each in entries]


def on_air(slots: Sequence[Slot], at: datetime, zone: str, following: int = 1) -> tuple[Entry, list[Entry]]:
    """What is on at an instant, and what comes next: so many known entries, of that day or the day after."""
    today = clock.local_date(at, zone)
    entries = [*programme(slots, today, zone), *programme(slots, today + DAY, zone)]
    now = next(entry for entry in entries if entry.since <= at < entry.until)
    later = dict.fromkeys(each for each in entries if each.since >= now.until and each.slot)
    return now, list(later)[:following]


def clashes(slots: Sequence[Slot], first: date, days: int) -> list[Clash]:
    """Pairs that want the same time on one of these days. What is special only clashes with its like."""
    found: dict[tuple[str, str], Clash] = {}
    laid = sorted(_occurrences(slots, first - DAY, first + (days - 1) * DAY), key=lambda span: span.begins)
    for at, one in enumerate(laid):
        for other in laid[at + 1 :]:
            if other.begins >= one.ends:
                break
            _note(found, one, other, first)
    return sorted(found.values(), key=lambda clash: clash.begins)


def gaps(slots: Sequence[Slot], first: date, days: int) -> list[Span]:
    """Times of these days on which nothing is."""
    begins, ends = _midnight(first), _midnight(first + days * DAY)
    found, at = [], begins
    for span in _laid_out(slots, first - DAY, first + (days - 1) * DAY):
        if span.begins > at:
            found.append(Span(at, min(span.begins, ends), None))
        at = max(at, span.ends)
    return [*found, Span(at, ends, None)] if at < ends else found


def instant(wall: datetime, zone: str) -> datetime:
    """A time of the clocks as an instant: the first, where it comes twice; where it never comes, the jump itself."""
    there = ZoneInfo(zone)
    early, late = (wall.replace(tzinfo=there, fold=fold) for fold in (0, 1))
    before, after = early.utcoffset(), late.utcoffset()
    if before is None or after is None or after <= before:
        return early.astimezone(UTC)
    first, last = late.astimezone(UTC), early.astimezone(UTC)  # the jump lies between them
    while last - first > timedelta(seconds=1):
        middle = first + (last - first) // 2
        first, last = (middle, last) if middle.astimezone(there).utcoffset() == before else (first, middle)
    return last.replace(microsecond=0)


def _note(found: dict[tuple[str, str], Clash], one: Span, other: Span, first: date) -> None:
    if one.slot is None or other.slot is None or one.slot.special != other.slot.special:
        return
    ends = min(one.ends, other.ends)
    if ends <= _midnight(first):
        return
    key = (min(one.slot.key, other.slot.key), max(one.slot.key, other.slot.key))
    known = found.get(key)
    found[key] = (
        replace(known, times=known.times + 1) if known else Clash(one.slot, other.slot, other.begins, ends, 1)
    )


def _occurrences(slots: Iterable[Slot], first: date, last: date) -> list[Span]:
    days = [first + n * DAY for n in range((last - first).days + 1)]
    return [
        Span(begins, begins + timedelta(minutes=slot.minutes), slot)
        for slot in slots
        for begins in (datetime.combine(day, slot.starts) for day in days if slot.runs_on(day))
    ]


def _laid_out(slots: Iterable[Slot], first: date, last: date) -> list[Span]:
    """What begins on these days, without overlap: the special above the rest, else the later beginning above."""
    laid: list[Span] = []
    for span in sorted(_occurrences(slots, first, last), key=_rank):
        laid = [piece for below in laid for piece in _around(below, span)] + [span]
    return sorted(laid, key=lambda span: span.begins)


def _rank(span: Span) -> tuple[bool, datetime, date, str]:
    assert span.slot is not None  # noqa: S101  # an occurrence is of a slot
    return span.slot.special, span.begins, span.slot.first, span.slot.key


def _around(below: Span, above: Span) -> list[Span]:
    """What is left of a span beneath another: nothing, a piece, or one on each side."""
    if above.ends <= below.begins or above.begins >= below.ends:
        return [below]
    sides = replace(below, ends=above.begins), replace(below, begins=above.ends)
    return [side for side in sides if side.begins < side.ends]


def _on_real_time(spans: Iterable[Span], zone: str) -> list[Entry]:
    entries = (Entry(instant(span.begins, zone), instant(span.ends, zone), span.slot) for span in spans)
    return [entry for entry in entries if entry.since < entry.until]


def _without_holes(entries: Iterable[Entry], begins: datetime, ends: datetime) -> Iterable[Entry]:
    at = begins
    for entry in entries:
        if entry.since > at:
            yield Entry(at, entry.since, None)
        yield entry
        at = entry.until
    if at < ends:
        yield Entry(at, ends, None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
