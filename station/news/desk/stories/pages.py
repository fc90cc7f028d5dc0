"""Stories at the desk: lists by where they stand, the queue, and the page of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request

from station.accounts.guards import guard
from station.accounts.models import Role
from station.accounts.queries import tell
from station.core import clock
from station.core.ids import row_id
from station.licensee.queries import StationView, station_by_id
from station.news import queries
from station.news.desk.schedule import asked_station
from station.news.forms import ActForm, DateForm, EmbargoForm, QuietForm, ReasonForm, WhenForm
from station.news.models import Origin
from station.news.policies.releasing import Standing, close_ones
from station.news.policies.releasing.clocks import span_words
from station.news.queries import Filters, StoryRecord

desk = Blueprint("stories_desk", __name__, url_prefix="/desk/stories")
guard(desk, Role.NEWS)

PAGE, LONGEST_QUEUE = 50, 200
OTHERS = "others"
TABS = {
    "": "All",
    Standing.DRAFT: "Drafts",
    Standing.SCHEDULED: "Scheduled",
    Standing.OUT: "Out",
    Standing.WITHDRAWN: "Withdrawn",
    OTHERS: "Of others",
}
ORIGINS = {Origin.LOCAL: "Our own", Origin.NPR: "NPR", Origin.PARTNER: "Partners"}


@desk.get("")
def index() -> str:
    """Stories of a station, what was changed last first: `?state=&q=&section=&origin=&before=`; or the queue."""
    station, now, state = asked_station(), clock.now(), request.args.get("state", "")
    if state not in TABS:
        abort(404)
    if state == Standing.SCHEDULED:
        return _queue(station, now)
    found = queries.listed(station.id, _filters(station, state), now, PAGE + 1, _before())
    return render_template(
        "news/desk/stories.html",
        of=station,
        stories=found[:PAGE],
        next_place=found[PAGE - 1].place if len(found) > PAGE else None,
        sections=queries.sections_of(station.id),
        **_around(state),
    )


@desk.get("/<public_id>")
def story(public_id: str) -> str:
    """A story: where it stands, what happened to it, and all that can be done."""
    return page(record(public_id))


def record(public_id: str) -> StoryRecord:
    """The story of an address, as it is now; 404 for none."""
    found = row_id("story", public_id)
    return (queries.story_record(found, clock.now()) if found else None) or abort(404)


def page(found: StoryRecord, tried: ActForm | None = None) -> str:
    """The page of a story. `tried` is the form that could not be followed, with what was typed in it."""
    forms = {each.name: each for each in [*_forms(found), *([tried] if tried else [])]}
    return render_template(
        "news/desk/story.html",
        found=found,
        of=station_by_id(found.station_id),
        forms=forms,
        tried=tried or ActForm(formdata=None),
        happened=tell(found.history),
        origins=ORIGINS,
        to_go=span_words(found.published_at - clock.now()) if found.published_at else "",
    )


def _forms(found: StoryRecord) -> list[ActForm]:
    seen = {"seen": found.mark}
    ahead = found.standing is Standing.SCHEDULED
    quiet = {"no_underwriting": found.no_underwriting, "sensitive": found.sensitive, "why": found.why_quiet}
    reasons = [
        ReasonForm(formdata=None, prefix=f"{name}-", data=seen) for name in ("unpublish", "lift", "withdraw", "back")
    ]
    return [
        ActForm(formdata=None, prefix="publish-", data=seen),
        WhenForm.showing(found.published_at if ahead else found.embargo_until, "schedule-", **seen),
        DateForm.showing(found.published_at, "date-", **seen),
        EmbargoForm.showing(found.embargo_until, "embargo-", why=found.embargo_why, **seen),
        QuietForm(formdata=None, prefix="quiet-", data={**seen, **quiet}),
        *reasons,
    ]


def _queue(station: StationView, now: datetime) -> str:
    coming, held = queries.queue(station.id, now, LONGEST_QUEUE)
    return render_template(
        "news/desk/queue.html",
        of=station,
        coming=[(each, near, span_words(each.published_at - now)) for each, near in close_ones(coming)],
        held=held,
        **_around(Standing.SCHEDULED),
    )


def _around(state: str) -> dict[str, Any]:
    return {
        "state": state,
        "tabs": TABS,
        "origins": ORIGINS,
        "asked": {name: request.args.get(name, "") for name in ("q", "section", "origin")},
    }


def _filters(station: StationView, state: str) -> Filters:
    wanted, origin = request.args.get("section", ""), request.args.get("origin", "")
    sections = {each.slug: each.id for each in queries.sections_of(station.id)}
    if (wanted and wanted not in sections) or (origin and origin not in set(Origin)):
        abort(404)
    return Filters(
        standing=Standing(state) if state and state != OTHERS else None,
        others=state == OTHERS,
        words=" ".join(request.args.get("q", "")[:200].split()),
        section_id=sections.get(wanted),
        origin=Origin(origin) if origin else None,
    )


def _before() -> tuple[datetime, UUID] | None:
    """`?before=` of the address: the last story that was shown, as queries.Listed.place names it. 404 for others."""
    text = request.args.get("before")
    if text is None:
        return None
    changed, _, story_id = text.partition("~")
    try:
        at = datetime.fromisoformat(changed)
    except ValueError:
        abort(404)
    found = row_id("story", story_id)
    return (at, found) if found and at.tzinfo else abort(404)
