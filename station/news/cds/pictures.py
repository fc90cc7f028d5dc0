"""Pictures of a CDS document: which file, how large, what is said of it."""

from __future__ import annotations

from typing import Any

from station.news.cds.shapes import file_address, links, rels, restricted, web_address, words
from station.news.markup import plain
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
LONGEST = {"caption": 2_000, "altText": 1_000}
LONGEST_CREDIT, MOST_FILES = 300, 60


def picture(image: dict[str, Any]) -> dict[str, Any] | None:
    """An image asset as it is printed: url, size, alt, caption once, credit, srcset. None without a usable file."""
    best = _best(image)
    if best is None or restricted(image):
        return None
    caption, alt = (plain(words(image, name))[:most] for name, most in LONGEST.items())
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
        "credit": " / ".join(name for name in who if name)[:LONGEST_CREDIT],
        "srcset": _srcset(best, width),
    }


def _best(image: dict[str, Any]) -> dict[str, Any] | None:
    """The file to show: the one marked primary, else by crop, else the widest. Only https."""
    usable = [link for link in links(image, "enclosures")[:MOST_FILES] if _file(link)]

    def rank(link: dict[str, Any]) -> tuple[bool, int, int]:
        crop = next((at for at, rel in enumerate(CROPS) if rel in rels(link)), len(CROPS))
        return "primary" not in rels(link), crop, -_side(link, "width")

    return min(usable, key=rank, default=None)


def _file(link: dict[str, Any]) -> str:
    kind = words(link, "type")
    return file_address(link) if not kind or kind.startswith("image/") else ""


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
