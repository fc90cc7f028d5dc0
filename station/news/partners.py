"""Reading the RSS and Atom feeds of partners: an entry becomes a story draft, or is refused with a reason.

The feed's own rules say how much of a story we may show: all of it, or its beginning and a link.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import feedparser  # type: ignore[import-untyped]

from station.news.cds.document import EARLIEST, LONGEST_BYLINE, LONGEST_HEADLINE, LONGEST_TEASER, CdsStory
from station.news.cds.shapes import LONGEST_TEXT, Refused, web_address
from station.news.drafts import Author, Block, StoryDraft, Topic, text_blocks
from station.news.markup import plain
from station.news.models import Origin
from station.news.policies import visible
from station.news.policies.parting import brief

MOST_ENTRIES = 200
LONGEST_BEGINNING = 400  # bytes of a story that is only begun here


@dataclass(frozen=True)
class Source:
    """A partner's feed and what was agreed: `whole` text or the beginning; `follow` what is gone from it.

    `key` begins the ids of its stories.
    """

    key: str
    address: str
    owner: str
    owner_url: str
    section: str
    whole: bool
    follow: bool


@dataclass(frozen=True)
class NotTaken:
    """An entry that cannot be taken, by its address or its place in the feed.

    `cds_id` is the id that its story has or would have; empty where nothing in the entry says.
    """

    name: str
    why: str
    cds_id: str


def read_feed(raw: bytes, source: Source) -> list[CdsStory | NotTaken]:
    """Every entry of a feed, at most 200. Raises Refused for what is no feed."""
    found = feedparser.parse(io.BytesIO(raw))  # bytes by themselves it would try as the name of a file
    if not found.get("version"):
        raise Refused("it is neither RSS nor Atom")
    return list(_entries(found.entries[:MOST_ENTRIES], source))


def _entries(entries: list[Any], source: Source) -> Iterator[CdsStory | NotTaken]:
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        name = str(dict.get(entry, "link") or dict.get(entry, "id") or f"entry {number}")[:120]
        try:
            story = _story(entry, source)
            if story.cds_id in seen:
                raise Refused("its id stands twice in the feed")
            seen.add(story.cds_id)
            yield story
        except Refused as refusal:
            yield NotTaken(name, str(refusal), _id(entry, source, web_address(_said(entry, "link"))))


def _story(entry: Any, source: Source) -> CdsStory:
    link = web_address(_said(entry, "link"))
    published = _instant(entry, "published") or _instant(entry, "updated")
    headline = plain(_said(entry, "title"))
    if not visible(headline) or len(headline) > LONGEST_HEADLINE:
        raise Refused("its title is missing" if len(headline) <= LONGEST_HEADLINE else "its title is too long")
    if not link:
        raise Refused("it has no address of its own")
    if published is None or published < EARLIEST:
        raise Refused("it has no date")
    revised = _instant(entry, "updated")
    teaser = plain(_said(entry, "summary"))[:LONGEST_TEASER]
    blocks = _blocks(entry, source, teaser, link)
    byline = plain(_said(entry, "author"))[:LONGEST_BYLINE]
    draft = StoryDraft(
        headline,
        blocks,
        published,
        source.owner,
        owner_url=source.owner_url,
        origin=Origin.PARTNER,
        teaser=teaser,
        byline=byline,
        authors=[Author(byline[:200])] if byline else [],
        canonical_url=link,
        topics=[Topic(source.section)] if source.section else [],
        revised_at=revised if revised and revised > published else None,
    )
    kept = {"id": _said(entry, "id"), "link": link, "title": headline, "published": published.isoformat()}
    return CdsStory(_id(entry, source, link), revised.isoformat() if revised else "", draft, json.dumps(kept))


def _blocks(entry: Any, source: Source, teaser: str, link: str) -> list[Block]:
    """The text as far as it was agreed, and the way to the rest."""
    if source.whole:
        bodies = [str(each.get("value") or "") for each in dict.get(entry, "content") or ()]
        blocks = text_blocks(max(bodies, key=len, default="")[:LONGEST_TEXT] or _said(entry, "summary"))
        if not blocks:
            raise Refused("it has no text to show")
        return blocks
    if not visible(teaser):
        raise Refused("it has no summary to begin with")
    said = f"<p>{html.escape(brief(teaser, LONGEST_BEGINNING))}</p>"
    beginning: Block = {"type": "text", "html": said, "paragraph": True}
    return [beginning, {"type": "link", "text": f"Read the story at {source.owner}", "url": link}]


def _id(entry: Any, source: Source, link: str) -> str:
    """The same story has the same id, however its title or its address changes. Empty for one that names neither."""
    named = _said(entry, "id") or link
    return f"{source.key}:{hashlib.sha256(named.encode()).hexdigest()[:32]}" if named else ""


def _said(entry: Any, name: str) -> str:
    found = dict.get(entry, name)
    return found.encode("utf-8", "ignore").decode()[:LONGEST_TEXT] if isinstance(found, str) else ""


def _instant(entry: Any, name: str) -> datetime | None:
    found = dict.get(entry, f"{name}_parsed")  # by itself: it would say "published" for "updated"
    try:
        return datetime.fromtimestamp(timegm(found), UTC) if found else None
    except (ValueError, OverflowError, OSError):
        return None
