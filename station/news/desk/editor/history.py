"""What was written before: the list of revisions, what differs between two, and the way back to one."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person
from station.news.desk.editor.around import desk, our_story
from station.news.policies.editing import differences
from station.news.queries import editing
from station.news.services import editing as services
from station.news.services.editing import Unfinished


@desk.get("/<story_id>/revisions")
def revisions(story_id: str) -> ResponseReturnValue:
    """Every revision, the newest first."""
    found = our_story(story_id)
    lines = editing.revision_lines(found.id)
    return render_template("news/desk/editor_revisions.html", story=found, lines=lines)


@desk.get("/<story_id>/revisions/compare")
def compare(story_id: str) -> ResponseReturnValue:
    """What differs between the revisions `?from=` and `?to=`; between the last two without them."""
    found = our_story(story_id)
    last = editing.newest_version(found.id).number
    asked = (request.args.get("from", last - 1, int), request.args.get("to", last, int))
    old, new = (editing.version(found.id, number) for number in asked)
    if old is None or new is None:
        abort(404)
    changes = differences(old.written, new.written)
    return render_template("news/desk/editor_compare.html", story=found, old=old, new=new, changes=changes)


@desk.post("/<story_id>/revisions/<int:number>/restore")
def restore(story_id: str, number: int) -> ResponseReturnValue:
    """Take an earlier revision up again, as a new one."""
    found = our_story(story_id)
    try:
        made = services.restore(found.id, number, current_person().actor)
    except LookupError:
        abort(404)
    except Unfinished as problem:
        flash(f"Not restored. {next(iter(problem.problems.values()))}", "danger")
        return redirect(url_for(".revisions", story_id=found.public_id), 303)
    flash(f"Revision {number} is the newest again, as revision {made}.", "success")
    return redirect(url_for(".edit", story_id=found.public_id), 303)
