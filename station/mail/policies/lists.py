"""A list of suppressed addresses from another system: the shapes in which they are exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from station.mail.models import SuppressionReason

COLUMNS = {
    "email": ("email", "email address", "e-mail", "address", "recipient", "emailaddress"),
    "reason": ("reason", "type", "cause", "status", "suppression reason"),
    "at": ("date", "created", "created_at", "at", "timestamp", "time", "lastupdatetime"),
    "note": ("note", "comment", "description", "error", "details"),
}
# What a word of theirs means here, the first that is found in it; anything else is taken as staff's own wish.
REASONS = (
    ("soft", SuppressionReason.SOFT_BOUNCES),
    ("bounce", SuppressionReason.HARD_BOUNCE),
    ("invalid", SuppressionReason.HARD_BOUNCE),
    ("complain", SuppressionReason.COMPLAINT),
    ("spam", SuppressionReason.COMPLAINT),
    ("abuse", SuppressionReason.COMPLAINT),
    ("unsub", SuppressionReason.UNSUBSCRIBED_ALL),
    ("opt", SuppressionReason.UNSUBSCRIBED_ALL),
)


class ListRefused(Exception):
    """Why a file is no list of addresses, in one sentence."""


@dataclass(frozen=True)
class ListedAddress:
    """One line of a list that is brought along; `line` is its number in the file."""

    line: int
    address: str
    reason: SuppressionReason
    note: str = ""
    at: datetime | None = None


def read_list(raw: bytes) -> list[ListedAddress]:
    """The lines of a table (commas, semicolons or tabs), or of a plain list with one address a line.

    Raises ListRefused when it has neither a column of addresses nor addresses alone.
    """
    text = raw.decode("utf-8-sig", "replace").replace("\x00", "")
    first = next(iter(text.splitlines()), "")
    delimiter = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    if not rows:
        raise ListRefused("The file is empty.")
    places = _places(rows[0])
    if "email" not in places:
        if "@" not in first:
            raise ListRefused(f"No column is called email; there are: {', '.join(rows[0])[:200]}.")
        return [_listed(number, {"email": row[0]}) for number, row in enumerate(rows, 1) if row and row[0].strip()]
    return [
        _listed(number, {name: row[place] for name, place in places.items() if place < len(row)})
        for number, row in enumerate(rows[1:], 2)
        if any(each.strip() for each in row)
    ]


def _places(header: list[str]) -> dict[str, int]:
    names = [each.strip().lower() for each in header]
    found = {column: next((each for each in known if each in names), None) for column, known in COLUMNS.items()}
    return {column: names.index(name) for column, name in found.items() if name}


def _listed(number: int, cells: Mapping[str, str]) -> ListedAddress:
    said = cells.get("reason", "").strip()
    reason = next((known for word, known in REASONS if word in said.lower()), SuppressionReason.MANUAL)
    note = " · ".join(each for each in (said, cells.get("note", "").strip()) if each)
    return ListedAddress(number, cells.get("email", "").strip(), reason, note[:1000], _instant(cells.get("at", "")))


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
