"""How a correction is written, on plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from station.core import clock
from station.core.words import day

LONGEST = 2000


def correction_html(text: str) -> str:
    """Plain words as safe paragraphs; an empty line parts them. Empty for no words."""
    paragraphs = (" ".join(each.split()) for each in text.replace("\r", "").split("\n\n"))
    return "".join(f"<p>{escape(each, quote=False)}</p>" for each in paragraphs if each)


def correction_block(html: str, at: datetime, zone: str) -> dict[str, Any]:
    """A correction as a block of its story, dated by the station's calendar."""
    return {"type": "correction", "html": html, "at": clock.local(at, zone).isoformat(timespec="seconds")}


def said_day(text: Any) -> str:
    """Nov 23, 2026, the station's day of an instant as blocks carry it; what is none is left as it is."""
    try:
        found = datetime.fromisoformat(str(text))
        return day(found if found.tzinfo else found.date())
    except (ValueError, OverflowError):
        return str(text)


def corrections_in(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The corrections among the blocks of a story."""
    return [each for each in blocks if each.get("type") == "correction" and each.get("html")]
