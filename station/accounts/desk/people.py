"""Who works at the desk: the list, invitations, roles, lost second factors, sessions."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts import queries, services
from station.accounts.forms import InviteForm, RolesForm
from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.accounts.services import EmailTaken, LastAdmin
from station.accounts.sudo import sudo
from station.core import clock, events
from station.core.actor import Actor
from station.core.events import Subject
from station.core.ids import public_id, row_id

people = Blueprint("staff_desk", __name__, url_prefix="/desk/staff")
guard(people, Role.ADMIN)


@people.get("")
def index() -> str:
    rows = [(person, url_for(".show", staff_id=public_id("staff", person.id))) for person in queries.staff_list()]
    return render_template("accounts/staff.html", rows=rows)


@people.route("/invite", methods=["GET", "POST"])
@only(Role.ADMIN)
@sudo
def invite() -> ResponseReturnValue:
    form = InviteForm()
    if form.validate_on_submit():
        try:
            services.invite(form.name.data or "", form.email.data or "", form.roles.roles, current_person().actor)
        except EmailTaken as error:
            form.email.errors = [str(error)]
        else:
            flash(f"{form.name.data} gets a link by mail. It is good for three days.", "success")
            return redirect(url_for(".index"), 303)
    return render_template("accounts/invite.html", form=form), 422 if form.errors else 200


@people.get("/<staff_id>")
def show(staff_id: str) -> str:
    return _page(_found(staff_id))


@people.post("/<staff_id>/roles")
@sudo
def roles(staff_id: str) -> ResponseReturnValue:
    person, form = _found(staff_id), RolesForm()
    if not form.validate_on_submit():
        return _page(person, form), 422
    try:
        services.set_roles(person.id, form.roles.roles, current_person().actor)
    except LastAdmin as error:
        form.roles.errors = [str(error)]
        return _page(person, form), 422
    return _back(staff_id, f"{person.name} has the new roles, and signs in again to use them.")


@people.post("/<staff_id>/disable")
@sudo
def disable(staff_id: str) -> ResponseReturnValue:
    return _change(staff_id, services.disable_staff, "{name} is signed out everywhere and cannot sign in.")


@people.post("/<staff_id>/enable")
@sudo
def enable(staff_id: str) -> ResponseReturnValue:
    return _change(staff_id, services.enable_staff, "{name} can sign in again.")


@people.post("/<staff_id>/second-factor")
@sudo
def second_factor(staff_id: str) -> ResponseReturnValue:
    return _change(staff_id, services.reset_second_factor, "{name} gets a link by mail for a new second factor.")


@people.post("/<staff_id>/start-over")
@sudo
def start_over(staff_id: str) -> ResponseReturnValue:
    return _change(staff_id, services.start_over, "{name} gets a link by mail to choose a new password.")


@people.post("/<staff_id>/sessions/<uuid:session_id>/end")
def end_session(staff_id: str, session_id: UUID) -> ResponseReturnValue:
    if not services.revoke_session(session_id, _found(staff_id).id, current_person().actor):
        abort(404)
    return _back(staff_id, "That session is signed out.")


def _change(staff_id: str, change: Callable[[UUID, Actor], None], said: str) -> ResponseReturnValue:
    person = _found(staff_id)
    try:
        change(person.id, current_person().actor)
    except LastAdmin as error:
        form = RolesForm(formdata=None, roles=[role.value for role in person.roles])
        form.form_errors.append(str(error))
        return _page(person, form), 422
    return _back(staff_id, said.format(name=person.name))


def _back(staff_id: str, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".show", staff_id=staff_id), 303)


def _page(person: queries.StaffView, form: RolesForm | None = None) -> str:
    form = form or RolesForm(formdata=None, roles=[role.value for role in person.roles])
    happened = queries.tell(events.events_of(Subject("staff", person.id), limit=20))
    return render_template(
        "accounts/staff_member.html",
        member=person,
        staff_id=public_id("staff", person.id),
        form=form,
        happened=happened,
        sessions=queries.sessions_of(person.id, clock.now()),
    )


def _found(staff_id: str) -> queries.StaffView:
    found = row_id("staff", staff_id)
    person = queries.staff_member(found) if found else None
    return person or abort(404)
