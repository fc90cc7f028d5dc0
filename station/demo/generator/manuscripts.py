"""Reads the stories: a front matter of `name: value` lines between `---`, then paragraphs parted by blank lines.

`## ` starts a heading, `*words*` are emphasised, straight quotes become typographic ones.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "stories"


@dataclass(frozen=True)
class Manuscript:
    """A story as its file says it. `facts` is the front matter; `pieces` are HTML elements."""

    name: str
    facts: dict[str, str]
    pieces: tuple[str, ...]

    @property
    def age(self) -> int:
        """Days between publication and loading."""
        return int(self.facts["age"])

    @property
    def clock_time(self) -> time:
        """The station-local time of publication."""
        hour, _, minute = self.facts["at"].partition(":")
        return time(int(hour), int(minute))


def manuscripts() -> list[Manuscript]:
    """All stories, by name of file."""
    return [read(path.stem, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.md"))]


def read(name: str, text: str) -> Manuscript:
    """One story. Raises ValueError where the front matter is missing."""
    _, head, body = text.split("---\n", 2)
    facts = dict(line.split(": ", 1) for line in head.strip().splitlines())
    typeset = {key: _quotes(value) for key, value in facts.items()}
    return Manuscript(name, typeset, tuple(_piece(part) for part in re.split(r"\n\s*\n", body.strip())))


def _piece(part: str) -> str:
    tag, words = ("h2", part[3:]) if part.startswith("## ") else ("p", part)
    safe = html.escape(_quotes(" ".join(words.split())), quote=False)
    stressed = re.sub(r"[*]([^*]+)[*]", r"<em>\1</em>", safe)
    return f"<{tag}>{stressed}</{tag}>"


def _quotes(text: str) -> str:
    text = re.sub(r'(^|[\s(\[—*])"', r"\1“", text).replace('"', "”")
    return re.sub(r"(^|[\s(\[—“])'", r"\1‘", text).replace("'", "’")
