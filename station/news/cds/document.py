"""A CDS story document as a draft (specs: documents, profiles story, renderable, publishable, has-images)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from station.news.cds import assets
from station.news.cds.shapes import (
    Refused,
    asset,
    instant,
    last_part,
    links,
    rels,
    restricted,
    type_of,
    web_address,
    words,
)
from station.news.drafts import Block, StoryDraft, Topic
from station.news.markup import plain
from station.news.topics import OWNERS, TOPICS

LONGEST_ID, LONGEST_HEADLINE, LONGEST_BYLINE, MOST_BLOCKS = 120, 300, 300, 2_000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CdsStory:
    """A document that can be taken. `modified` is NPR's own mark of change; `left_out` says what is not shown."""

    cds_id: str
    modified: str
    draft: StoryDraft
    raw: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Withdrawn:
    """A document that may no longer be shown here."""

    cds_id: str
    why: str


def id_of(document: dict[str, Any]) -> str:
    """The document's id. Refuses one without."""
    found = words(document, "id")
    if not found or len(found) > LONGEST_ID:
        raise Refused("id is missing" if not found else f"id is longer than {LONGEST_ID} letters")
    return found


def read(document: dict[str, Any]) -> CdsStory | Withdrawn:
    """A document as a draft, or the news that it is withdrawn. Raises Refused with the reason otherwise."""
    cds_id = id_of(document)
    if restricted(document):
        return Withdrawn(cds_id, "restricted: its owner does not license it to other stations")
    kind = type_of(document)
    if kind != "story":
        raise Refused(f"it is a {kind}, not a story" if kind else "profiles name no type")
    published_at = instant(document, "publishDateTime")
    if published_at is None or published_at < EARLIEST:
        raise Refused("publishDateTime is missing" if published_at is None else "publishDateTime is before 1970")
    left_out: Counter[str] = Counter()
    image, body = _body(document, left_out)
    owner, owner_url = _owner(document)
    draft = StoryDraft(
        headline=_headline(document),
        blocks=body,
        published_at=published_at,
        owner=owner,
        owner_url=owner_url,
        teaser=plain(words(document, "teaser") or words(document, "shortTeaser")),
        image=image,
        byline=assets.byline(document)[:LONGEST_BYLINE],
        canonical_url=_canonical(document),
        topics=_topics(document),
    )
    return CdsStory(
        cds_id,
        _modified(document),
        draft,
        json.dumps(document, ensure_ascii=True, sort_keys=True),
        tuple(f"{count} x {what}" for what, count in left_out.items()),
    )


def _headline(document: dict[str, Any]) -> str:
    headline = plain(words(document, "title"))
    if not headline or len(headline) > LONGEST_HEADLINE:
        raise Refused("title is missing" if not headline else f"title is longer than {LONGEST_HEADLINE} letters")
    return headline


def _body(document: dict[str, Any], left_out: Counter[str]) -> tuple[dict[str, Any] | None, list[Block]]:
    """The picture above the story and the blocks below it; the picture is shown once."""

    def note(what: str) -> None:
        left_out[what] += 1

    hero = next((asset(document, link) for link in links(document, "images") if "primary" in rels(link)), None)
    image = assets.picture(hero) if hero is not None and type_of(hero) in ("image", "") else None
    if image is None:
        note("a primary picture that cannot be shown" if hero is not None else "no primary picture")
    body: list[Block] = []
    for link in links(document, "layout"):
        if image is None or asset(document, link) is not hero:
            body += assets.blocks(document, link, note)
    if not any(block["type"] == "text" for block in body):
        raise Refused("it has no text to show")
    if len(body) > MOST_BLOCKS:
        raise Refused(f"it has more than {MOST_BLOCKS:,} blocks")
    return image, body + assets.corrections(document)


def _owner(document: dict[str, Any]) -> tuple[str, str]:
    """Whose story it is, for the copyright line: by brandings, else by owners."""
    named = [last_part(link) for name in ("brandings", "owners") for link in links(document, name)]
    if not named:
        raise Refused("owners is missing")
    for service in named:
        if service in OWNERS:
            return OWNERS[service]
    raise Refused(f"its owner, service {named[0][:40]}, has no name here, so that no copyright line can be printed")


def _canonical(document: dict[str, Any]) -> str:
    pages = [words(link, "href") for link in links(document, "webPages") if "canonical" in rels(link)]
    return web_address(pages[0]) if pages else ""


def _topics(document: dict[str, Any]) -> list[Topic]:
    """Labels by preference: what NPR prints above the headline (rel slug), then its topics in their order."""
    found = [link for link in links(document, "collections") if rels(link) & {"slug", "topic"}]
    found.sort(key=lambda link: "slug" not in rels(link))
    return [Topic(TOPICS.get(last_part(link), ""), last_part(link)[:80]) for link in found]


def _modified(document: dict[str, Any]) -> str:
    """The instant of the last change, in UTC and sortable; empty when the document does not say."""
    meta = document.get("meta")
    at = instant(meta, "documentLastModifiedDateTime") if isinstance(meta, dict) else None
    at = at or instant(document, "editorialLastModifiedDateTime")
    return at.isoformat(timespec="milliseconds") if at else ""
