"""Places that higher packages fill: navigation, numbers of the dashboard, queues of work, what takes two people.

`roles` says who sees an item (an admin sees all, an auditor reads all); empty means everyone who is signed in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from station.accounts.models import Role
from station.core.actor import Actor
from station.core.events import Subject
from station.core.money import Money
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


@dataclass(frozen=True)
class Approved:
    """What was asked for, once a second person has said yes. `asked_by` is a row of staff."""

    id: UUID
    kind: str
    subject: Subject
    asks: str
    amount: Money | None
    data: Mapping[str, Any]
    reason: str
    asked_by: UUID


@dataclass(frozen=True)
class ApprovalKind:
    """Something that takes a second person: its name (`payments.refund`), what pages call it, and whose role decides.

    `carry_out(approved, decider)` runs inside the transaction of the decision, so that both stand or fall: it writes
    rows and outbox jobs, and raises `services.ApprovalStale` with words for the page when it cannot be done any more.
    """

    name: str
    title: str
    role: Role
    carry_out: Callable[[Approved, Actor], None]
    lasts: timedelta = timedelta(days=7)


@dataclass(frozen=True)
class DeskNotice:
    """Something that everybody at the desk must know on every page; `url` leads to where it is handled."""

    text: str
    link: str
    url: str
    kind: str = "warning"


DESK_NOTICES: Place[Callable[[], list[DeskNotice]]] = Place("notices on every page of the desk")
NAV: Place[NavItem] = Place("desk navigation")
TILES: Place[Tile] = Place("numbers of the dashboard")
QUEUES: Place[WorkQueue] = Place("queues of work")
SUBJECT_PAGES: Place[SubjectPage] = Place("desk pages of event subjects")
APPROVALS: Place[ApprovalKind] = Place("what takes a second person")
