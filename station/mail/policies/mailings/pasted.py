"""A list that somebody pastes: addresses or ids of members, one a line, or the column of a table."""

from __future__ import annotations

import csv
import io
import re

MOST = 20_000  # lines of a pasted list; larger ones are lists of the house
_MEMBER = re.compile(r"member_[0-9a-z]{26}")


def entries(text: str) -> tuple[list[str], list[str]]:
    """What is on a pasted list, in its order, and the lines that are neither address nor member id.

    Lines may be rows of a table: the first cell that is one of the two counts, and `Ana Ruiz <ana@example.org>` is
    an address, too. A first row of headings is no fault.
    """
    good, bad = list[str](), list[str]()
    for number, row in enumerate(_rows(text)):
        found = next((cell for cell in row if is_entry(cell)), None)
        if found:
            good.append(found)
        elif number or not _heading(row):
            bad.append(", ".join(row)[:100])
    return good, bad


def is_entry(cell: str) -> bool:
    """Whether a cell is an address or the id of a member."""
    local, at, host = cell.rpartition("@")
    return bool(_MEMBER.fullmatch(cell) or (at and local and "." in host and not re.search(r"\s", cell)))


def _rows(text: str) -> list[list[str]]:
    plain = text.replace("\x00", "").replace("\ufeff", "")
    first = plain.partition("\n")[0]
    comma = next((each for each in "\t;," if each in first), ",")
    try:
        rows = list(csv.reader(io.StringIO(plain), delimiter=comma))
    except csv.Error:
        rows = [[line] for line in plain.splitlines()]
    return [cells for row in rows if any(cells := [_bare(cell) for cell in row])]


def _bare(cell: str) -> str:
    inner = re.search(r"<([^<>\s]+)>\s*$", cell)
    return inner.group(1) if inner else cell.strip()


def _heading(row: list[str]) -> bool:
    words = ("mail", "member", "id", "name", "address", "correo")
    return any(word in cell.lower() for cell in row for word in words) and not any("@" in cell for cell in row)
