"""Mail at the desk: what was sent, what waits, what came back."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.accounts.queries import tell
from station.core import csp
from station.core.events import Subject, events_of
from station.core.ids import public_id
from station.mail import queries, services
from station.mail.models import MailState

desk = Blueprint("mail_desk", __name__, url_prefix="/desk/mail")
guard(desk, Role.DEVELOPMENT)

# The message itself: nothing runs and nothing is fetched, and only our own page may frame it.
MESSAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


@desk.get("")
def index() -> str:
    wanted = request.args.get("state", "")
    state = MailState(wanted) if wanted in list(MailState) else None
    page = queries.messages(state, request.args.get("before", ""))
    return render_template("mail/index.html", page=page, state=state, counts=queries.counts(), states=list(MailState))


@desk.get("/<mail_id>")
def show(mail_id: str) -> Response:
    mail = _found(mail_id)
    happened = tell(events_of(Subject("mail", mail.id)))
    may = current_person().may(Role.DEVELOPMENT) and not mail.private
    member = public_id("member", mail.member_id) if mail.member_id else None
    response = make_response(
        render_template("mail/show.html", mail=mail, member=member, happened=happened, may_resend=may)
    )
    csp.widen(response, {"frame-src": ("'self'",)})
    return response


@desk.get("/<mail_id>/message")
def message(mail_id: str) -> Response:
    mail = _found(mail_id)
    if mail.private:
        abort(404)
    response = Response(mail.html, mimetype="text/html")
    response.headers[csp.HEADER] = MESSAGE_POLICY
    response.headers["X-Fragment"] = "mail"  # not a page of ours: the house rules for pages do not apply
    return response


@desk.post("/<mail_id>/send-again")
@only(Role.DEVELOPMENT)
def send_again(mail_id: str) -> ResponseReturnValue:
    mail = _found(mail_id)
    if mail.private:
        abort(404)
    copy_id = services.send_again(mail.id, current_person().actor)
    flash("The message is queued once more.", "success")
    return redirect(url_for(".show", mail_id=public_id(queries.PREFIX, copy_id)), 303)


def _found(mail_id: str) -> queries.MailView:
    return queries.message(mail_id) or abort(404)
