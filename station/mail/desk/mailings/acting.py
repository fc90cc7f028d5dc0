"""What moves a mailing: checking, freezing, letting go, pausing, stopping."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, only
from station.accounts.models import Role
from station.accounts.sudo import sudo
from station.core.actor import Actor
from station.core.runtime import settings
from station.mail.desk.mailings.blueprint import back_to, desk, found, refused
from station.mail.desk.mailings.forms import SendForm, StopForm
from station.mail.models import MailingState
from station.mail.queries import mailings as queries
from station.mail.services import mailings as services
from station.mail.services.mailings import MailingRefused


@desk.post("/<mailing_id>/check")
@only(Role.DEVELOPMENT)
def check(mailing_id: str) -> ResponseReturnValue:
    view = found(mailing_id)
    if problems := services.check(view.id, current_person().actor):
        faults = f"{len(problems)} thing{'s' if len(problems) != 1 else ''}"
        flash(f"The checks found {faults} to mend first: they stand below.", "error")
    else:
        flash("Every check is passed. The list can be frozen.", "success")
    return back_to(view)


@desk.post("/<mailing_id>/freeze")
@only(Role.DEVELOPMENT)
def freeze(mailing_id: str) -> ResponseReturnValue:
    return _done(mailing_id, services.freeze, "The list is being written down. Nothing is sent yet.")


@desk.post("/<mailing_id>/open")
@only(Role.DEVELOPMENT)
def thaw(mailing_id: str) -> ResponseReturnValue:
    return _done(mailing_id, services.thaw, "It is a draft again, and its list will be written down anew.")


@desk.route("/<mailing_id>/send", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
@sudo
def send(mailing_id: str) -> ResponseReturnValue:
    """The last page before it goes: who, how many, what."""
    view = found(mailing_id)
    if view.state is not MailingState.FROZEN:
        return back_to(view)
    results = queries.results(view.id)
    form = SendForm(results.getting, settings().mailing_alone)
    if form.validate_on_submit():
        return _begun(mailing_id, (form.reason.data or "").strip())
    subjects = {each: queries.sample(words, view.topic, each).subject for each, words in view.words.items()}
    shown = {"mailing": view, "results": results, "form": form, "subjects": subjects}
    return render_template("mail/mailings/send.html", **shown), 422 if form.errors else 200


@desk.post("/<mailing_id>/pause")
@only(Role.DEVELOPMENT)
def pause(mailing_id: str) -> ResponseReturnValue:
    return _done(mailing_id, services.pause, "Paused. What is in a mail server's hands at this moment still goes.")


@desk.post("/<mailing_id>/resume")
@only(Role.DEVELOPMENT)
def resume(mailing_id: str) -> ResponseReturnValue:
    return _done(mailing_id, services.resume, "It goes on where it stood.")


@desk.route("/<mailing_id>/stop", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
def stop(mailing_id: str) -> ResponseReturnValue:
    """Call it off for good."""
    view, form = found(mailing_id), StopForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        return _done(mailing_id, lambda each, actor: services.stop(each, reason, actor), "It is stopped for good.")
    left = queries.results(view.id).left
    page = render_template("mail/mailings/stop.html", mailing=view, form=form, left=left)
    return page, 422 if form.errors else 200


def _begun(mailing_id: str, reason: str) -> ResponseReturnValue:
    view = found(mailing_id)
    try:
        at_once = services.begin(view.id, reason, current_person().actor)
    except MailingRefused as why:
        return refused(view, why)
    flash("It goes out now." if at_once else "A second person is asked: it goes once they say yes.", "success")
    return back_to(view)


def _done(mailing_id: str, act: Callable[[UUID, Actor], None], said: str) -> ResponseReturnValue:
    view = found(mailing_id)
    try:
        act(view.id, current_person().actor)
    except MailingRefused as why:
        return refused(view, why)
    flash(said, "success")
    return back_to(view)
