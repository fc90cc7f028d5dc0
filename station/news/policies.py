"""Rules of the story page, on plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from station.core import clock

SLOT_AFTER = 5  # the saved page carries its credit after the 5th of 15 paragraphs
FEWEST_PARAGRAPHS = 2  # a one-paragraph story is too short to be interrupted or followed by a credit
LONGEST_SLUG = 100
_WORD = re.compile(r"[a-z0-9]+")
_INITIAL = re.compile(r"\b([a-z])\.")  # U.S. is one word


def slot_position(is_paragraph: Sequence[bool]) -> int | None:
    """How many blocks stand before the underwriting slot; None where the story carries none.

    `is_paragraph` says of each block whether it is a true text paragraph: headings, quotes, lists, pictures and boxes
    are not, and do not count. From the 5th paragraph on, the slot waits until two paragraphs meet and stands between
    them; where none meet any more it stands at the end. A story of 2 to 4 paragraphs carries it after its last one,
    a shorter one not at all.
    """
    paragraphs = [at for at, one in enumerate(is_paragraph) if one]
    if len(paragraphs) < FEWEST_PARAGRAPHS:
        return None
    if len(paragraphs) < SLOT_AFTER:
        return paragraphs[-1] + 1
    for at in paragraphs[SLOT_AFTER - 1 :]:
        if at + 1 < len(is_paragraph) and is_paragraph[at + 1]:
            return at + 1
    return len(is_paragraph)


def slugify(text: str) -> str:
    """A headline as part of an address: lower case, words joined by hyphens, at most 100 letters, never empty."""
    plain = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", "").casefold())
    plain = _INITIAL.sub(r"\1", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    slug = ""
    for word in _WORD.findall(plain):
        longer = f"{slug}-{word}" if slug else word[:LONGEST_SLUG]
        if len(longer) > LONGEST_SLUG:
            break
        slug = longer
    return slug or "story"


def alt_text(alt: str, caption: str) -> str:
    """The description of a picture for those who cannot see it; empty where the caption says the same already."""
    return "" if _same(alt) == _same(caption) else alt


def copyright_line(owner: str, published_at: datetime, zone: str) -> str:
    """Who owns the story, in the story's own year on the station's calendar: "Copyright 2019 NPR."."""
    return f"Copyright {clock.local_date(published_at, zone).year} {owner}."


def readable_address(url: str) -> str:
    """An address as people say it: https://www.npr.org/ is npr.org."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _same(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")
