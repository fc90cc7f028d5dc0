"""Careful hands for JSON of others: what is missing is empty, what has the wrong shape is refused by name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from station.news.policies import printable

LONGEST_ID = 120
LONGEST_KIND = 40
LONGEST_TEXT = 200_000  # letters of one text; the longest real asset seen has 2,900
_ID = re.compile(r"[a-z0-9][a-z0-9._:-]*\Z")  # CDS's own are narrower: letters, digits and hyphens


class Refused(Exception):
    """Why a document cannot be taken, in words for the newsroom."""


def words(where: dict[str, Any], name: str) -> str:
    """A text field; empty when it is missing."""
    value = where.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused(f"{name} is not text")
    if len(value) > LONGEST_TEXT:
        raise Refused(f"{name} is longer than {LONGEST_TEXT:,} letters")
    return printable(value)


def id_of(document: dict[str, Any]) -> str:
    """The document's id, in lower case as the CDS has them. Refuses a document without."""
    found = words(document, "id").lower()
    if not found or len(found) > LONGEST_ID:
        raise Refused("id is missing" if not found else f"id is longer than {LONGEST_ID} letters")
    if not _ID.match(found):
        raise Refused(f"id holds more than letters, digits and hyphens: {found[:40]!r}")
    return found


def links(where: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of links or objects; empty when it is missing."""
    value = where.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Refused(f"{name} is not a list of objects")
    return value


def rels(link: dict[str, Any]) -> frozenset[str]:
    """What a link is for; real ones often do not say."""
    value = link.get("rels")
    return frozenset(rel for rel in value if isinstance(rel, str)) if isinstance(value, list) else frozenset()


def type_of(document: dict[str, Any]) -> str:
    """The one profile that says what a document is: story, text, image … Empty when none does."""
    for link in links(document, "profiles"):
        if "type" in rels(link):
            return words(link, "href").rpartition("/")[2][:LONGEST_KIND]
    return ""


def last_part(link: dict[str, Any]) -> str:
    """The id at the end of a link to a document or service."""
    return words(link, "href").rpartition("/")[2]


def asset(document: dict[str, Any], link: dict[str, Any]) -> dict[str, Any] | None:
    """What a link such as #/assets/x leads to (RFC 6901), or None when it leads nowhere."""
    assets = document.get("assets")
    if assets is None:
        return None
    if not isinstance(assets, dict):
        raise Refused("assets is not an object")
    head, _, pointer = words(link, "href").partition("#/assets/")
    found = assets.get(unquote(pointer).replace("~1", "/").replace("~0", "~")) if not head else None
    return found if isinstance(found, dict) else None


def restricted(document: dict[str, Any]) -> bool:
    """Whether a document or asset is for other organisations only. Anything but a clear no counts as yes."""
    return document.get("isRestrictedToAuthorizedOrgServiceIds") not in (False, None)


def instant(where: dict[str, Any], name: str) -> datetime | None:
    """An RFC 3339 instant in UTC; None when it is missing. Refuses one without an offset."""
    said = words(where, name)
    if not said:
        return None
    try:
        read = datetime.fromisoformat(said)
        if read.tzinfo is None:
            raise Refused(f"{name} has no offset from UTC: {said[:40]!r}")
        return read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(f"{name} is not a date and time: {said[:40]!r}") from error


def web_address(text: str, longest: int = 500, schemes: tuple[str, ...] = ("https", "http")) -> str:
    """The address when it is one of the web, with a host and not too long; empty otherwise."""
    try:
        parts = urlsplit(text.strip())
        named = bool(parts.hostname) and "@" not in parts.netloc  # nobody signs in by a link of ours
        fine = parts.scheme in schemes and named and len(text) <= longest
    except ValueError:
        return ""
    return text.strip() if fine and text.strip().isprintable() and not re.search(r"[\s<>\"\\]", text.strip()) else ""


def file_address(link: dict[str, Any], name: str = "href") -> str:
    """The address of a picture or recording, over https: what was filed under http is asked for as browsers would."""
    said = words(link, name).strip()
    return web_address(f"https://{said[7:]}" if said.startswith("http://") else said, 2000, ("https",))
