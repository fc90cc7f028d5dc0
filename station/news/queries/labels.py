"""Reads of what stories are found by: sections, tags, programs and people, each with a page at its slug."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core.db import db
from station.news.models import Person, Program, Section, Tag

KINDS: dict[str, Any] = {"section": Section, "tag": Tag, "program": Program, "person": Person}


@dataclass(frozen=True)
class LabelView:
    """What stories are listed under. `note` is who or whose it is: a person's role, a program's hosts.

    `podcast` says of a program that its own recordings are a podcast; the last three are of that podcast.
    """

    kind: str
    id: UUID
    slug: str
    name: str
    note: str = ""
    about: str = ""
    url: str = ""
    podcast: bool = False
    artwork_url: str = ""
    category: str = ""
    explicit: bool = False


def label(station_id: UUID, kind: str, slug: str) -> LabelView | None:
    """The section, tag, program or person at a station's address."""
    if not slug.isprintable():
        return None  # no slug of ours; and PostgreSQL takes no NUL
    table = KINDS[kind]
    row = db.session().scalar(sa.select(table).where(table.station_id == station_id, table.slug == slug))
    if row is None:
        return None
    return LabelView(
        kind,
        row.id,
        row.slug,
        row.name,
        note=getattr(row, "role", "") or getattr(row, "hosts", ""),
        about=getattr(row, "about", ""),
        url=getattr(row, "url", ""),
        podcast=getattr(row, "podcast", False),
        artwork_url=getattr(row, "artwork_url", ""),
        category=getattr(row, "category", ""),
        explicit=getattr(row, "explicit", False),
    )
