"""What a CDS document is filed under: topics, programs, tags; and who made it."""

from __future__ import annotations

from typing import Any

from station.news.cds.around import Around, canonical, linked_id
from station.news.cds.shapes import asset, last_part, links, rels, restricted, type_of, web_address, words
from station.news.drafts import Author, Topic
from station.news.markup import plain
from station.news.topics import PROGRAMS, TOPICS

LONGEST_NAME, MOST_AUTHORS, MOST_TAGS = 120, 20, 12
MOST_TOPICS, MOST_LINKS = 20, 200  # that are looked at; the longest real list seen has 16
TAGS = {"series", "superseries", "blog", "genre", "category"}


def topics(document: dict[str, Any], around: Around) -> list[Topic]:
    """Labels by preference: what NPR prints above the headline (rel slug), then its topics in their order."""
    found = [link for link in links(document, "collections")[:MOST_LINKS] if rels(link) & {"slug", "topic"}]
    found.sort(key=lambda link: "slug" not in rels(link))
    return [
        Topic(TOPICS.get(last_part(link), "") or _title(link, around), last_part(link)[:80])
        for link in found[:MOST_TOPICS]
    ]


def program(document: dict[str, Any], around: Around) -> Topic | None:
    """The program that the story was heard on, where its name is known."""
    for link in links(document, "collections")[:MOST_LINKS]:
        if "program" in rels(link):
            name = PROGRAMS.get(last_part(link), "") or _title(link, around)
            if name:
                return Topic(name, last_part(link)[:80])
    return None


def tags(document: dict[str, Any], around: Around) -> list[Topic]:
    """Series, blogs and genres by name; one whose name nobody knows says nothing to a reader."""
    found: dict[str, Topic] = {}
    for link in links(document, "collections")[:MOST_LINKS]:
        if rels(link) & TAGS and (name := _title(link, around)):
            found.setdefault(name.casefold(), Topic(name, last_part(link)[:80]))
    return list(found.values())[:MOST_TAGS]


def authors(document: dict[str, Any], around: Around) -> list[Author]:
    """Who wrote it: names that stand there, and people whose own document is at hand."""
    found: dict[str, Author] = {}
    for link in links(document, "bylines")[:MOST_LINKS]:
        line = asset(document, link)
        if line is None or restricted(line):
            continue
        kind = type_of(line)
        if kind == "byline":
            _add(found, Author(plain(words(line, "name"))[:200]))
        elif kind == "reference-byline":
            for person in links(line, "bylineDocuments")[:MOST_AUTHORS]:
                _add(found, _person(person, around))
    return list(found.values())[:MOST_AUTHORS]


def written_by(names: list[str]) -> str:
    """Names as a byline prints them: Ana Peña, Lee Ito and Sam Roe."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def _person(link: dict[str, Any], around: Around) -> Author:
    found = around.document(link)
    name = plain(words(found, "title"))[:200] if found else ""
    url = web_address(canonical(found)) if found else ""
    return Author(name, linked_id(link)[:120], url)


def _add(found: dict[str, Author], author: Author) -> None:
    if author.name:
        found.setdefault(author.name, author)


def _title(link: dict[str, Any], around: Around) -> str:
    other = around.document(link)
    return plain(words(other, "title"))[:LONGEST_NAME] if other else ""
