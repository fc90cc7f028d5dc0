"""From draft to reader and back: where a story stands, and every move there is. `docs/news/states.md` is drawn here.

That a story is scheduled is no state of its row: it is published at an instant that is still to come. So it is out at
that instant by itself, for every page at once, whether or not a job runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from station.core.graphs import Edge, Graph, draw_graphs
from station.core.words import when
from station.news.models import StoryState

FARTHEST = timedelta(days=366)
CLOSE = timedelta(minutes=10)  # between two stories of a station; closer ones are in each other's way


class Standing(StrEnum):
    """Where a story stands, at an instant."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OUT = "out"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    SCHEDULE = "schedule"
    PUBLISH = "publish"
    COME_OUT = "come out"
    REDATE = "redate"
    UNPUBLISH = "unpublish"
    WITHDRAW = "withdraw"
    PUT_BACK = "put back"
    WAIT_AGAIN = "wait again"


S = Standing
RELEASE: Graph[S] = Graph(
    "story",
    S,
    S.DRAFT,
    (
        Edge(Step.SCHEDULE, (S.DRAFT, S.SCHEDULED), S.SCHEDULED, "it comes out at a minute of the station’s clocks"),
        Edge(Step.PUBLISH, (S.DRAFT, S.SCHEDULED), S.OUT, "now, and no embargo stands"),
        Edge(Step.COME_OUT, (S.SCHEDULED,), S.OUT, "its minute came; a job writes that down once"),
        Edge(Step.REDATE, (S.OUT,), S.OUT, "its date was wrong"),
        Edge(Step.UNPUBLISH, (S.SCHEDULED, S.OUT), S.DRAFT, "it is worked on again; its address answers 404"),
        Edge(Step.WITHDRAW, (S.SCHEDULED, S.OUT), S.WITHDRAWN, "by a person or its owner; its address answers 410"),
        Edge(Step.PUT_BACK, (S.WITHDRAWN,), S.OUT, "a person had withdrawn it, and changed their mind"),
        Edge(Step.WAIT_AGAIN, (S.WITHDRAWN,), S.SCHEDULED, "the same, before the minute that it is published at"),
    ),
)
WORDS = {S.DRAFT: "is a draft", S.SCHEDULED: "is scheduled", S.OUT: "is out", S.WITHDRAWN: "was withdrawn"}


class Refusal(Exception):
    """Why something cannot be done with a story, in words for the newsroom."""


class WrongTime(Refusal):
    """The same, because of the minute that was chosen."""


class Timed(Protocol):
    """A story in the queue, as far as its time is asked for."""

    @property
    def published_at(self) -> datetime: ...


T = TypeVar("T", bound=Timed)


def standing_of(state: StoryState, published_at: datetime | None, now: datetime) -> Standing:
    """Where a story of this state and time stands at an instant."""
    if state is StoryState.PUBLISHED and published_at is not None:
        return S.SCHEDULED if published_at > now else S.OUT
    return S.WITHDRAWN if state is StoryState.RETRACTED else S.DRAFT


def step(standing: Standing, edge: Step) -> Standing:
    """The standing after a step. Raises Refusal where the graph has no such step."""
    if not RELEASE.may(standing, edge):
        raise Refusal(f"This story {WORDS[standing]}, so there is nothing to {edge.value}.")
    return RELEASE.move(standing, edge)


def check_ahead(at: datetime, now: datetime, embargo_until: datetime | None) -> None:
    """Raises Refusal for an instant at which a story cannot come out."""
    if at <= now:
        raise WrongTime("That minute has passed. Choose a later one, or publish it now.")
    if at > now + FARTHEST:
        raise WrongTime("That is more than a year ahead. Choose an earlier day.")
    if embargo_until is not None and at < embargo_until:
        raise WrongTime(
            f"It is under embargo until {when(embargo_until)}. Choose that minute or a later one, or lift the "
            "embargo with a reason."
        )


def check_now(now: datetime, embargo_until: datetime | None) -> None:
    """Raises Refusal while an embargo stands."""
    if embargo_until is not None and now < embargo_until:
        raise Refusal(
            f"It is under embargo until {when(embargo_until)}: nothing lets it out before. Schedule it for then, or "
            "lift the embargo with a reason."
        )


def check_embargo(until: datetime, now: datetime) -> None:
    """Raises Refusal for an instant at which no embargo can end."""
    if until <= now:
        raise WrongTime("That minute has passed. An embargo ends later than now.")
    if until > now + FARTHEST:
        raise WrongTime("That is more than a year ahead. Choose an earlier day.")


def original(published_at: datetime | None, embargo_until: datetime | None, now: datetime) -> datetime:
    """The date of a story that is published now: the one it was out with before, else this instant."""
    if published_at is None or published_at > now or (embargo_until is not None and published_at < embargo_until):
        return now
    return published_at


def mark(
    state: StoryState,
    published_at: datetime | None,
    embargo_until: datetime | None,
    switches: tuple[bool, bool],
    revision: int,
) -> str:
    """What a page of the desk shows of a release, as a line that its forms carry, the newest revision last."""
    instants = (each.isoformat() if each else "never" for each in (published_at, embargo_until))
    return " ".join([state.value, *instants, *(str(int(each)) for each in switches), str(revision)])


def same_release(one: str, other: str) -> bool:
    """Whether two marks differ in nothing but the revision that was saved last."""
    return one.rpartition(" ")[0] == other.rpartition(" ")[0]


def close_ones(queue: Sequence[T]) -> list[tuple[T, T | None]]:
    """Each story of a queue in the order of coming out, with the one shortly before it, if there is one."""
    found: list[tuple[T, T | None]] = []
    before: T | None = None
    for each in queue:
        near = before is not None and each.published_at - before.published_at < CLOSE
        found.append((each, before if near else None))
        before = each
    return found


def draw() -> str:
    """The graph as a Markdown page with a mermaid drawing."""
    note = "Drawn by `station news graph --write` from `station/news/policies/releasing/graph.py`; a test compares."
    return draw_graphs("States of a story", note, (RELEASE,))
