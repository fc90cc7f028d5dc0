"""The layout of a CDS document as blocks of a story, in its order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from station.news.cds.around import Around, linked_id
from station.news.cds.cards import open_card
from station.news.cds.pictures import picture
from station.news.cds.shapes import Refused, asset, instant, links, rels, restricted, type_of, web_address, words
from station.news.cds.sounds import sound, video
from station.news.drafts import Block, text_blocks
from station.news.markup import fragments, plain

BESIDE = {"footer", "rail", "subnav", "alt", "zone-topareastories"}  # parts of the owner's page, not of the story
CONTAINERS = {"list", "area", "inset", "container", "resource-container"}
MOST_BLOCKS, DEEPEST = 2_000, 8
MOST_LETTERS = 2_000_000  # of all blocks together; a few assets may be long, or one be named a thousand times
MOST_PICTURES, MOST_CORRECTIONS = 100, 100
LONGEST_TITLE, LONGEST_TEASER, LONGEST_QUOTE = 300, 1_000, 4_000
_YOUTUBE = re.compile(r"[A-Za-z0-9_-]{6,20}\Z")


@dataclass
class Body:
    """Reads the layout of one document. `note` hears of each thing that is not shown, and why."""

    document: dict[str, Any]
    around: Around
    note: Callable[[str], None]
    without: Sequence[dict[str, Any]] = ()  # assets that are shown elsewhere on the page, or may not be shown
    blocks: list[Block] = field(default_factory=list)
    _inside: set[int] = field(default_factory=set)
    _letters: int = 0

    def __post_init__(self) -> None:
        self._without = {id(each) for each in self.without}

    def read(self) -> list[Block]:
        """Every block. Raises Refused for more of them than a page can hold."""
        self._walk(links(self.document, "layout"), 0)
        return self.blocks

    def _walk(self, layout: list[dict[str, Any]], depth: int) -> None:
        for link in layout:
            if rels(link) & BESIDE:
                self.note("a part of the owner's page")
                continue
            found = asset(self.document, link)
            if found is None:
                self.note("an asset that is not there")
            elif restricted(found):
                self.note("a restricted asset")
            elif id(found) not in self._without:
                self._take(found, depth)
            if len(self.blocks) > MOST_BLOCKS:
                raise Refused(f"it has more than {MOST_BLOCKS:,} blocks")

    def _take(self, found: dict[str, Any], depth: int) -> None:
        kind = type_of(found)
        if kind in CONTAINERS:
            self._open(found, kind, depth)
            return
        made = self._made(found, kind)
        self.blocks += made or []
        self._letters += sum(len(said) for block in made or () for said in block.values() if isinstance(said, str))
        if self._letters > MOST_LETTERS:
            raise Refused(f"its text has more than {MOST_LETTERS:,} letters")
        if not made:
            self.note(f"a {kind or 'nameless asset'}" if made is None else f"an empty {kind}")

    def _open(self, found: dict[str, Any], kind: str, depth: int) -> None:
        """A container is read once: one that holds itself, in whatever way, ends there."""
        if id(found) in self._inside or depth >= DEEPEST:
            self.note(f"a {kind} inside itself")
            return
        self._inside.add(id(found))
        self._walk(links(found, "layout"), depth + 1)

    def _made(self, found: dict[str, Any], kind: str) -> list[Block] | None:
        """The blocks of an asset; None of a type that we do not show."""
        if kind in READERS:
            return READERS[kind](found)
        if kind == "audio":
            return sound(found, self.around)
        if kind == "image-gallery":
            return self._gallery(found)
        if kind in ("promo-card", "internal-link", "card"):
            return self._card(found)
        return None

    def _gallery(self, found: dict[str, Any]) -> list[Block]:
        """The pictures of a gallery, whose layout names assets of the whole document."""
        shown = []
        for link in [*links(found, "layout"), *links(found, "images")][:MOST_PICTURES]:
            image = asset(self.document, link)
            if image is not None and not restricted(image) and (made := picture(image)) and made not in shown:
                shown.append(made)
        return (
            [{"type": "gallery", "title": plain(words(found, "title"))[:LONGEST_TITLE], "images": shown}]
            if shown
            else []
        )

    def _card(self, found: dict[str, Any]) -> list[Block]:
        """A box that leads to another story; one that leads nowhere is none."""
        link = found.get("documentLink")
        url = self.around.address(link) if isinstance(link, dict) else ""
        other = self.around.document(link) if isinstance(link, dict) else None
        title = plain(words(found, "title") or words(found, "linkText") or (words(other, "title") if other else ""))
        label = plain(words(found, "eyebrowText"))
        teaser = plain(words(found, "teaser"))
        said = {"title": title[:LONGEST_TITLE], "label": label[:LONGEST_TITLE], "teaser": teaser[:LONGEST_TEASER]}
        if not title or not (url.startswith("/") or web_address(url)):
            unasked = linked_id(link) if isinstance(link, dict) else ""
            return [open_card(unasked, said)] if unasked in self.around.unasked else []
        return [{"type": "card", "url": url.strip(), **said}]


def corrected(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The assets that a document names as its corrections, each once."""
    named = (asset(document, link) for link in links(document, "corrections")[:MOST_CORRECTIONS])
    return list({id(found): found for found in named if found is not None and not restricted(found)}.values())


