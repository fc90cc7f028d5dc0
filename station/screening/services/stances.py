"""The challenge-everyone switch: a person turns it, or a crowd does."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import bulletin, clock, events
from station.core.actor import Actor, job
from station.core.db import transaction
from station.core.locks import lock_name
from station.screening.models import Stance
from station.screening.policies import CALM
from station.screening.queries import BULLETIN

AUTOMATIC = job("the card-testing guard")
EXTEND_BELOW = CALM - timedelta(minutes=5)


def challenge_everyone(hours: int | None, actor: Actor) -> None:
    """Ask everyone for a proof from now on: for some hours, or (None) until somebody switches it off."""
    until = clock.now() + timedelta(hours=hours) if hours else None
    with transaction():
        _take("Switched on at the desk.", actor, challenge=True, automatic=False, until=until)
        for_how_long = {None: "until it is switched off", 1: "for one hour"}.get(hours, f"for {hours} hours")
        events.record("screening.challenge.started", actor, [], {"why": "at the desk", "how_long": for_how_long})


def end_challenge(actor: Actor) -> None:
    """Ask nobody in general any more. For an hour the switch does not turn itself either: a person has decided."""
    with transaction():
        _take("Switched off at the desk.", actor, challenge=False, automatic=False, until=clock.now() + CALM)
        events.record("screening.challenge.ended", actor, [])


def trip(why: str) -> None:
    """A crowd is there: ask everyone until an hour after it has gone, and tell the staff. Joins the transaction.

    Where a person has decided (on, or off less than an hour ago) nothing changes.
    """
    with transaction() as session:
        lock_name("screening.stance")
        now = clock.now()
        newest = session.scalar(sa.select(Stance).order_by(Stance.id.desc()).limit(1))
        if newest and (newest.until is None or now < newest.until):
            _extend(newest, now)
            return
        _take(why, AUTOMATIC, challenge=True, automatic=True, until=now + CALM)
        events.record(
            "screening.challenge.started",
            AUTOMATIC,
            [],
            {"why": why, "how_long": "until it has been calm for an hour"},
        )
        open_work_item(
            kind="screening.challenge",
            key="screening:challenge",
            role=Role.DEVELOPMENT,
            title="Somebody may be trying out stolen cards on the pledge form",
            detail=f"{why} Since then everyone who gives is asked for a short proof, which a browser does by itself. "
            "It ends by itself once it has been calm for an hour. See Card testing for the numbers; if this is a "
            "drive's own rush, switch it off there.",
        )


def _extend(newest: Stance, now: datetime) -> None:
    if newest.automatic and newest.until and newest.until - now < EXTEND_BELOW:
        newest.until = now + CALM
        bulletin.bump(BULLETIN)


def _take(reason: str, actor: Actor, *, challenge: bool, automatic: bool, until: datetime | None) -> None:
    with transaction() as session:
        now = clock.now()
        session.add(
            Stance(
                challenge=challenge, automatic=automatic, reason=reason, by=actor.label[:200], since=now, until=until
            )
        )
        session.flush()
        bulletin.bump(BULLETIN)
