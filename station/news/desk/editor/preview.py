"""A story as readers would see it, with the slot and the ask. Nothing is counted, and nobody's turn passes."""

from __future__ import annotations

from uuid import UUID

from flask import abort, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from station.core import clock
from station.core.runtime import settings
from station.licensee.queries import StationView, station_by_id
from station.news import pages
from station.news.desk.editor.around import desk, our_story
from station.news.pages.story_page import around, said_of
from station.news.queries import editing
from station.news.queries.newsroom import previewing
from station.underwriting.slots import SlotCredit, live_credits

SAMPLE = SlotCredit(
    "A sponsor (sample)",
    "No credit is booked for today. This one shows the room that a credit takes.",
    "",
    UUID(int=0),
    UUID(int=0),
    "sample",
)


@desk.get("/<story_id>/preview")
def preview(story_id: str) -> ResponseReturnValue:
    """The revision that was saved last, or `?revision=`."""
    found, now = our_story(story_id), clock.now()
    number = request.args.get("revision", None, int)
    shown = editing.newest_version(found.id) if number is None else editing.version(found.id, number)
    if shown is None:
        abort(404)
    g.station = station_by_id(found.station_id)
    story, at = previewing.as_readers_would(found.id, shown.written), found.published_at or now
    context = said_of(story, at, g.station, now) | around(story, at, g.station, now)
    response = make_response(render_template("news/desk/editor_preview.html", **context, **_more(found, shown)))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _more(found: editing.Desk, shown: editing.Version) -> dict[str, object]:
    station: StationView = g.station
    live = live_credits().get(station.id)
    slot = pages.slot_html(live[0] if live else SAMPLE)
    return {
        "desk_story": found,
        "revision": shown.number,
        "sampled": not live,
        "slot": Markup(slot),  # noqa: S704  # made by our own template
        "site_url": settings().base_url,
    }
