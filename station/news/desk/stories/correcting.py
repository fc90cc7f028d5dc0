"""Correcting a story: written, looked at as readers will see it, then published for good."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person
from station.core import clock
from station.core.ids import new_id
from station.licensee.queries import station_by_id, the_licensee
from station.news import services
from station.news.desk.stories.pages import desk, record
from station.news.forms import CorrectionForm
from station.news.policies.releasing import Refusal, Standing
from station.news.policies.releasing.corrections import correction_block, correction_html
from station.news.queries import StoryRecord

SURE = "sure"  # the button under the preview


@desk.route("/<public_id>/correct", methods=["GET", "POST"])
def correct(public_id: str) -> ResponseReturnValue:
    """A correction of a story of our own that is out. It is shown first, and kept when it is sent again."""
    found = record(public_id)
    if not found.is_ours or found.standing is not Standing.OUT:
        abort(404)
    form = CorrectionForm()
    form.key.data = form.key.data or new_id().hex
    if not form.is_submitted():
        return _page(found, form)
    if not form.validate():
        return _page(found, form), 422
    return _publish(found, form) if SURE in request.form else _page(found, form, preview=True)


def _publish(found: StoryRecord, form: CorrectionForm) -> ResponseReturnValue:
    try:
        new = services.correct(found.id, form.text.data or "", current_person().actor, key=form.key.data)
    except Refusal as problem:
        return _page(found, form.refuse(problem)), 422
    done = "The correction is published, on the page and in the log." if new else "It was published already."
    flash(done, "success")
    return redirect(url_for(".story", public_id=found.public_id), 303)


def _page(found: StoryRecord, form: CorrectionForm, *, preview: bool = False) -> str:
    html = correction_html(form.text.data or "") if preview else ""
    return render_template(
        "news/desk/correct.html",
        found=found,
        of=station_by_id(found.station_id),
        form=form,
        shown=correction_block(html, clock.now(), the_licensee().timezone) if html else None,
    )
