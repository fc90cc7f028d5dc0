"""The mail room: what nobody knows, how fast each provider is written to, and the emergency stop."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.accounts.sudo import sudo
from station.core.words import counted
from station.mail import queries, services
from station.mail.models import MailState, StopScope, Stream

room = Blueprint("mail_room", __name__, url_prefix="/desk/mail/room")
guard(room, Role.DEVELOPMENT)
SCOPES = {StopScope.APPEALS.value: "Appeals only: receipts and notices go on", StopScope.ALL.value: "All mail"}


class StopForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What to stop, and why."""

    scope = SelectField("What to stop", choices=SCOPES)
    reason = StringField(
        "Reason",
        [
            DataRequired("Say why, for whoever finds the stop."),
            Length(max=300, message="Use at most 300 characters."),
        ],
    )


@room.get("")
def index() -> str:
    return render_template("mail/room.html", stops=queries.stops(), form=StopForm(), may=_may(), **_numbers())


@room.route("/stop", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
@sudo
def stop() -> ResponseReturnValue:
    """Stop appeals or all mail, before the next hand-over in every process."""
    form = StopForm()
    if form.validate_on_submit():
        services.stop(StopScope(form.scope.data), form.reason.data or "", current_person().actor)
        flash("Stopped. Nothing of it is handed over any more until somebody resumes it.", "success")
        return redirect(url_for(".index"), 303)
    waiting = {name: queries.waiting(name) for name in Stream}
    return render_template("mail/stop.html", form=form, waiting=waiting), 422 if form.errors else 200


@room.post("/resume")
@only(Role.DEVELOPMENT)
@sudo
def resume() -> ResponseReturnValue:
    scope = request.form.get("scope", "")
    if scope in list(StopScope) and services.resume(StopScope(scope), current_person().actor):
        flash("Mail goes out again; what waited is on its way.", "success")
    else:
        flash("That was resumed already.", "info")
    return redirect(url_for(".index"), 303)


@room.post("/call-off")
@only(Role.DEVELOPMENT)
@sudo
def call_off() -> ResponseReturnValue:
    """End the appeals that a stop holds up: they will not go out when it is resumed."""
    held = queries.stop_of(Stream.APPEALS)
    if held is None:
        flash("Nothing is stopped: stop appeals first, then call off what waits.", "danger")
        return redirect(url_for(".index"), 303)
    many = services.abort_waiting(Stream.APPEALS, f"stopped: {held.reason}", current_person().actor)
    flash(f"{counted(many, 'appeal is', 'appeals are')} called off.", "success")
    return redirect(url_for("mail_desk.index", state=MailState.ABORTED.value), 303)


def _numbers() -> dict[str, object]:
    waiting = queries.waiting(Stream.APPEALS)
    return {"unsure": queries.unsure(), "backlog": queries.backlog(), "appeals": waiting}


def _may() -> bool:
    return current_person().may(Role.DEVELOPMENT)
