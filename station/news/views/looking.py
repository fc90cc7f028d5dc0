"""What a search answers, for the pages and for the text edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import abort

from station.licensee.queries import StationView
from station.news import queries
from station.news.views.listing import Context, Edition

PAGES_OF_IT = 10  # who did not find it by then needs other words


@dataclass(frozen=True)
class Asked:
    """Words, and which page of the answer (from 1)."""

    words: str
    page: int


def asked(args: Mapping[str, str], edition: Edition) -> Asked:
    """`?q=` and `?page=` of an address; 404 for a page that no answer has."""
    page = args.get("page", "1")
    if not page.isascii() or not page.isdigit() or not 1 <= int(page[:4]) <= PAGES_OF_IT or len(page) > 4:
        abort(404)
    return Asked(" ".join(args.get("q", "")[: edition.letters].split()), int(page))


def found(station: StationView, wanted: Asked, edition: Edition) -> Any:
    """compose() of a page of results. Past its end is 404, but for the first page."""

    def compose(now: datetime) -> Context:
        answer = queries.look_for(station.id, wanted.words, now, edition.size * PAGES_OF_IT)
        stories = answer.stories[edition.size * (wanted.page - 1) : edition.size * wanted.page]
        if not stories and wanted.page > 1:
            abort(404)
        path = edition.at(station, "search")
        here = f"/{station.slug}/search" + (f"?{urlencode({'q': wanted.words})}" if wanted.words else "")
        more = len(answer.stories) > edition.size * wanted.page and wanted.page < PAGES_OF_IT
        return {
            "title": f"Search {station.name}",
            "asked": wanted,
            "instead": answer.instead,
            "stories": stories,
            "many": len(answer.stories),
            "sections": [] if stories else queries.sections(station.id, now),
            "path": path,
            "full_url": here,
            "text_url": f"/text{here}",
            "older": f"{path}?{urlencode({'q': wanted.words, 'page': wanted.page + 1})}" if more else None,
            "newer": f"{path}?{urlencode({'q': wanted.words, 'page': wanted.page - 1})}" if wanted.page > 1 else None,
        }

    return compose
