"""Playlists as files: JSON or CSV, one row a piece. What cannot be read is said row by row and stops no other."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LARGEST = 10 * 1024 * 1024
LONGEST = 24 * 60 * 60  # seconds
MOST = {
    "composer": 200,
    "title": 300,
    "performers": 500,
    "conductor": 120,
    "ensemble": 200,
    "label": 120,
    "catalog_number": 60,
    "source_key": 120,
}
# other words for our columns, as playlists of others have them
ALSO = {
    "catalog_number": ("catalogue_number", "catno"),
    "source_key": ("entry_id", "id"),
    "performers": ("musicians", "soloists"),
    "seconds": ("duration", "length"),
    "started_at": ("start", "start_time"),
}
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})\Z")
_CONDUCTOR = re.compile(r"(.+), conductor\Z", re.IGNORECASE)


class Unreadable(Exception):
    """Why a file, or a row of it, cannot be taken, in one line."""


@dataclass(frozen=True)
class PieceDraft:
    """A piece before it is a row. `seconds` is None where the length is not known; `source_key` never changes."""

    started_at: datetime
    composer: str
    title: str
    performers: str
    conductor: str
    ensemble: str
    label: str
    catalog_number: str
    seconds: int | None
    source_key: str


def rows_of(path: Path) -> list[Mapping[str, Any]]:
    """The rows of a file: CSV by its name, JSON else (a list, or an object with `entries`). Raises Unreadable."""
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable("The file is larger than 10 MB.")
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".csv":
            return list(csv.DictReader(io.StringIO(text)))
        found = json.loads(text)
    except (OSError, UnicodeError) as problem:
        raise Unreadable(f"The file cannot be read: {problem}") from None
    except (ValueError, RecursionError, csv.Error) as problem:
        raise Unreadable(f"The file is not what its name says: {problem}") from None
    return _list_of(found)


def piece(row: Any, zone: str) -> PieceDraft:
    """A row as a piece. A time without an offset is of the station's clocks. Raises Unreadable."""
    if not isinstance(row, Mapping):
        raise Unreadable("A row has names and values.")
    started_at = _started(row, zone)
    players, conductor = _players(_value(row, "performers"))
    text = {name: _text(_value(row, name), name) for name in MOST if name != "performers"}
    if not text["title"]:
        raise Unreadable("The piece has no title.")
    text["performers"] = _text(players, "performers")
    text["conductor"] = text["conductor"] or _text(conductor, "conductor")
    text["source_key"] = text["source_key"] or f"at:{started_at.isoformat(timespec='seconds')}"
    return PieceDraft(started_at=started_at, seconds=seconds_of(_value(row, "seconds")), **text)


def seconds_of(value: Any) -> int | None:
    """How long: a number of seconds, or 18:29, or 1:02:03; nothing is None. Raises Unreadable."""
    text = str("" if value is None else value).strip()
    if not text:
        return None
    found = _CLOCK.match(text)
    if found:
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        number = hours * 3600 + minutes * 60 + seconds if seconds < 60 else 0
    else:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    if not 1 <= number <= LONGEST:
        raise Unreadable(f"{text[:40]!r} is no length such as 18:29.")
    return number


def _list_of(found: Any) -> list[Mapping[str, Any]]:
    entries = found.get("entries") if isinstance(found, dict) else found
    if not isinstance(entries, list):
        raise Unreadable("The file holds no list of entries.")
    day = found.get("date") if isinstance(found, dict) else None
    return [{"date": day, **each} if isinstance(each, dict) else each for each in entries]


def _value(row: Mapping[str, Any], name: str) -> Any:
    return next((row[each] for each in (name, *ALSO.get(name, ())) if row.get(each) not in (None, "")), None)


def _started(row: Mapping[str, Any], zone: str) -> datetime:
    value = _value(row, "started_at")
    try:
        if value is None:
            day = date.fromisoformat(str(row.get("date") or ""))
            clock_time = datetime.strptime(str(row.get("time") or ""), "%I:%M %p").time()  # noqa: DTZ007  # a time of day
            found = datetime.combine(day, clock_time)
        else:
            found = datetime.fromisoformat(str(value))
        found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
        found = found.astimezone(UTC)
        found + timedelta(days=2), found - timedelta(days=2)  # so far from the ends of time that pages can say when
        return found
    except (ValueError, OverflowError):
        raise Unreadable("started_at is no time such as 2026-11-23T12:05:00.") from None


def _players(value: Any) -> tuple[str, str]:
    """Who plays, and who conducts, of a text or a list of names."""
    if not isinstance(value, list):
        return value or "", ""
    names = [str(each).strip() for each in value if isinstance(each, str) and each.strip()]
    conductors = [found[1] for each in names if (found := _CONDUCTOR.match(each))]
    rest: Iterable[str] = (each for each in names if not _CONDUCTOR.match(each))
    return "; ".join(rest), ", ".join(conductors)


def _text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unreadable(f"{name} is no text.")
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in str(value)).split())
    if len(text) > MOST[name]:
        raise Unreadable(f"{name} is longer than {MOST[name]} letters.")
    return text
