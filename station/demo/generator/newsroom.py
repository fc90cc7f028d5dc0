"""Rows of sections, stories and the words of the asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from station.core.actor import Actor
from station.core.events import Subject
from station.core.ids import public_id
from station.demo.generator.calendar import Calendar
from station.demo.generator.manuscripts import Manuscript, manuscripts
from station.demo.generator.pictures import own_picture
from station.demo.generator.rows import Rows
from station.demo.house import ASKS, SECTIONS
from station.giving.models import Ask
from station.licensee.queries import StationView
from station.news.drafts import text_blocks
from station.news.models import CdsFeed, Origin, Section, Story, StoryState
from station.news.policies import slugify
from station.news.topics import OWNERS

IMAGES = "/assets/demo/img/demo"  # any stamp answers; the true one belongs to web
WIDTH, HEIGHT = 1200, 800
ASK_DAYS = 120


def newsroom(rows: Rows, calendar: Calendar, stations: Sequence[StationView], editor: Actor) -> list[str]:
    """Sections, stories and asks of the stations. Returns the sources of pledges that came from a story."""
    sources: list[str] = []
    found = manuscripts()
    _feed(rows, calendar, stations[0])
    for station in stations:
        sections = _sections(rows, calendar, station)
        _ask(rows, calendar, station, editor)
        for manuscript in found:
            if manuscript.facts["station"] == station.slug:
                story_id = _story(rows, calendar, station, sections, manuscript, editor)
                sources.append(f"story:{public_id('story', story_id)}")
    return sources


def _sections(rows: Rows, calendar: Calendar, station: StationView) -> dict[str, UUID]:
    at = calendar.at(calendar.first, time(9))
    return {
        slug: rows.add(Section, at, station_id=station.id, slug=slug, name=name, position=place, cds_collection=None)
        for place, (slug, name) in enumerate(SECTIONS[station.slug], start=1)
    }


def _feed(rows: Rows, calendar: Calendar, station: StationView) -> None:
    """A query for NPR, which is off: the demonstration asks nobody."""
    rows.add(
        CdsFeed,
        calendar.at(calendar.first, time(9)),
        station_id=station.id,
        name="National security",
        query="collectionIds=1122&limit=20",
        enabled=False,
        every_minutes=15,
        asked_at=None,
        said=None,
        error="",
    )


def _ask(rows: Rows, calendar: Calendar, station: StationView, editor: Actor) -> None:
    starts_on = calendar.today - timedelta(days=ASK_DAYS)
    at, body = calendar.at(starts_on, time(10)), ASKS[station.slug]
    ask_id = rows.add(Ask, at, station_id=station.id, body=body, starts_on=starts_on, ends_on=None, created_at=at)
    rows.tell(
        "giving.ask.written",
        at,
        editor,
        [Subject("ask", ask_id), Subject("station", station.id)],
        {"starts_on": starts_on.isoformat(), "ends_on": None, "body": body},
    )


def _story(
    rows: Rows,
    calendar: Calendar,
    station: StationView,
    sections: dict[str, UUID],
    manuscript: Manuscript,
    editor: Actor,
) -> UUID:
    facts = manuscript.facts
    at = calendar.at(calendar.today - timedelta(days=manuscript.age), manuscript.clock_time)
    owner, owner_url = OWNERS["s1"] if facts.get("owner") == "NPR" else (station.name, "")
    story_id = rows.add(
        Story,
        at,
        station_id=station.id,
        section_id=sections[facts["section"]],
        slug=slugify(facts["headline"]),
        state=StoryState.PUBLISHED,
        origin=Origin.NPR if facts.get("owner") == "NPR" else Origin.LOCAL,
        headline=facts["headline"],
        teaser=facts["teaser"],
        byline=facts["byline"],
        owner=owner,
        owner_url=owner_url,
        canonical_url="",
        image=own_picture(rows, calendar, facts) if "drawn" in facts else _image(facts),
        blocks=text_blocks("".join(manuscript.pieces)),
        no_underwriting=facts.get("no_underwriting") == "yes",
        published_at=at,
        updated_at=at,
        cds_id=None,
        cds_modified="",
        cds_raw=None,
    )
    rows.tell("news.story.published", at, editor, [Subject("story", story_id)], {"headline": facts["headline"]})
    return story_id


def _image(facts: dict[str, str]) -> dict[str, Any] | None:
    if "image" not in facts:
        return None
    return {
        "url": f"{IMAGES}/{facts['image']}.svg",
        "width": WIDTH,
        "height": HEIGHT,
        "alt": facts["alt"],
        "caption": facts["caption"],
        "credit": facts["credit"],
        "srcset": "",
    }
