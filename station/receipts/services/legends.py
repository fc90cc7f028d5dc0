"""Writing states' legends: each change is a version of its own, and an overdue review becomes work."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.receipts import queries
from station.receipts.models import StateLegend
from station.receipts.policies import WANTED, Place
from station.receipts.policies.legends import NEVADA


def write_legend(
    state: str, body: str, places: Collection[Place], always: bool, review_on: date | None, actor: Actor
) -> None:
    """Write a new version of a state's legend; an empty `body` takes it out. Nevada's is printed always.

    `review_on` is the station-local day on which somebody should look whether it still holds.
    """
    with transaction() as session:
        row = StateLegend(
            id=new_id(),
            state=state,
            body="\n".join(" ".join(line.split()) for line in body.strip().splitlines()),
            always=always or state == NEVADA,
            review_on=review_on,
            written_by=actor.label[:200],
            written_at=clock.now(),
            **{place.value: place in places for place in Place},
        )
        session.add(row)
        session.flush()
        named = WANTED[state].name if state in WANTED else state
        said = {"state": named, "body": row.body}
        events.record("receipts.legend.written", actor, [Subject("legend", row.id)], said)
        settle_work_item(_key(state), "The legend was written anew.", actor)


def review_legends() -> None:
    """Ask a person to look at each legend whose day of review has come. Again is nothing."""
    for each in queries.overdue():
        open_work_item(
            "receipts.legend_review",
            _key(each.state),
            Role.DEVELOPMENT,
            f"Look at the legend of {each.name} again",
            "Its day of review has come. Phone numbers and texts of states change: compare it with the state’s own "
            "words, then save it with the next day of review (Development, State legends).",
        )


def _key(state: str) -> str:
    return f"receipts.legend_review:{state}"
