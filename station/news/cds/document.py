"""A CDS story document as a draft (profiles story, renderable, publishable, has-images, has-audio)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from station.news.cds import labels
from station.news.cds.around import NOTHING, Around, canonical, wanted
from station.news.cds.blocks import Body, corrected, corrections
from station.news.cds.pictures import picture
from station.news.cds.shapes import (
    Refused,
    asset,
    id_of,
    instant,
    last_part,
    links,
    rels,
    restricted,
    type_of,
    web_address,
    words,
)
from station.news.cds.sounds import premium, sound
from station.news.drafts import Block, StoryDraft
from station.news.markup import has_words, plain
from station.news.models import Origin
from station.news.policies import visible
from station.news.topics import OWNERS

LARGEST_DOCUMENT = 4_000_000  # letters; the longest real one seen has 78,000
LONGEST_HEADLINE, LONGEST_BYLINE, LONGEST_DECK, LONGEST_TEASER = 300, 300, 1_000, 1_000
MOST_REASONS, MOST_RECORDINGS = 20, 50
SPONSORED = "SponsorContentStory"  # of the 51 kinds of NPR's website the one that a sponsor wrote
_LINE = re.compile(
    r"(?:\s|<br>)*Copyright (?:19|20)\d\d NPR\. To see more, visit (?:<a [^>]*>)?[^<>]{0,80}(?:</a>)?\.?\s*(?=</p>)"
)
TOO_LONG = f"title is longer than {LONGEST_HEADLINE} letters"
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CdsStory:
    """A document that can be taken. `modified` is NPR's own mark of change; `left_out` says what is not shown.

    One that is `alone` leans on others that could not be asked for: who made it is not known, nor under what it goes.
    """

    cds_id: str
    modified: str
    draft: StoryDraft
    raw: str
    left_out: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True)
class Withdrawn:
    """A document that may no longer be shown here."""

    cds_id: str
    why: str


def read(document: dict[str, Any], around: Around = NOTHING) -> CdsStory | Withdrawn:
    """A document as a draft, or the news that it is withdrawn. Raises Refused with the reason otherwise.

    `around` holds what it leans on (authors, transcripts, other stories); it is taken without as well.
    """
    cds_id = id_of(document)
    if restricted(document):
        return Withdrawn(cds_id, "restricted: its owner does not license it to other stations")
    if words(document, "nprDisplayType") == SPONSORED:
        return Withdrawn(cds_id, "sponsored: an advertisement in the shape of a story, and nothing here says so")
    kind = type_of(document)
    if kind != "story":
        raise Refused(f"it is a {kind}, not a story" if kind else "profiles name no type")
    published_at = instant(document, "publishDateTime")
    if published_at is None or published_at < EARLIEST:
        raise Refused("publishDateTime is missing" if published_at is None else "publishDateTime is before 1970")
    raw = json.dumps({**document, "id": cds_id}, ensure_ascii=True, sort_keys=True)
    if len(raw) > LARGEST_DOCUMENT:
        raise Refused(f"it is larger than {LARGEST_DOCUMENT // 1_000_000} MB")
    left_out: Counter[str] = Counter()
    image, body = _body(document, around, left_out)
    draft = _draft(document, around, published_at, image, body)
    missing = tuple(f"{n} x {what}" for what, n in left_out.most_common(MOST_REASONS))
    alone = bool(around.unasked) and not around.unasked.isdisjoint(wanted(document))
    return CdsStory(cds_id, _modified(document), draft, raw, missing, alone)


def _draft(
    document: dict[str, Any], around: Around, published_at: datetime, image: dict[str, Any] | None, body: list[Block]
) -> StoryDraft:
    owner, owner_url = _owner(document, {**OWNERS, **around.owners})
    authors = labels.authors(document, around)
    revised = instant(document, "editorialMajorUpdateDateTime")
    return StoryDraft(
        headline=_headline(document),
        blocks=body,
        published_at=published_at,
        owner=owner,
        owner_url=owner_url,
        origin=Origin.NPR,
        deck=plain(words(document, "subtitle"))[:LONGEST_DECK],
        teaser=plain(words(document, "teaser") or words(document, "shortTeaser"))[:LONGEST_TEASER],
        seo_title=plain(words(document, "seoTitle"))[:LONGEST_HEADLINE],
        social_title=plain(words(document, "socialTitle"))[:LONGEST_HEADLINE],
        noindex=document.get("robotsNoIndex") is True,
        image=image,
        byline=labels.written_by([each.name for each in authors])[:LONGEST_BYLINE],
        authors=authors,
        canonical_url=web_address(canonical(document)),
        topics=labels.topics(document, around),
        program=labels.program(document, around),
        tags=labels.tags(document, around),
        revised_at=revised if revised and revised > published_at else None,
    )


def _headline(document: dict[str, Any]) -> str:
    headline = plain(words(document, "title"))
    if not visible(headline) or len(headline) > LONGEST_HEADLINE:
        raise Refused("title is missing" if len(headline) <= LONGEST_HEADLINE else TOO_LONG)
    return headline


def _body(
    document: dict[str, Any], around: Around, left_out: Counter[str]
) -> tuple[dict[str, Any] | None, list[Block]]:
    """The picture above the story and the blocks below it. The picture and the recording are shown once."""

    def note(what: str) -> None:
        left_out[what] += 1

    hero = next((asset(document, link) for link in links(document, "images") if "primary" in rels(link)), None)
    image = picture(hero) if hero is not None and type_of(hero) in ("image", "") else None
    if image is None and links(document, "images"):
        note("a primary picture that cannot be shown" if hero is not None else "no primary picture")
    shut, wrong = premium(document), corrected(document)
    heard, recording = _recording(document, around, shut)
    for _ in shut:
        note("a premium recording")
    elsewhere = [each for each in (hero if image else None, heard) if each is not None]
    blocks = recording + Body(document, around, note, [*elsewhere, *shut, *wrong]).read()
    if not any(block["type"] in ("text", "audio") for block in blocks):
        raise Refused("it has no text to show")
    return image, _without_line(blocks) + corrections(wrong)


def _without_line(blocks: list[Block]) -> list[Block]:
    """The copyright line is ours to print; documents made from NPR's older service still end with it."""
    if not blocks or blocks[-1]["type"] != "text":
        return blocks
    left = _LINE.sub("", blocks[-1]["html"])
    return [*blocks[:-1], *([{**blocks[-1], "html": left}] if has_words(left) else [])]


