"""The queries that the station puts to NPR by itself, and the owners whose names it knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.outbox import Job, Queue, enqueue
from station.news import queries
from station.news.cds.shapes import Refused
from station.news.gateway import CdsRefused, CdsUnavailable
from station.news.models import CdsFeed, CdsOwner
from station.news.queries.feeds import source_of
from station.news.services.importing import Taken
from station.news.services.partnering import pull_partner
from station.news.services.pulling import BadQuery, pull_query, query_of

MOST_REFUSED = 20
PULL_ONE = Job("news.pull_one", Queue.REPORTS, lease=600, attempts=3)


def keep_feed(
    feed_id: UUID | None, name: str, query: str, station_id: UUID, every_minutes: int, enabled: bool, actor: Actor
) -> UUID:
    """Write a query down, or change it; returns its id. Raises BadQuery, and NoResultFound for an unknown one."""
    query_of(query)
    with transaction() as session:
        row = session.get_one(CdsFeed, feed_id) if feed_id else CdsFeed(id=new_id(), said=None, error="")
        row.name, row.query, row.station_id = name, query.strip(), station_id
        row.every_minutes, row.enabled = every_minutes, enabled
        session.add(row)
        session.flush()
        events.record("news.feed.kept", actor, [Subject("cds_feed", row.id)], {"name": name, "query": row.query})
        return row.id


def name_owner(service: str, name: str, url: str, actor: Actor) -> None:
    """Write down how the copyright line names an owner."""
    with transaction() as session:
        row = session.get(CdsOwner, service) or CdsOwner(service=service)
        row.name, row.url = name, url
        session.add(row)
        events.record("news.owner.named", actor, [], {"service": service, "name": name})


def ask_soon(feed_id: UUID) -> None:
    """Have a worker put a query now."""
    with transaction():
        enqueue(PULL_ONE, feed_id=str(feed_id))


def pull_due(actor: Actor, *, npr: bool = True) -> int:
    """Put every query whose time has come, and read every feed of a partner; returns how many.

    One that fails says so in its row and stops no other. Without `npr` nothing is asked of NPR.
    """
    now = clock.now()
    due = [
        feed.id
        for feed in queries.feeds()
        if feed.enabled
        and (npr or feed.owner)
        and (feed.asked_at is None or feed.asked_at + timedelta(minutes=feed.every_minutes) <= now)
    ]
    db.session().rollback()
    for feed_id in due:
        pull_feed(feed_id, actor)
    return len(due)


def pull_feed(feed_id: UUID, actor: Actor) -> str:
    """Put one query now; returns what went wrong, or nothing. Raises NoResultFound for an unknown one."""
    row = db.session().get_one(CdsFeed, feed_id)
    query, station_id, source = row.query, row.station_id, source_of(row)
    db.session().rollback()
    said: dict[str, Any] | None = None
    error = ""
    try:
        taken = pull_partner(source, station_id, actor) if source else pull_query(query, station_id, actor)
        said = numbers(taken)
    except (CdsUnavailable, CdsRefused, BadQuery, Refused) as problem:
        error = str(problem)
    with transaction() as session:
        row = session.get_one(CdsFeed, feed_id, with_for_update=True)
        row.asked_at, row.error = clock.now(), error
        row.said = said if said is not None else row.said
    return error


def numbers(taken: Sequence[Taken]) -> dict[str, Any]:
    """How many documents ended how, and the first of those that were refused with the reason."""
    refused = [{"id": each.cds_id, "why": each.why} for each in taken if each.outcome == "refused"]
    return {**Counter(each.outcome for each in taken), "why": refused[:MOST_REFUSED]}
