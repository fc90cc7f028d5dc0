"""What the accounts package announces."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

Purpose = Literal["join", "second_factor"]


@dataclass(frozen=True)
class StaffInvited:
    """Someone needs a link: to join the desk, or to set up a new second factor. Whoever reacts tells them."""

    staff_id: UUID
    email: str
    name: str
    link: str = field(repr=False)
    purpose: Purpose = "join"


@dataclass(frozen=True)
class AlertRaised:
    """An urgent work item is told outside the desk, once. Its words stay at the desk: `url` leads there."""

    item_id: UUID
    title: str
    queue: str
    url: str


@dataclass(frozen=True)
class PasskeyChanged:
    """A passkey was added or removed. Whoever reacts tells its owner, so that a stranger's doing is noticed."""

    id: UUID
    email: str
    name: str
    passkey: str
    done: Literal["added", "removed"]