def _recording(
    document: dict[str, Any], around: Around, shut: list[dict[str, Any]]
) -> tuple[dict[str, Any] | None, list[Block]]:
    """The story as it was heard: its primary audio, or the first one that is not `shut`; rels are often missing."""
    heard = links(document, "audio")[:MOST_RECORDINGS]
    named = [(link, found) for link in heard if (found := asset(document, link)) is not None]
    named.sort(key=lambda pair: "primary" not in rels(pair[0]))
    closed = {id(each) for each in shut}
    for _, found in named:
        if id(found) not in closed and type_of(found) in ("audio", "") and (made := sound(found, around)):
            return found, made
    return None, []


def _owner(document: dict[str, Any], owners: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Whose story it is, for the copyright line: by brandings, else by owners."""
    named = [last_part(link) for name in ("brandings", "owners") for link in links(document, name)]
    if not named:
        raise Refused("owners is missing")
    for service in named:
        if service in owners:
            return owners[service]
    raise Refused(f"its owner, service {named[0][:40]}, has no name here, so that no copyright line can be printed")


def _modified(document: dict[str, Any]) -> str:
    """The instant of the last change, in UTC and sortable; empty when the document does not say."""
    meta = document.get("meta")
    at = instant(meta, "documentLastModifiedDateTime") if isinstance(meta, dict) else None
    at = at or instant(document, "editorialLastModifiedDateTime")
    return at.isoformat(timespec="milliseconds") if at else ""
