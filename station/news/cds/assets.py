"""Assets of a CDS document as blocks of a story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from station.news.cds.shapes import asset, instant, links, rels, restricted, type_of, web_address, words
from station.news.drafts import Block, text_blocks
from station.news.markup import fragments, plain
from station.news.policies import alt_text

CROPS = ("image-custom", "image-wide", "image-standard", "image-slide", "image-brick", "image-square")
SHAPES = {
    "image-wide": (1600, 900),
    "image-square": (1200, 1200),
    "image-slide": (1200, 800),
    "image-brick": (1200, 553),
    "image-vertical": (900, 1200),
}
USUAL_SHAPE = (1200, 900)
LARGEST_SIDE = 20_000
WIDTHS = (480, 800, 1200)


def picture(image: dict[str, Any]) -> dict[str, Any] | None:
    """An image asset as it is printed: url, size, alt, caption once, credit, srcset. None without a usable file."""
    best = _best(image)
    if best is None or restricted(image):
        return None
    caption, alt = plain(words(image, "caption")), plain(words(image, "altText"))
    shape = next((SHAPES[rel] for rel in rels(best) if rel in SHAPES), USUAL_SHAPE)
    width, height = _side(best, "width"), _side(best, "height")
    if not (width and height):
        width, height = shape
    who = dict.fromkeys(plain(words(image, name)) for name in ("producer", "provider"))
    return {
        "url": _file(best),
        "width": width,
        "height": height,
        "alt": alt_text(alt, caption),
        "caption": caption,
        "credit": " / ".join(name for name in who if name),
        "srcset": _srcset(best, width),
    }


def blocks(document: dict[str, Any], link: dict[str, Any], left_out: Callable[[str], None]) -> list[Block]:
    """The blocks that one layout link stands for. What cannot be shown is named to `left_out`."""
    found = asset(document, link)
    if found is None:
        left_out("an asset that is not there")
    elif restricted(found):
        left_out("a restricted asset")
    else:
        kind = type_of(found)
        if made := READERS.get(kind, _unknown)(found):
            return made
        left_out(f"an empty {kind}" if kind in READERS else f"a {kind or 'nameless asset'}")
    return []


def corrections(document: dict[str, Any]) -> list[Block]:
    """Corrections of a story, dated, oldest first."""
    made = []
    for link in links(document, "corrections"):
        found = asset(document, link)
        if found is None or restricted(found):
            continue
        at = instant(found, "dateTime")
        made.append(
            {
                "type": "correction",
                "html": "".join(f.html for f in fragments(words(found, "text"))),
                "at": at.isoformat() if at else "",
            }
        )
    return sorted((block for block in made if block["html"]), key=lambda block: block["at"])


def byline(document: dict[str, Any]) -> str:
    """Who wrote it: names of inline bylines (referenced people are documents of their own, fetched later)."""
    names = []
    for link in links(document, "bylines"):
        found = asset(document, link)
        if found is not None and type_of(found) == "byline" and not restricted(found):
            names.append(plain(words(found, "name")))
    known = [name for name in dict.fromkeys(names) if name]
    return " and ".join(filter(None, [", ".join(known[:-1]), known[-1]])) if known else ""


def _image(found: dict[str, Any]) -> list[Block]:
    shown = picture(found)
    return [{"type": "image", **shown}] if shown else []


def _quote(found: dict[str, Any]) -> list[Block]:
    said, who, what = (plain(words(found, name)) for name in ("quote", "attributionParty", "attributionContext"))
    return [{"type": "quote", "text": said, "who": ", ".join(filter(None, [who, what]))}] if said else []


def _box(found: dict[str, Any]) -> list[Block]:
    return [{**block, "paragraph": False} for block in text_blocks(words(found, "html"))]


def _unknown(_found: dict[str, Any]) -> list[Block]:
    return []


READERS: dict[str, Callable[[dict[str, Any]], list[Block]]] = {
    "text": lambda found: text_blocks(words(found, "text")),
    "image": _image,
    "pull-quote": _quote,
    "html-block": _box,
}


def _best(image: dict[str, Any]) -> dict[str, Any] | None:
    """The file to show: the one marked primary, else by crop, else the widest. Only https."""
    usable = [link for link in links(image, "enclosures") if _file(link)]

    def rank(link: dict[str, Any]) -> tuple[bool, int, int]:
        crop = next((at for at, rel in enumerate(CROPS) if rel in rels(link)), len(CROPS))
        return "primary" not in rels(link), crop, -_side(link, "width")

    return min(usable, key=rank, default=None)


def _file(link: dict[str, Any]) -> str:
    kind = words(link, "type")
    return web_address(words(link, "href"), 2000, ("https",)) if not kind or kind.startswith("image/") else ""


def _side(link: dict[str, Any], name: str) -> int:
    value = link.get(name)
    return value if type(value) is int and 0 < value <= LARGEST_SIDE else 0


def _srcset(link: dict[str, Any], width: int) -> str:
    """Smaller files of the same picture, where the document says how to ask for them."""
    template = words(link, "hrefTemplate")
    if "{width}" not in template:
        return ""
    made = []
    for each in [size for size in WIDTHS if size <= width]:
        filled = template.replace("{width}", str(each)).replace("{quality}", "80").replace("{format}", "webp")
        if not web_address(filled, 2000, ("https",)) or "{" in filled:
            return ""
        made.append(f"{filled.replace(',', '%2C')} {each}w")
    return ", ".join(made)
