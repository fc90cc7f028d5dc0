"""Rules of feeds, on plain values: what counts as a change, dates as feeds write them, text that XML can carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID, uuid5

# Podcast namespace, tag "guid": the feed's address without its scheme, hashed in this namespace.
PODCASTS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


def changed_at(published: datetime, revised: datetime | None, blocks: Iterable[Mapping[str, Any]]) -> datetime:
    """When a story last changed for its readers: it came out, was updated, or was corrected."""
    corrected = (_instant(each.get("at")) for each in blocks if each.get("type") == "correction")
    return max(each for each in (published, revised, *corrected) if each is not None)


def rfc822(instant: datetime) -> str:
    """Mon, 30 Dec 2019 20:15:00 GMT: the date of RSS (RFC 822 with the four-digit year of RFC 1123)."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)


def xml_text(text: str) -> str:
    """A document without the characters that XML has no way to write."""
    return _NOT_XML.sub("", text)


def cdata(html: str) -> str:
    """Markup as one CDATA section, or as many as its own `]]>` ask for."""
    return f"<![CDATA[{html.replace(']]>', ']]]]><![CDATA[>')}]]>"


def podcast_guid(feed_url: str) -> str:
    """The id of a podcast that stays the same wherever it is found."""
    return str(uuid5(PODCASTS, feed_url.partition("://")[2].rstrip("/")))


def _instant(text: Any) -> datetime | None:
    """The instant of a correction; None for a day alone, or for what is none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
