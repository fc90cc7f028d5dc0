"""Places on desk pages that higher packages fill: navigation, numbers of the dashboard, and queues of work.

`roles` says who sees an item (an admin sees all, an auditor reads all); empty means everyone who is signed in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from station.accounts.models import Role
from station.core.places import Place


@dataclass(frozen=True)
class NavItem:
    """A link of the desk's navigation; `group` is the heading it stands under."""

    label: str
    endpoint: str
    group: str
    roles: Collection[Role] = ()


@dataclass(frozen=True)
class TileValue:
    """A number as it is printed, a line beneath it, and the list that makes it."""

    value: str
    note: str = ""
    url: str | None = None


@dataclass(frozen=True)
class Tile:
    """A number of the dashboard, read when the page is."""

    title: str
    load: Callable[[], TileValue]
    roles: Collection[Role] = ()


@dataclass(frozen=True)
class WorkRow:
    """One thing that waits: what, a line about it, where it is handled, since when."""

    title: str
    detail: str
    url: str
    since: datetime


@dataclass(frozen=True)
class WorkQueue:
    """A queue of the dashboard; `load(limit)` gives its oldest rows."""

    title: str
    roles: Collection[Role]
    load: Callable[[int], list[WorkRow]]


@dataclass(frozen=True)
class SubjectPage:
    """Where the desk shows the subjects of one kind: `url(row_id)`, called inside a request."""

    kind: str
    url: Callable[[UUID], str]


NAV: Place[NavItem] = Place("desk navigation")
TILES: Place[Tile] = Place("numbers of the dashboard")
QUEUES: Place[WorkQueue] = Place("queues of work")
SUBJECT_PAGES: Place[SubjectPage] = Place("desk pages of event subjects")
