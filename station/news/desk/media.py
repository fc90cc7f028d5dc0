"""Pictures and recordings at the desk: sending one in, what is said of it, another file in its place, its end."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard, signed_in_person
from station.accounts.models import Role
from station.core import clock, csp
from station.core.ids import public_id, row_id
from station.licensee.queries import the_licensee
from station.news.forms import PictureForm, SoundForm, UploadForm
from station.news.forms.media import ACCEPT
from station.news.forms.seen import typed_for_removed
from station.news.models import MediaKind, MediaState
from station.news.policies.media import LARGEST_REQUEST, NotTaken
from station.news.policies.seen import mark
from station.news.queries import media as queries
from station.news.queries.media import MediaView
from station.news.services import media as services
from station.news.services.media import WORDS, StillUsed

desk = Blueprint("media_desk", __name__, url_prefix="/desk/media")
guard(desk, Role.NEWS)

PAGE = 48
TAKING = {"media_desk.upload", "media_desk.replace"}
FULL = "This server could not store it ({}). Nothing was changed. Tell whoever looks after it, then send it again."
TOO_LARGE = "That is more than this server takes at once. Save it smaller and send it again."
log = logging.getLogger(__name__)


@desk.url_value_preprocessor
def _large(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let files through here and nowhere else, and only for somebody who is signed in: before anything is read."""
    if request.method == "POST" and endpoint in TAKING and _may_send():
        request.max_content_length = LARGEST_REQUEST


@desk.errorhandler(413)
def _too_large(_error: Exception) -> ResponseReturnValue:
    if not _may_send():  # nothing was read, so nobody was asked who they are
        return redirect(url_for("accounts.sign_in"), 303)
    form = UploadForm(formdata=None)
    form.file.errors = [TOO_LARGE]
    return _upload_page(form, 413)


@desk.get("")
def index() -> str:
    """What was sent in: `?q=` words, `?kind=` image or audio, `?state=`, `?before=` the last one that was shown."""
    asked = {name: request.args.get(name, "") for name in ("q", "kind", "state", "before")}
    found = queries.library(asked["kind"], asked["q"], PAGE + 1, asked["before"], asked["state"])
    more = found[PAGE - 1].public_id if len(found) > PAGE else ""
    return render_template(
        "news/desk/media.html",
        found=found[:PAGE],
        more=more,
        asked=asked,
        today=_today(),
        kinds=MediaKind,
        states=MediaState,
    )


@desk.route("/upload", methods=["GET", "POST"])
def upload() -> ResponseReturnValue:
    """Send a file in."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _upload_page(form, 422 if form.errors else 200)
    try:
        done = services.receive(form.file.data.filename or "", form.file.data.stream, current_person().actor)
    except (NotTaken, OSError) as problem:
        return _upload_page(form, _said(form, problem))
    if done.known:
        flash("This very file is here already: this is it. Nothing was added.", "info")
    else:
        flash("Received. A worker is opening it; meanwhile, say what it is.", "success")
    return redirect(url_for(".show", media_id=public_id("media", done.media_id)), 303)


@desk.route("/<media_id>", methods=["GET", "POST"])
def show(media_id: str) -> ResponseReturnValue:
    """One of them, and what is said of it."""
    found = queries.media(media_id)
    if found is None:
        return _deleted(media_id)
    form = _form(found)
    if form.validate_on_submit():
        with form.told_of_others(""):
            services.describe(found.id, form.words(), current_person().actor, seen=form.mark_of_page)
            flash("Kept.", "success")
            return redirect(url_for(".show", media_id=media_id), 303)
        found = queries.media(media_id)
    return _page(found, form, UploadForm(formdata=None), form.status) if found else _gone_page(form)


@desk.post("/<media_id>/replace")
def replace(media_id: str) -> ResponseReturnValue:
    """Put another file in its place; stories that hold it get the new one."""
    found, form = _media(media_id), UploadForm()
    if not form.validate_on_submit():
        return _page(found, _form(found, sent=False), form, 422)
    try:
        fresh = _replace(found.id, form)
    except (NotTaken, OSError) as problem:
        status = _said(form, problem)
        return _page(found, _form(found, sent=False), form, status)
    flash("Received. Stories show it as soon as it is ready." if fresh else "This is the very same file.", "success")
    return redirect(url_for(".show", media_id=media_id), 303)


@desk.post("/<media_id>/delete")
def delete(media_id: str) -> ResponseReturnValue:
    """Take it away, unless a story holds it."""
    found = _media(media_id)
    try:
        services.delete(found.id, current_person().actor)
    except StillUsed as used:
        flash(f"It was not deleted: it stands in {used}. Take it out there first.", "danger")
        return redirect(url_for(".show", media_id=media_id), 303)
    flash(f"{found.name} is deleted.", "success")
    return redirect(url_for(".index"), 303)


def _may_send() -> bool:
    person = signed_in_person()
    return person is not None and person.may(Role.NEWS, Role.ADMIN, reading=False)


def _replace(media_id: UUID, form: UploadForm) -> bool:
    sent = form.file.data
    return services.replace(media_id, sent.filename or "", sent.stream, current_person().actor)


def _said(form: UploadForm, problem: Exception) -> int:
    """Write into the form why a file was not taken; returns the status to answer with."""
    if isinstance(problem, NotTaken):
        form.file.errors = [str(problem)]
        return 422
    assert isinstance(problem, OSError)  # noqa: S101  # the two are all that is caught
    log.error("media: %s", problem)
    form.file.errors = [FULL.format(problem.strerror or "disk trouble")]
    return 503


def _form(found: MediaView, sent: bool = True) -> SoundForm:
    """The form of its kind, filled in; with what was sent, unless that was another form's."""
    kind = PictureForm if found.kind is MediaKind.IMAGE else SoundForm
    seen = mark(found, WORDS)
    return kind(obj=found, seen=seen) if sent else kind(formdata=None, obj=found, seen=seen)


def _deleted(text: str) -> ResponseReturnValue:
    """What was typed for a picture or a recording that somebody else deleted meanwhile; 404 for what is no id."""
    kind = PictureForm if "alt" in request.form else SoundForm
    form = typed_for_removed(kind) if row_id(queries.PREFIX, text) else abort(404)
    form.removed("")
    return _gone_page(form)


def _gone_page(form: SoundForm) -> ResponseReturnValue:
    page = render_template("news/desk/media_gone.html", form=form, is_image=isinstance(form, PictureForm))
    return page, form.status


def _upload_page(form: UploadForm, status: int) -> ResponseReturnValue:
    return render_template("news/desk/media_upload.html", form=form, accept=ACCEPT), status


def _page(found: MediaView, form: SoundForm, replacing: UploadForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "news/desk/media_one.html",
        found=found,
        form=form,
        replacing=replacing,
        accept=ACCEPT,
        used=queries.where_used(found.id),
        today=_today(),
    )
    response = make_response(page, status)
    csp.widen(response, csp.OWN_SCRIPTS)
    return response


def _media(text: str) -> MediaView:
    return queries.media(text) or abort(404)


def _today() -> Any:
    return clock.today(the_licensee().timezone)
