"""One line of a history file: read into plain values, or refused with the reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from station.core.money import Money, MoneyError
from station.giving.policies import holds_control_characters
from station.members.services import Incoming

REQUIRED = ("id", "date", "amount", "station")
COLUMNS = (*REQUIRED, "member_id", "given_name", "family_name", "organization", "email", "note")
LENGTHS = {"id": 120, "member_id": 120, "given_name": 100, "family_name": 100, "organization": 100, "note": 300}
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would run; no name or id begins so
MOST = Money(10_000_000_000)
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class Refused:
    """A line of the file that cannot be taken; line 1 holds the names of the columns."""

    line: int
    reason: str


@dataclass(frozen=True)
class HistoryLine:
    """A gift as the other system has it."""

    line: int
    external_id: str
    given_on: date
    amount: Money
    station_id: UUID
    donor: Incoming
    note: str


class BadFile(Exception):
    """The file as a whole cannot be read, and why."""


def read(file: BinaryIO, stations: Mapping[str, UUID], currency: str, today: date) -> Iterator[HistoryLine | Refused]:
    """The lines of a CSV file in UTF-8, one after the other, never the whole file. Raises BadFile."""
    reader = csv.reader(_text(file), strict=True)
    try:
        columns = _columns(next(reader, []))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _line(reader.line_num, columns, cells, stations, currency, today)
    except UnicodeDecodeError as error:
        raise BadFile(f"After line {reader.line_num}: not UTF-8. Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise BadFile(f"Line {reader.line_num}: {error}.") from error


def _text(file: BinaryIO) -> Iterator[str]:
    """The lines of the file; an Excel file's mark at the start is left out."""
    for number, raw in enumerate(file):
        yield raw.decode("utf-8-sig" if number == 0 else "utf-8")


def _columns(names: Sequence[str]) -> list[str]:
    found = [name.strip().lower().replace(" ", "_") for name in names]
    unknown = sorted(set(found) - set(COLUMNS))
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        raise BadFile(
            f"The first line has no column {', '.join(missing)}. It names: {', '.join(found)[:200] or 'none'}."
        )
    if unknown:
        raise BadFile(f"Unknown columns: {', '.join(unknown)[:200]}. Known are {', '.join(COLUMNS)}.")
    if len(set(found)) < len(found):
        raise BadFile("A column stands there twice.")
    return found


def _line(
    number: int,
    columns: Sequence[str],
    cells: Sequence[str],
    stations: Mapping[str, UUID],
    currency: str,
    today: date,
) -> HistoryLine | Refused:
    if len(cells) != len(columns):
        return Refused(number, f"has {len(cells)} cells, the first line {len(columns)}")
    said = {**dict.fromkeys(COLUMNS, ""), **{name: cell.strip() for name, cell in zip(columns, cells, strict=True)}}
    try:
        _plain(said)
        return HistoryLine(
            number,
            said["id"],
            _day(said["date"], today),
            _amount(said["amount"], currency),
            _station(said["station"], stations),
            _donor(said),
            said["note"],
        )
    except ValueError as refusal:
        return Refused(number, str(refusal))


def _plain(said: Mapping[str, str]) -> None:
    for name, most in LENGTHS.items():
        text = said[name]
        if len(text) > most:
            raise ValueError(f"{name} is longer than {most} characters")
        if holds_control_characters(text):
            raise ValueError(f"{name} holds characters that cannot be printed")
        if text.startswith(FORMULA) and name != "note":
            raise ValueError(f"{name} looks like a formula: {text[:40]}")
    if not said["id"]:
        raise ValueError("has no id")


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"date is not like 2019-12-31: {text[:40]}") from None
    if not EARLIEST <= day <= today:
        raise ValueError(f"date lies outside {EARLIEST} and today: {text[:40]}")
    return day


def _amount(text: str, currency: str) -> Money:
    try:
        amount = Money.parse(text[:40], currency) if len(text) <= 40 else None
    except MoneyError:
        amount = None
    if amount is None or not 0 < amount.cents <= MOST.cents:
        raise ValueError(f"amount is not like 12 or 1,200.50: {text[:40]}")
    return amount


def _station(text: str, stations: Mapping[str, UUID]) -> UUID:
    if text not in stations:
        raise ValueError(f"station is none of {', '.join(stations)}: {text[:40]}")
    return stations[text]


def _donor(said: Mapping[str, str]) -> Incoming:
    email = said["email"]
    if not email and not said["member_id"]:
        raise ValueError("needs a member_id or an email, so that the donor's gifts come together")
    if email:
        try:
            email = validate_email(email[:255], check_deliverability=False, test_environment=True).normalized
        except EmailNotValidError:
            raise ValueError(f"email is no address: {email[:60]}") from None
    names = (said["given_name"], said["family_name"], said["organization"])
    if not any((*names, email)):
        raise ValueError("has no name")
    return Incoming(said["member_id"], *names, email)
