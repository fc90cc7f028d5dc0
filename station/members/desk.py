"""Members at the desk: search, the list, the record with its panels, and the edit of who someone is."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.accounts.queries import tell
from station.core.events import Subject, events_of
from station.members import queries, services
from station.members.forms import MemberForm
from station.members.places import PANELS

desk = Blueprint("members_desk", __name__, url_prefix="/desk/members")
guard(desk, Role.DEVELOPMENT)


@desk.get("")
def index() -> str:
    query = request.args.get("q", "").strip()[:200]
    if query:
        page = queries.MemberPage(queries.find_members(query), None)
    else:
        page = queries.members_by_name(request.args.get("after", ""))
    return render_template("members/index.html", page=page, query=query)


@desk.get("/<member_id>")
def show(member_id: str) -> str:
    member, person = _found(member_id), current_person()
    panels = [(panel, panel.load(member.id)) for panel in PANELS if person.may(*panel.roles, reading=True)]
    happened = tell(events_of(Subject("member", member.id)))
    return render_template(
        "members/show.html", member=member, panels=panels, happened=happened, may_edit=person.may(Role.DEVELOPMENT)
    )


@desk.route("/<member_id>/edit", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
def edit(member_id: str) -> ResponseReturnValue:
    member = _found(member_id)
    form = MemberForm.of(member)
    if form.validate_on_submit() and _changed(member, form):
        flash("Saved.", "success")
        return redirect(url_for(".show", member_id=member.public_id), 303)
    return render_template("members/edit.html", member=member, form=form), 422 if form.errors else 200


def _changed(member: queries.MemberView, form: MemberForm) -> bool:
    """Save the form; False with a message at the field when another member has the address."""
    try:
        services.change_member(
            member.id,
            form.text("given_name"),
            form.text("family_name"),
            form.text("name"),
            form.text("email"),
            current_person().actor,
            form.text("language"),
        )
    except services.AddressTaken as error:
        other = queries.member(error.member_id)
        name = other.name if other else "somebody else"
        form.email.errors = [f"{name} has this address already. Open that record, or type another address."]
        return False
    return True


def _found(member_id: str) -> queries.MemberView:
    return queries.member_by_public_id(member_id) or abort(404)
