"""What all pages of the editor share: the blueprint, the story of an address, and the page of the form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from flask import Blueprint, Response, abort, make_response, render_template

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core import clock, csp
from station.core.ids import row_id
from station.core.words import oclock, when
from station.licensee.queries import station_by_id, the_licensee
from station.news.forms.editor import Editor
from station.news.forms.editor_blocks import FORMS
from station.news.models import Origin
from station.news.policies.editing import NAMES, Written, empty
from station.news.queries import editing
from station.news.queries.editing import Desk
from station.news.queries.media import recent

desk = Blueprint("editor_desk", __name__, url_prefix="/desk/stories")
guard(desk, Role.NEWS)

FIRST_BLANK = 900_001  # the number in the key of the first empty block: the page's script copies these
BLANK = tuple(empty(kind, f"b{number}") for number, kind in enumerate(FORMS, FIRST_BLANK))
CAN_ADD = [(kind, NAMES[kind]) for kind in FORMS]


def our_story(text: str) -> Desk:
    """The story of an address, when it is written here: else 404, or a page that says why it is not."""
    found = any_story(text)
    if found.origin is not Origin.LOCAL:
        _not_ours(found)
    return found


def any_story(text: str) -> Desk:
    """The story of an address, whoever's; 404 for none."""
    found = row_id("story", text)
    return (editing.desk_story(found) if found else None) or abort(404)


def _not_ours(found: Desk) -> NoReturn:
    page = render_template("news/desk/editor_not_ours.html", story=found, of=station_by_id(found.station_id))
    abort(make_response(page, 403))


def form_page(
    found: Desk,
    written: Written,
    base: int,
    problems: Mapping[str, str] | None = None,
    focus: str = "",
    note: str = "",
    kept_at: datetime | None = None,
) -> Response:
    """The editor with a story in it. `focus` is the key of the block where the writer goes on."""
    editor = Editor(written, *editing.label_choices(found.station_id))
    editor.show(problems or {})
    page = render_template(
        "news/desk/editor.html",
        story=found,
        of=station_by_id(found.station_id),
        editor=editor,
        blank=Editor(Written("", blocks=BLANK), (), ()),
        base=base,
        note=note,
        focus=focus,
        kept_at=kept_at,
        can_add=CAN_ADD,
        is_out=found.is_out(clock.now()),
        here={"pictures-here": recent("image"), "recordings-here": recent("audio")},
        waiting=bool(editing.unpublished_changes([found.id])),
        others=[(who, ago(at)) for who, at in editing.others_writing(found.id, current_person().id)],
    )
    response = make_response(page, 422 if editor.errors else 200)
    csp.widen(response, csp.OWN_SCRIPTS)
    return response


def ago(at: datetime) -> str:
    """2 minutes ago (10:42 AM), or the day and time when it is longer ago than an hour."""
    minutes = int((clock.now() - at).total_seconds() // 60)
    if not 0 <= minutes < 60:
        return f"on {when(at)}"
    said = "just now" if minutes == 0 else f"{minutes} minute{'s' if minutes > 1 else ''} ago"
    return f"{said} ({oclock(at)})"


def zone() -> str:
    """The time zone of the stations' clocks."""
    return the_licensee().timezone
