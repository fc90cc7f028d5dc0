"""What the dashboard shows to a person."""

from __future__ import annotations

from dataclasses import dataclass

from station.accounts.models import Role
from station.accounts.places import QUEUES, TILES, TileValue, WorkRow
from station.accounts.queries import Person, Told, tell
from station.core.events import recent_events

ROWS = 5
RECENT, LOOKED_AT = 12, 100
OF_DEVELOPMENT = ("members", "mail", "payments", "giving", "receipts")


@dataclass(frozen=True)
class ShownTile:
    """A number with its label, as the tiles of the page take it."""

    label: str
    value: str
    note: str
    url: str | None


@dataclass(frozen=True)
class ShownQueue:
    """A queue that is not empty: its first rows, and whether there are more."""

    title: str
    rows: list[WorkRow]
    more: bool


@dataclass(frozen=True)
class Dashboard:
    """Everything on the page; `happened` is none for people who may not read the event log."""

    tiles: list[ShownTile]
    queues: list[ShownQueue]
    happened: list[Told] | None


def dashboard(person: Person) -> Dashboard:
    """The numbers, queues and recent events that this person's roles reach."""
    tiles = [_tile(tile.title, tile.load()) for tile in TILES if person.may(*tile.roles, reading=True)]
    queues = [
        ShownQueue(queue.title, rows[:ROWS], len(rows) > ROWS)
        for queue in QUEUES
        if person.may(*queue.roles, reading=True) and (rows := queue.load(ROWS + 1))
    ]
    return Dashboard(tiles, queues, _happened(person))


def _happened(person: Person) -> list[Told] | None:
    """What happened lately: all of it for those who read the audit trail, their own part for development."""
    if person.may(Role.AUDITOR):
        return tell(recent_events(RECENT))
    if person.may(Role.DEVELOPMENT):
        lately = recent_events(LOOKED_AT)
        return tell([each for each in lately if each.name.partition(".")[0] in OF_DEVELOPMENT][:RECENT])
    return None


def _tile(label: str, value: TileValue) -> ShownTile:
    return ShownTile(label, value.value, value.note, value.url)
