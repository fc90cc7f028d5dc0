"""What a story's page says, from the story alone: the same for readers and for the desk's preview."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from station.core import clock
from station.giving.queries import current_ask
from station.licensee.queries import StationView, the_licensee
from station.news import queries
from station.news.policies import (
    byline_pieces,
    changed_at,
    copyright_line,
    offered,
    offered_until,
    readable_address,
    slot_position,
)
from station.news.queries import StoryView

MORE = 4


def said_of(found: StoryView, published_at: datetime, station: StationView, now: datetime) -> dict[str, Any]:
    """What every edition of a story says. `published_at` is its instant, or the one it is taken to have.

    `story` is without what its owner no longer offers; `until` is there where something will leave it or has.
    """
    zone = the_licensee().timezone
    return {
        "story": replace(found, blocks=offered(found.blocks, now)),
        **offered_until(found.blocks, now),
        "published": clock.local(published_at, zone),
        "copyright_line": copyright_line(found.owner, published_at, zone),
        "owner_address": readable_address(found.owner_url),
        "ask": None if found.sensitive else current_ask(station, clock.local_date(now, zone)),
    }


def around(found: StoryView, published_at: datetime, station: StationView, now: datetime) -> dict[str, Any]:
    """What its page has besides: where the slot is, when it changed, the byline in pieces, and what else to read."""
    quiet = found.no_underwriting or found.sensitive
    zone = the_licensee().timezone
    newer = queries.newest(station.id, now, MORE + 1)
    return {
        "slot_at": None if quiet else slot_position([bool(b.get("paragraph")) for b in found.blocks]),
        "changed": clock.local(changed_at(clock.local(published_at, zone), found.revised_at, found.blocks), zone),
        "names": byline_pieces(found.byline, [(each.name, each.slug) for each in found.people]),
        "text_url": f"/text/{station.slug}/story/{found.slug}",
        "more": [each for each in newer if each.id != found.id][:MORE],
    }
