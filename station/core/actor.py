"""Who does something, and within which request. Services take an `Actor`; they never look for one."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

request_id: ContextVar[str] = ContextVar("station_request_id", default="")


class ActorKind(StrEnum):
    VISITOR = "visitor"
    MEMBER = "member"
    STAFF = "staff"
    STRIPE = "stripe"
    JOB = "job"
    COMMAND = "command"


@dataclass(frozen=True)
class Actor:
    """The doer of an event: a kind, the row id where it has one, and a name to print."""

    kind: ActorKind
    label: str
    id: UUID | None = None


VISITOR = Actor(ActorKind.VISITOR, "a visitor")
STRIPE = Actor(ActorKind.STRIPE, "Stripe")
COMMAND = Actor(ActorKind.COMMAND, "the station command")


def job(name: str) -> Actor:
    """The actor of a background job."""
    return Actor(ActorKind.JOB, name)
