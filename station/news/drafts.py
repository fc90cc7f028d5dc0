"""What a story consists of before it is a row: what importers and writers hand to the services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from station.news.markup import Fragment, fragments
from station.news.models import Origin

Block = dict[str, Any]


@dataclass(frozen=True)
class Topic:
    """A label that a story may carry: NPR's collection id where it has one, and its name where it is known."""

    name: str
    collection: str | None = None


@dataclass(frozen=True)
class Author:
    """A name above a story; of somebody who has a CDS document, its id and their page."""

    name: str
    cds_id: str = ""
    url: str = ""


@dataclass(frozen=True)
class StoryDraft:
    """A story. Markup in `blocks` is safe already; `topics` are in order of preference; instants are aware.

    `byline` is what is printed; `authors` are the people in it. `revised_at` is what readers see as "Updated".
    """

    headline: str
    blocks: Sequence[Block]
    published_at: datetime
    owner: str
    owner_url: str = ""
    origin: Origin = Origin.LOCAL
    language: str = "en"
    deck: str = ""
    teaser: str = ""
    seo_title: str = ""
    social_title: str = ""
    noindex: bool = False
    byline: str = ""
    canonical_url: str = ""
    image: dict[str, Any] | None = None
    authors: Sequence[Author] = field(default=())
    topics: Sequence[Topic] = field(default=())
    program: Topic | None = None
    tags: Sequence[Topic] = field(default=())
    no_underwriting: bool = False
    sensitive: bool = False
    why_quiet: str = ""
    revised_at: datetime | None = None


def text_blocks(markup: str) -> list[Block]:
    """A text of any origin as safe blocks, one for each top-level element."""
    return [text_block(piece) for piece in fragments(markup)]


def text_block(piece: Fragment) -> Block:
    """One safe element as a block; `paragraph` says whether it is a true text paragraph."""
    return {"type": "text", "html": piece.html, "paragraph": piece.tag == "p"}
