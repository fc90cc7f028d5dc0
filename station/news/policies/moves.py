"""Rules of addresses that moved, on plain values: what may redirect where, and how loops and chains are told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from uuid import UUID

from station.news.policies.words import LONGEST_SLUG, slugify

LONGEST_PATH, LONGEST_TARGET = 500, 2000
RESERVED = frozenset({"amp", "edit", "feed", "index", "new", "page", "preview", "rss", "search", "story"})
TEXT = "/text"  # the text edition's twin of a page stands beneath it
_SLASHES = re.compile("/+")
_OURS = re.compile(r"/([^/]+)/story/([^/]+)\Z")

Scope = UUID | None  # a station, or every host


class Refused(Exception):
    """Why an address cannot be used, in words for the person who typed it."""


@dataclass(frozen=True)
class Target:
    """Where a redirect leads: a story by its id, or an address as it was typed; `path` is the key of one of ours."""

    story_id: UUID | None = None
    url: str = ""
    path: str = ""


@dataclass(frozen=True)
class Leads:
    """A redirect as far as loops and chains ask about it."""

    id: UUID
    scope: Scope
    path: str
    to: Target


def path_key(path: str) -> str | None:
    """A decoded path as it is looked up: one case, single slashes, none at the end; None for what none of ours is.

    `/2019/12/Some-Story/` and `/2019//12/some-story` are one address.
    """
    if not path.startswith("/") or not path.isprintable() or "\\" in path:
        return None
    key = _SLASHES.sub("/", unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())).rstrip("/")
    return key if 0 < len(key) <= LONGEST_PATH else None


def moved_path(text: str) -> str:
    """The key of a path that somebody typed or exported, percent-encoded or not, with or without its host.

    Raises Refused.
    """
    typed = text.strip()
    if re.match("https?://", typed, re.IGNORECASE):
        typed = "/" + typed.partition("://")[2].partition("/")[2]
    if not typed.startswith("/") or typed.startswith("//"):
        raise Refused("Begin with a single slash, for example /2019/12/30/some-story.")
    if "?" in typed or "#" in typed:
        raise Refused(
            "Leave out what follows the question mark or the #: a redirect answers the path whatever follows."
        )
    key = path_key(_decoded(typed))
    if key is None:
        if not _decoded(typed).strip("/"):
            raise Refused("The front page stays where it is.")
        raise Refused(
            f"A path has at most {LONGEST_PATH} letters, and no backslash, line break or other control character."
        )
    if {".", ".."} & set(key.split("/")):
        raise Refused("Write the path without . and .. in it.")
    if key == TEXT or key.startswith(f"{TEXT}/"):
        raise Refused("Leave out /text: the text edition follows the page that it is the twin of.")
    return key


def target(text: str, hosts: Collection[str]) -> Target:
    """An address that a redirect may lead to: a path of ours, or http(s) anywhere. `hosts` are ours. Raises Refused.

    `//host`, `/\\host`, other schemes and names before the host are refused: they lead elsewhere than they seem to.
    """
    typed = text.strip()
    if len(typed) > LONGEST_TARGET:
        raise Refused(f"An address has at most {LONGEST_TARGET} letters.")
    if not typed.isprintable() or "\\" in typed or " " in typed:
        raise Refused("An address has no space, backslash, line break or other control character.")
    if typed.startswith("/") and not typed.startswith("//"):
        return Target(url=typed, path=_key_of(typed))
    try:
        parts = urlsplit(typed)
        port = parts.port
    except ValueError:
        raise Refused("That is no web address.") from None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise Refused("Begin with / for a page of ours, or with https:// for one elsewhere.")
    if parts.username is not None or parts.password is not None:
        raise Refused("Leave out what stands before the @: readers would take it for the host.")
    host = parts.hostname.lower() + (f":{port}" if port else "")
    return Target(url=typed, path=_key_of(typed) if host in hosts else "")


def story_of(path: str) -> tuple[str, str] | None:
    """Station and story, by their slugs, that a key is the address of."""
    found = _OURS.match(path)
    return (found[1], found[2]) if found else None


def story_path(station_slug: str, slug: str) -> str:
    """The key of a story's address."""
    return f"/{station_slug}/story/{slug}"


def label_path(station_slug: str, kind: str, slug: str) -> str:
    """The key of the address of a section or a person."""
    return f"/{station_slug}/{kind}/{slug}"


def wanted_slug(text: str, most: int = LONGEST_SLUG) -> str:
    """The last part of an address, from what somebody typed. Raises Refused."""
    typed = text.strip()
    if len(typed) > most:
        raise Refused(f"At most {most} letters; this has {len(typed)}.")
    if not any(letter.isalnum() and letter.isascii() for letter in unicodedata.normalize("NFKD", typed)):
        raise Refused("Use letters from a to z, digits and hyphens, for example lake-level-rises.")
    slug = slugify(typed)
    if slug in RESERVED:
        raise Refused(f"“{slug}” is a word that the house keeps for itself: add another one.")
    return slug


def label_slug(typed: str, name: str, most: int) -> str:
    """The last part of a section's or person's address: what was typed, else made of the name. Raises Refused."""
    if typed.strip():
        return wanted_slug(typed, most)
    wanted_slug(name.strip()[:most], most)
    return slugify(name, most)


def final_target(path: str, scope: Scope, to: Target, there: Mapping[str, Iterable[Leads]]) -> Target:
    """Where a redirect from `path` should lead, so that readers take one step: to the end of other redirects.

    `there` holds the redirects by their paths. Raises Refused for a loop, and where the end depends on the station.
    """
    seen = {path}
    while to.path:
        if to.path in seen:
            raise Refused("That would lead in a circle.")
        seen.add(to.path)
        onward = [each for each in there.get(to.path, ()) if _meet(each.scope, scope)]
        if not onward:
            return to
        if len(onward) > 1 or not _covers(onward[0].scope, scope):
            raise Refused(f"{to.path} is redirected itself, and not alike at each station. Name where it leads.")
        to = onward[0].to
    return to


def led_here(path: str, scope: Scope, toward: Mapping[str, Iterable[Leads]]) -> list[Leads]:
    """The redirects that lead to `path`, and would take two steps once it is redirected itself.

    `toward` holds the redirects by the path that they lead to.
    """
    return [each for each in toward.get(path, ()) if _covers(scope, each.scope)]


def with_query(url: str, query: str) -> str:
    """An address with a reader's query behind its own, before its fragment."""
    if not query:
        return url
    base, mark, fragment = url.partition("#")
    return f"{base}{'&' if '?' in base else '?'}{query}{mark}{fragment}"


def _decoded(path: str) -> str:
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError:
        raise Refused("The path has a percent sign with something behind it that is no letter.") from None


def _key_of(url: str) -> str:
    return path_key(unquote(urlsplit(url).path)) or ""


def _meet(one: Scope, other: Scope) -> bool:
    return one is None or other is None or one == other


def _covers(wide: Scope, narrow: Scope) -> bool:
    return wide is None or wide == narrow
