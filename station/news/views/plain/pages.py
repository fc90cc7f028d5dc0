"""How pages of the text edition are made: with the way back to their twin, and in parts where they are long."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime

from flask import Blueprint, Response, abort, get_template_attribute, render_template, request
from markupsafe import Markup

from station.accounts.guards import public
from station.core.runtime import settings
from station.licensee.queries import StationView
from station.news import pages
from station.news.policies.parting import brief, in_parts
from station.news.views.listing import Context

text = Blueprint("text", __name__, url_prefix="/text")
public(text, "the news in words alone, as free as its other pages")
text.add_app_template_filter(brief)

HEAVIEST = 8_900  # bytes of a page; with its style sheet it is under 10 KB
LEAST = 1_000  # bytes that a part holds at least, whatever stands around it
MOST_PARTS = 999


def part_asked_for() -> int:
    """`?part=` of the address, from 1. 404 for what is no part."""
    asked = request.args.get("part", "1")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 3 or not int(asked):
        abort(404)
    return int(asked)


def answer(
    key: tuple[Hashable, ...],
    station: StationView,
    template: str,
    found: Callable[[datetime], Context],
    *,
    keep: bool = True,
    shared: bool = True,
) -> Response:
    """A page; `found(now)` says what is on it. Its twin is at the same address without /text, or where it says.

    One that is not kept here may be `shared` by caches all the same.
    """
    twin = request.path.removeprefix("/text")

    def compose(now: datetime) -> tuple[str, Context]:
        return template, {"full_url": twin, **found(now)}

    if keep:
        return pages.serve(("text", *key), station, compose)
    return pages.serve_once(station, compose, shared=shared)


def written(template: str, macro: str, things: Iterable[object]) -> list[str]:
    """Each of these things as markup, by a macro."""
    write = get_template_attribute(template, macro)
    return [str(write(each)).strip() for each in things]


def in_part(template: str, part: int, context: Context, pieces: Iterable[str]) -> Context:
    """The context of one part: as many of these pieces of safe markup as the page has room for. 404 past the end.

    What stands around them is measured by writing it.
    """
    fixed = {"full_url": request.path, "path": request.path, "site_url": settings().base_url}
    around = {**fixed, "pieces": [], "parts": MOST_PARTS, **context}
    frame = max(len(render_template(template, **around, part=at).encode()) for at in (1, 2))
    parts = in_parts(pieces, max(HEAVIEST - frame, LEAST))
    if part > len(parts):
        abort(404)
    here = [Markup(piece) for piece in parts[part - 1]]  # noqa: S704  # written by templates, or sanitised before
    return {**context, "pieces": here, "part": part, "parts": len(parts), "path": request.path}
