"""What the newsroom has in hand: a draft, a story for tomorrow morning, and one that had to be corrected."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from station.core import clock
from station.core.actor import Actor
from station.core.db import db
from station.core.ids import new_id
from station.demo.generator.calendar import Calendar
from station.licensee.queries import StationView
from station.news.drafts import text_blocks
from station.news.models import Origin, Section, Story, StoryState
from station.news.policies import slugify
from station.news.services import correct, publish

MORNING = time(6, 0)
CORRECTED = "Who rides the bus at 3 a.m."
DRAFT = (
    "A seed bank opens its drawers to gardeners",
    "environment",
    "Dana Whitlock",
    "<p>The drawers are labeled by valley, and some of the labels are older than the building.</p>"
    "<p>Gardeners may take a packet of whatever grew within ten miles of their own fence.</p>",
)
COMING = (
    "Crosswalks near nine schools get a longer green",
    "transportation",
    "June Okafor",
    "<p>From Monday on, people who walk to nine schools will have four seconds more.</p>"
    "<p>The county timed children of six, with backpacks, on the way there and on the way home.</p>"
    "<p>The slowest crossings were not the widest ones. They were the ones with a dog behind a fence.</p>",
)
WAS_WRONG = (
    "An earlier version of this story said that the buses leave the far suburbs on the hour. They leave fifteen "
    "minutes before it."
)


def coming_out(calendar: Calendar, station: StationView, editor: Actor) -> int:
    """Write them; returns how many stories that makes more. Joins the transaction it is called in."""
    _draft(station, *DRAFT)
    tomorrow = calendar.today + timedelta(days=1)
    publish(_draft(station, *COMING), datetime.combine(tomorrow, MORNING, ZoneInfo(calendar.zone)), editor)
    slug = slugify(CORRECTED)
    wrong = sa.select(Story.id).where(Story.station_id == station.id, Story.slug == slug)
    correct(db.session().scalars(wrong).one(), WAS_WRONG, editor)
    return 2


def _draft(station: StationView, headline: str, section: str, byline: str, text: str) -> UUID:
    session, story_id = db.session(), new_id()
    where = sa.select(Section.id).where(Section.station_id == station.id, Section.slug == section)
    session.add(
        Story(
            id=story_id,
            station_id=station.id,
            section_id=session.scalar(where),
            slug=slugify(headline),
            state=StoryState.DRAFT,
            origin=Origin.LOCAL,
            headline=headline,
            byline=byline,
            owner=station.name,
            blocks=text_blocks(text),
            updated_at=clock.now(),
        )
    )
    session.flush()
    return story_id
