"""A story as it is written: plain values as somebody typed them, whole or half done, ready for JSON.

A block is a mapping of texts: its `key` (stable while it moves), its `type`, and the fields of that type. Two types
are not written but kept: corrections, and what came in with a story before it was edited here and has no form of its
own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

Block = Mapping[str, Any]

FIELDS: dict[str, tuple[str, ...]] = {
    "text": ("text",),
    "heading": ("text", "level"),
    "image": ("media", "url", "width", "height", "alt", "decorative", "caption", "credit"),
    "audio": ("media", "url", "title", "length", "transcript"),
    "quote": ("text", "who"),
    "embed": ("url", "title"),
    "card": ("url", "title", "label", "teaser"),
    "link": ("url", "text"),
}
NAMES = {
    "text": "Text",
    "heading": "Heading",
    "image": "Picture",
    "audio": "Recording",
    "quote": "Quote",
    "embed": "Video or post elsewhere",
    "card": "Read also",
    "link": "Link",
    "correction": "Correction",
    "kept": "As it came",
}
KEPT = ("correction", "kept")
LEVELS = ("2", "3")
MOST_BLOCKS = 200
MOST_AUTHORS, MOST_TAGS = 20, 12
LONGEST_TEXT = 60_000
_KEY = re.compile(r"b[1-9][0-9]{0,5}\Z")
_EMPTY: Mapping[str, str] = {"level": LEVELS[0]}


@dataclass(frozen=True)
class Written:
    """A story as written. `section` and `program` are slugs of the station's; `authors` and `tags` are names.

    `byline` is what is printed instead of the authors' names; `image` is the picture above the story, or None.
    """

    headline: str
    deck: str = ""
    teaser: str = ""
    seo_title: str = ""
    social_title: str = ""
    noindex: bool = False
    byline: str = ""
    authors: tuple[str, ...] = ()
    section: str = ""
    program: str = ""
    tags: tuple[str, ...] = ()
    image: Block | None = None
    blocks: tuple[Block, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What the database keeps."""
        return {
            **asdict(self),
            "authors": list(self.authors),
            "tags": list(self.tags),
            "image": dict(self.image) if self.image else None,
            "blocks": [dict(block) for block in self.blocks],
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Written:
        """What as_json() wrote, by this version or an earlier one."""
        known = {each.name for each in fields(cls)}
        values = {name: value for name, value in said.items() if name in known}
        for name in ("authors", "tags", "blocks"):
            values[name] = tuple(values.get(name) or ())
        return cls(**values)


def empty(kind: str, key: str = "") -> dict[str, str]:
    """A block of a type with nothing in it. Raises KeyError for a type that cannot be written."""
    return {"key": key, "type": kind, **{name: _EMPTY.get(name, "") for name in FIELDS[kind]}}


def is_empty(block: Block) -> bool:
    """Whether nothing was written into a block."""
    return block["type"] not in KEPT and not any(
        str(block.get(name, "")).strip() for name in FIELDS[block["type"]] if name not in _EMPTY
    )


def keyed(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks, each with a key of its own: theirs where it is one, the next free one else."""
    listed = list(blocks)
    taken: set[str] = set()
    kept = []
    for block in listed:
        key = str(block.get("key", ""))
        fine = bool(_KEY.match(key)) and key not in taken
        taken |= {key} if fine else set()
        kept.append(fine)
    number = _highest(taken)
    found = []
    for block, fine in zip(listed, kept, strict=True):
        number += not fine
        found.append(block if fine else {**block, "key": f"b{number}"})
    return tuple(found)


def next_key(blocks: Sequence[Block]) -> str:
    """A key that no block has."""
    return f"b{_highest(str(block['key']) for block in blocks) + 1}"


def without_empty(written: Written) -> Written:
    """Without the blocks into which nothing was written: what is saved."""
    values = {each.name: getattr(written, each.name) for each in fields(Written)}
    blocks = tuple(block for block in written.blocks if not is_empty(block))
    image = written.image if written.image and not is_empty(written.image) else None
    return Written(**{**values, "blocks": blocks, "image": image})


def byline_of(authors: Sequence[str]) -> str:
    """Names as a byline prints them: Ana Peña, Lee Ito and Sam Roe."""
    *first, last = authors or ("",)
    return " and ".join(filter(None, [", ".join(first), last]))


def with_corrections(written: Written, rows: Iterable[Mapping[str, Any]]) -> Written:
    """The story with those corrections that its row has, no others; new ones at the end."""
    there = [(str(each.get("html", "")), str(each.get("at", ""))) for each in rows if each["type"] == "correction"]
    kept = [
        block for block in written.blocks if block["type"] != "correction" or (block["html"], block["at"]) in there
    ]
    known = {(block["html"], block["at"]) for block in kept if block["type"] == "correction"}
    fresh = [
        {"key": "", "type": "correction", "html": html, "at": at} for html, at in there if (html, at) not in known
    ]
    return Written.of({**written.as_json(), "blocks": keyed([*kept, *fresh])})


def _highest(keys: Iterable[str]) -> int:
    return max((int(key[1:]) for key in keys if _KEY.match(key)), default=0)
