"""Mail at the desk: what was sent, what waits, what came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.accounts.queries import tell
from station.core import csp
from station.core.events import Subject, events_of
from station.core.ids import public_id
from station.mail import queries, services
from station.mail.models import MailState, Stream
from station.mail.queries import MailFilter

desk = Blueprint("mail_desk", __name__, url_prefix="/desk/mail")
guard(desk, Role.DEVELOPMENT)

# The message itself: nothing runs and nothing is fetched, and only our own page may frame it.
MESSAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


@desk.get("")
def index() -> str:
    wanted = _wanted(request.args)
    shown = {"page": queries.messages(wanted, request.args.get("before", "")), "wanted": wanted}
    said = {name: value for name, value in request.args.items() if value and name != "before"}
    lists = {"states": list(MailState), "streams": list(Stream), "kinds": queries.kinds(wanted.kind)}
    numbers = {"counts": queries.counts(), "unsure": queries.unsure()}
    return render_template("mail/index.html", said=said, **shown, **lists, **numbers)


@desk.get("/<mail_id>")
def show(mail_id: str) -> Response:
    mail = _found(mail_id)
    happened = tell(events_of(Subject("mail", mail.id)))
    here = current_person().may(Role.DEVELOPMENT)
    may = here and not mail.private and not mail.stream.is_commercial
    member = public_id("member", mail.member_id) if mail.member_id else None
    named = {"kind": queries.kind_name(mail.kind), "topic": queries.desk_name(mail.topic) if mail.topic else ""}
    shown = {"mail": mail, "member": member, "happened": happened, "bounces": queries.bounces_about(mail.id), **named}
    response = make_response(render_template("mail/show.html", may_resend=may, may=here, **shown))
    csp.widen(response, {"frame-src": ("'self'",)})
    return response


@desk.get("/<mail_id>/message")
def message(mail_id: str) -> Response:
    response = Response(_found(mail_id).html, mimetype="text/html")
    response.headers[csp.HEADER] = MESSAGE_POLICY
    response.headers["X-Fragment"] = "mail"  # not a page of ours: the house rules for pages do not apply
    return response


@desk.post("/<mail_id>/send-again")
@only(Role.DEVELOPMENT)
def send_again(mail_id: str) -> ResponseReturnValue:
    mail = _found(mail_id)
    if mail.private or mail.stream.is_commercial:
        abort(404)
    copy_id = services.send_again(mail.id, current_person().actor)
    flash("The message is queued once more.", "success")
    return redirect(url_for(".show", mail_id=public_id(queries.PREFIX, copy_id)), 303)


@desk.post("/<mail_id>/call-off")
@only(Role.DEVELOPMENT)
def call_off(mail_id: str) -> ResponseReturnValue:
    """End one message before it is handed over."""
    if services.abort(_found(mail_id).id, "by hand at the desk", current_person().actor):
        flash("The message is called off.", "success")
    else:
        flash("It is too late: the message has been handed over.", "danger")
    return redirect(url_for(".show", mail_id=mail_id), 303)


@desk.post("/<mail_id>/arrived")
@only(Role.DEVELOPMENT)
def arrived(mail_id: str) -> ResponseReturnValue:
    """Somebody found out that a message of which nobody knew had arrived."""
    if services.confirm(_found(mail_id).id, current_person().actor):
        flash("The message counts as sent.", "success")
    return redirect(url_for(".show", mail_id=mail_id), 303)


def _wanted(said: Mapping[str, str]) -> MailFilter:
    """The filter that an address asks for; what it does not know asks for nothing."""
    state, stream = said.get("state", ""), said.get("stream", "")
    return MailFilter(
        MailState(state) if state in list(MailState) else None,
        Stream(stream) if stream in list(Stream) else None,
        said.get("kind", "")[:60],
        said.get("address", "").strip()[:320],
        _day(said.get("since", "")),
        _day(said.get("until", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _found(mail_id: str) -> queries.MailView:
    return queries.message(mail_id) or abort(404)
