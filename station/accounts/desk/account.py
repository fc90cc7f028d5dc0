"""One's own account: where one is signed in, recovery codes, a new second factor."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts import queries, services
from station.accounts.guards import current_person, current_session, signed_in
from station.core import clock

account = Blueprint("account_desk", __name__, url_prefix="/desk/account")
signed_in(account, "everyone's own account")


@account.get("")
def show() -> str:
    here = current_session()
    sessions = queries.sessions_of(current_person().id, clock.now())
    return render_template("accounts/account.html", sessions=sessions, here=here.id if here else None)


@account.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> ResponseReturnValue:
    person = current_person()
    if not services.revoke_session(session_id, person.id, person.actor):
        abort(404)
    flash("That session is signed out.", "success")
    return redirect(url_for(".show"), 303)


@account.post("/recovery-codes")
def recovery_codes() -> str:
    person = current_person()
    codes = services.renew_recovery_codes(person.id, person.actor)
    return render_template("accounts/recovery_codes.html", codes=codes)


@account.post("/second-factor")
def second_factor() -> ResponseReturnValue:
    person = current_person()
    link = services.hand_out_link(person.id, "second_factor", person.actor)
    return redirect(url_for("accounts.join", token=link.rpartition("/")[2]), 303)
