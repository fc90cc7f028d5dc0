"""Tables for spreadsheets: comma-separated values as RFC 4180 writes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets run instead of showing it (owasp.org, CSV Injection)


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The table line by line, the header first. Text that a spreadsheet would run gets a ' in front.

    It begins with a byte order mark: without one Excel takes it for the alphabet of its machine, and spoils accents.
    """
    yield MARK + _line(header)
    for values in rows:
        yield _line(values)


def _line(values: Sequence[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([_cell(value) for value in values])
    return written.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
