"""What a document leans on: other documents that came with it, and where those that we show already stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from station.news.cds.shapes import Refused, asset, id_of, last_part, links, rels, restricted, type_of, words

DOCUMENTS = "/v1/documents/"
MOST_WANTED = 200  # documents that one may lean on; the longest real list seen has 16
NAMED = frozenset({"program", "series", "superseries", "blog", "genre", "category", "topic", "slug"})


@dataclass(frozen=True)
class Around:
    """Other documents by their CDS id, our own addresses of stories by theirs, and names of owners by service id.

    `unasked` are ids of documents that could not be asked for: there may be some of them or none.
    """

    documents: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unasked: frozenset[str] = frozenset()

    @classmethod
    def of(cls, documents: Iterable[Any], addresses: Mapping[str, str] | None = None) -> Around:
        """The documents of an answer, and those embedded in them as CDS does when asked to transclude."""
        found: dict[str, dict[str, Any]] = {}
        for document in documents:
            if isinstance(document, dict) and isinstance(document.get("id"), str):
                found[document["id"]] = document
        return cls(found, addresses or {})

    def document(self, link: dict[str, Any]) -> dict[str, Any] | None:
        """The document behind an internal link: embedded in it, or known. None for any other, or a restricted one."""
        embedded = link.get("embed")
        found = embedded if isinstance(embedded, dict) else self.documents.get(linked_id(link))
        return None if found is None or restricted(found) else found

    def address(self, link: dict[str, Any]) -> str:
        """Where an internally linked document is read: with us, or on its owner's page. Empty when nobody knows."""
        known = self.addresses.get(linked_id(link))
        if known:
            return known
        found = self.document(link)
        return canonical(found) if found else ""


NOTHING = Around()


def linked_id(link: dict[str, Any]) -> str:
    """The id of the document that an internal link names; empty for any other link."""
    return last_part(link) if DOCUMENTS in words(link, "href") else ""


def canonical(document: dict[str, Any]) -> str:
    """The page of a document at its owner's."""
    from_pages = [words(link, "href") for link in links(document, "webPages") if "canonical" in rels(link)]
    return from_pages[0] if from_pages else ""


def wanted(document: Any) -> set[str]:
    """Ids of the documents that this one is fuller with: authors, transcripts, cards, names of collections."""
    if not isinstance(document, dict):
        return set()
    try:
        found = set(islice(_wanted(document), MOST_WANTED))
        return found - {"", id_of(document)}
    except Refused:
        return set()


def _wanted(document: dict[str, Any]) -> Iterator[str]:
    for link in links(document, "collections"):
        if rels(link) & NAMED:
            yield linked_id(link)
    for link in links(document, "bylines"):
        found = asset(document, link)
        for person in links(found, "bylineDocuments") if found else []:
            yield linked_id(person)
    assets = document.get("assets")
    for each in assets.values() if isinstance(assets, dict) else ():
        if isinstance(each, dict):
            yield from _of_asset(each)


def _of_asset(found: dict[str, Any]) -> Iterator[str]:
    kind = type_of(found)
    link = found.get("transcriptLink" if kind == "audio" else "documentLink")
    if isinstance(link, dict) and (kind == "audio" or "card" in kind or "link" in kind):
        yield linked_id(link)