def corrections(assets: Sequence[dict[str, Any]]) -> list[Block]:
    """Corrections of a story, dated, oldest first."""
    return sorted((block for found in assets for block in _correction(found)), key=lambda block: block["at"])


def _correction(found: dict[str, Any]) -> list[Block]:
    at = instant(found, "dateTime")
    said = "".join(piece.html for piece in fragments(words(found, "text")))
    return [{"type": "correction", "html": said, "at": at.isoformat() if at else ""}] if said else []


def _image(found: dict[str, Any]) -> list[Block]:
    shown = picture(found)
    return [{"type": "image", **shown}] if shown else []


def _quote(found: dict[str, Any]) -> list[Block]:
    said, who, what = (plain(words(found, name)) for name in ("quote", "attributionParty", "attributionContext"))
    by = ", ".join(filter(None, [who, what]))[:LONGEST_TITLE]
    return [{"type": "quote", "text": said[:LONGEST_QUOTE], "who": by}] if said else []


def _box(found: dict[str, Any]) -> list[Block]:
    """Markup of the owner's: sanitised, and no paragraph of the story."""
    return [{**block, "paragraph": False} for block in text_blocks(words(found, "html"))]


def _note(found: dict[str, Any]) -> list[Block]:
    return [{**block, "paragraph": False} for block in text_blocks(words(found, "text"))]


def _link(found: dict[str, Any]) -> list[Block]:
    link = found.get("externalLink")
    url = web_address(words(link, "href"), 2000) if isinstance(link, dict) else ""
    text = plain(words(found, "linkText")) or url.partition("://")[2][:80]
    return [{"type": "link", "text": text[:LONGEST_TITLE], "url": url}] if url else []


def _youtube(found: dict[str, Any]) -> list[Block]:
    """A video elsewhere is a link with its title: no page of ours asks another house for anything."""
    video_id = words(found, "videoId")
    if not _YOUTUBE.match(video_id):
        return []
    title = plain(words(found, "headline"))[:LONGEST_TITLE] or "Video"
    url = f"https://www.youtube.com/watch?v={video_id}"
    return [{"type": "embed", "provider": "YouTube", "id": video_id, "title": title, "url": url}]


READERS: dict[str, Callable[[dict[str, Any]], list[Block]]] = {
    "text": lambda found: text_blocks(words(found, "text")),
    "image": _image,
    "pull-quote": _quote,
    "html-block": _box,
    "note": _note,
    "correction": _correction,
    "external-link": _link,
    "youtube-video": _youtube,
    "player-video": video,
    "stream-player-video": video,
}
