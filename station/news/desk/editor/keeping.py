"""What is not saved yet: kept by itself, taken up, saved as it is, or left."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person
from station.core import clock
from station.core.words import oclock
from station.news.desk.editor.around import ago, desk, our_story
from station.news.desk.editor.pages import conflict_page, held, sent_base
from station.news.forms.editor import typed
from station.news.queries import editing
from station.news.services import editing as services
from station.news.services.editing import Unfinished, WrittenMeanwhile


@desk.post("/<story_id>/autosave")
def autosave(story_id: str) -> ResponseReturnValue:
    """Keep what is in the form. The answer says when, and who else writes or has saved meanwhile."""
    found, base = our_story(story_id), sent_base()
    written, why = typed(request.form, held(found, base))
    if why:
        abort(413)
    services.keep_unsaved(found.id, base, written, current_person().actor)
    newest = editing.newest_version(found.id)
    others = [
        f"{who} was writing here {ago(at)}." for who, at in editing.others_writing(found.id, current_person().id)
    ]
    if newest.number > max(base, 1) and newest.at:
        others.insert(0, f"{newest.who} saved revision {newest.number} {ago(newest.at)}: saving will show you both.")
    return jsonify(kept=oclock(clock.now()), others=" ".join(others))


@desk.post("/<story_id>/mine")
def mine(story_id: str) -> ResponseReturnValue:
    """Save what this person wrote as a new revision, over the one that they have seen (`base`)."""
    found, person = our_story(story_id), current_person()
    own = editing.unsaved(found.id, person.id)
    if own is None:
        flash("There was nothing left to save.", "info")
        return redirect(url_for(".edit", story_id=found.public_id), 303)
    try:
        number = services.save_story(found.id, sent_base(), own.written, "", person.actor)
    except WrittenMeanwhile as meanwhile:
        return conflict_page(found, own.written, meanwhile.newest)
    except Unfinished as problem:
        return _not_yet(found.public_id, problem)
    flash(f"Saved as revision {number}.", "success")
    return redirect(url_for(".edit", story_id=found.public_id), 303)


@desk.post("/<story_id>/leave")
def leave(story_id: str) -> ResponseReturnValue:
    """Forget what this person had not saved: the story is as it was saved last."""
    found = our_story(story_id)
    services.leave_unsaved(found.id, current_person().actor)
    flash("Left. This is the story as it was saved last.", "success")
    return redirect(url_for(".edit", story_id=found.public_id), 303)


def _not_yet(public: str, problem: Unfinished) -> ResponseReturnValue:
    flash(f"Not saved yet. {next(iter(problem.problems.values()))}", "danger")
    return redirect(url_for(".edit", story_id=public, mine=1), 303)
