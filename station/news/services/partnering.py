"""Taking the stories of partners from their feeds, by the same services as NPR's."""

from __future__ import annotations

from uuid import UUID

from station.core import events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.news import gateway, queries
from station.news.cds.document import CdsStory
from station.news.models import CdsFeed
from station.news.partners import NotTaken, Source, read_feed
from station.news.services.importing import Taken, retract_missing, take_story

MANY = 10  # when half of so many are missing at once, it is the feed that is wrong, not the stories


def keep_partner(
    feed_id: UUID | None, name: str, source: Source, station_id: UUID, every_minutes: int, enabled: bool, actor: Actor
) -> UUID:
    """Write a partner's feed down, or change it; returns its id. Raises NoResultFound for an unknown one."""
    with transaction() as session:
        row = session.get_one(CdsFeed, feed_id) if feed_id else CdsFeed(id=new_id(), said=None, error="")
        row.name, row.query, row.station_id = name, source.address, station_id
        row.owner, row.owner_url, row.section = source.owner, source.owner_url, source.section
        row.whole, row.follow = source.whole, source.follow
        row.every_minutes, row.enabled = every_minutes, enabled
        session.add(row)
        session.flush()
        data = {"name": name, "address": source.address}
        events.record("news.partner.kept", actor, [Subject("cds_feed", row.id)], data)
        return row.id


def pull_partner(source: Source, station_id: UUID, actor: Actor, *, rehearse: bool = False) -> list[Taken]:
    """Take what is in a partner's feed. Raises CdsUnavailable, and Refused for what is no feed."""
    db.session().rollback()  # no reading transaction stays open while the partner answers
    return take_feed(gateway.feed(source.address), source, station_id, actor, rehearse=rehearse)


def take_feed(raw: bytes, source: Source, station_id: UUID, actor: Actor, *, rehearse: bool = False) -> list[Taken]:
    """Take the entries of a feed that is at hand. Raises Refused for what is none."""
    found = read_feed(raw, source)
    stories = [each for each in found if isinstance(each, CdsStory)]
    taken = [
        take_story(each, station_id, actor, rehearse=rehearse)
        if isinstance(each, CdsStory)
        else Taken("refused", each.name, each.why)
        for each in found
    ]
    return taken + (_gone(found, source, actor, rehearse) if source.follow and stories else [])


def _gone(found: list[CdsStory | NotTaken], source: Source, actor: Actor, rehearse: bool) -> list[Taken]:
    """Withdraw what the feed would still hold by its date, and does not: what is old leaves a feed by itself.

    An entry that cannot be read now is there all the same; where nobody can tell whose it is, nothing is withdrawn.
    """
    there = {each.cds_id for each in found}
    if "" in there:
        return []
    oldest = min(each.draft.published_at for each in found if isinstance(each, CdsStory))
    known = queries.known_of(source.key, oldest)
    missing = sorted(set(known) - there)
    if len(missing) >= MANY and len(missing) * 2 > len(known):
        return []
    return [retract_missing(each, f"{source.owner} has it no more", actor, rehearse=rehearse) for each in missing]
