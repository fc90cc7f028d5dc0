"""Writing a story: the page of the form, and what its buttons do."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person
from station.core.ids import public_id
from station.licensee.queries import default_station, station_by_slug
from station.news.desk.editor.around import desk, form_page, our_story
from station.news.forms.editor import NewStoryForm, typed
from station.news.models import StoryState
from station.news.policies.editing import Block, Written, arranged, differ, differences
from station.news.queries import editing
from station.news.queries.editing import Desk, Version
from station.news.services import editing as services
from station.news.services.editing import Unfinished, WrittenMeanwhile


@desk.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Begin a story: its headline and its station."""
    form = NewStoryForm(station=request.args.get("station") or default_station().slug)
    if not form.validate_on_submit():
        return render_template("news/desk/editor_new.html", form=form), 422 if form.errors else 200
    station = station_by_slug(form.station.data) or abort(404)
    story_id = services.begin_story(station.id, form.headline.data or "", current_person().actor)
    return redirect(url_for(".edit", story_id=public_id("story", story_id)), 303)


@desk.get("/<story_id>/edit")
def edit(story_id: str) -> ResponseReturnValue:
    """The story as it was saved last; with `?mine=1` as this person has it, not saved yet."""
    found = our_story(story_id)
    newest, mine = editing.newest_version(found.id), editing.unsaved(found.id, current_person().id)
    if mine is None or not differ(mine.written, newest.written):
        return form_page(found, newest.written, newest.number)
    if request.args.get("mine"):
        return form_page(found, mine.written, mine.base, kept_at=mine.at)
    changes = differences(newest.written, mine.written)
    return render_template("news/desk/editor_choose.html", story=found, newest=newest, mine=mine, changes=changes)


@desk.post("/<story_id>/edit")
def write(story_id: str) -> ResponseReturnValue:
    """Save, put out, or arrange the blocks: the button says which. Nothing that was typed is lost by any."""
    found = our_story(story_id)
    written, why = typed(request.form, held(found, sent_base()))
    wish = request.form.get("do", "save")
    note = request.form.get("note", "")[:300]
    if why:
        return form_page(found, written, sent_base(), {"blocks": why}, note=note)
    if wish in ("save", "out"):
        return _save(found, written, note, out=wish == "out")
    blocks, focus = arranged(written.blocks, wish)
    arranged_one = Written.of({**written.as_json(), "blocks": blocks})
    return form_page(found, arranged_one, sent_base(), focus=focus, note=note)


def sent_base() -> int:
    """The revision that a page began from, as it says; 0 for what is no number."""
    said = request.form.get("base", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def held(found: Desk, base: int) -> Iterator[Block]:
    """The blocks of what a page may show: the version it began from, this person's own, the newest."""
    began, mine = editing.version(found.id, base or 1), editing.unsaved(found.id, current_person().id)
    if began is not None:
        yield from began.written.blocks
    if mine is not None:
        yield from mine.written.blocks
    yield from editing.newest_version(found.id).written.blocks


def _save(found: Desk, written: Written, note: str, out: bool) -> ResponseReturnValue:
    actor = current_person().actor
    try:
        number = services.save_story(found.id, sent_base(), written, note.strip(), actor)
        if out and found.state is StoryState.PUBLISHED:
            services.put_out(found.id, number, actor, updated=bool(request.form.get("updated")))
    except Unfinished as problem:
        return form_page(found, written, sent_base(), problem.problems, note=note)
    except WrittenMeanwhile as meanwhile:
        services.keep_unsaved(found.id, sent_base(), written, actor)
        return conflict_page(found, written, meanwhile.newest)
    flash("Put out: readers see it now." if out else f"Saved as revision {number}.", "success")
    return redirect(url_for(".edit", story_id=found.public_id), 303)


def conflict_page(found: Desk, written: Written, newest: Version) -> Response:
    """Two texts and two ways on. What this person wrote is kept already."""
    changes = differences(newest.written, written)
    page = render_template("news/desk/editor_conflict.html", story=found, newest=newest, changes=changes)
    return make_response(page, 409)
