"""One's own account: where one is signed in, passkeys, recovery codes, a new second factor."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts import queries, services
from station.accounts.challenges import pose, posed
from station.accounts.forms import AddPasskeyForm
from station.accounts.guards import current_person, current_session, signed_in
from station.accounts.services import LastFactor, PasskeyRefused
from station.accounts.sudo import is_confirmed, sudo
from station.core import clock, csp

account = Blueprint("account_desk", __name__, url_prefix="/desk/account")
signed_in(account, "everyone's own account")


@account.get("")
def show() -> Response:
    return _page()


@account.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> ResponseReturnValue:
    person = current_person()
    if not services.revoke_session(session_id, person.id, person.actor):
        abort(404)
    flash("That session is signed out.", "success")
    return redirect(url_for(".show"), 303)


@account.post("/recovery-codes")
@sudo
def recovery_codes() -> str:
    person = current_person()
    codes = services.renew_recovery_codes(person.id, person.actor)
    return render_template("accounts/recovery_codes.html", codes=codes)


@account.post("/second-factor")
@sudo
def second_factor() -> ResponseReturnValue:
    person = current_person()
    link = services.hand_out_link(person.id, "second_factor", person.actor)
    return redirect(url_for("accounts.join", token=link.rpartition("/")[2]), 303)


@account.get("/passkeys/options")
def passkey_options() -> ResponseReturnValue:
    """What the script of this page asks the browser for, as JSON; its challenge goes into the cookie."""
    return queries.passkey_creation(current_person().id, pose("add")) or abort(404)


@account.post("/passkeys")
@sudo
def add_passkey() -> ResponseReturnValue:
    person, form = current_person(), AddPasskeyForm()
    if not form.validate_on_submit():
        return _page(form)
    try:
        services.add_passkey(person.id, form.name.data or "", posed("add"), form.answer.data or "", person.actor)
    except PasskeyRefused as error:
        form.form_errors.append(str(error))
        return _page(form)
    flash("The passkey is added. From now on it signs you in by itself.", "success")
    return redirect(url_for(".show"), 303)


@account.post("/passkeys/<uuid:passkey_id>/remove")
@sudo
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    person = current_person()
    try:
        name = services.remove_passkey(passkey_id, person.id, person.actor) or abort(404)
    except LastFactor as error:
        form = AddPasskeyForm(formdata=None)
        form.form_errors.append(str(error))
        return _page(form)
    flash(f"The passkey “{name}” is removed. Delete it on its device as well.", "success")
    return redirect(url_for(".show"), 303)


def _page(form: AddPasskeyForm | None = None) -> Response:
    person, here, form = current_person(), current_session(), form or AddPasskeyForm(formdata=None)
    works = queries.passkeys_work()
    page = render_template(
        "accounts/account.html",
        sessions=queries.sessions_of(person.id, clock.now()),
        here=here.id if here else None,
        passkeys=queries.passkeys_of(person.id),
        passkeys_work=works,
        confirmed=is_confirmed(),
        form=form,
    )
    response = make_response(page, 422 if form.errors else 200)
    if works:
        csp.widen(response, csp.OWN_SCRIPTS)
    return response
