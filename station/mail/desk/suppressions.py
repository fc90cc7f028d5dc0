"""Addresses that are not written to, at the desk: why, since when, and writing to one again."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.accounts.queries import tell
from station.core.events import Subject, events_of
from station.core.ids import public_id
from station.mail import queries, services
from station.mail.desk.forms import LiftForm, SuppressForm
from station.mail.models import SuppressionReason
from station.members import queries as members

suppressions_desk = Blueprint("suppressions_desk", __name__, url_prefix="/desk/suppressions")
guard(suppressions_desk, Role.DEVELOPMENT)


@suppressions_desk.get("")
def index() -> str:
    query, wanted = request.args.get("q", "").strip()[:254], request.args.get("reason", "")
    reason = SuppressionReason(wanted) if wanted in list(SuppressionReason) else None
    lifted = request.args.get("lifted") == "yes"
    page = queries.suppressions(query, reason, lifted, request.args.get("before", ""))
    counts = queries.suppression_counts()
    shown = {"page": page, "query": query, "reason": reason, "lifted": lifted, "counts": counts}
    may = current_person().may(Role.DEVELOPMENT)
    return render_template("mail/returning/suppressions.html", reasons=list(SuppressionReason), may=may, **shown)


@suppressions_desk.route("/add", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
def add() -> ResponseReturnValue:
    form = SuppressForm(address=request.args.get("address", "")[:254])
    if form.validate_on_submit():
        reason = SuppressionReason(form.reason.data)
        fresh = services.suppress(form.address.data or "", reason, current_person().actor, form.why.data or "")
        flash("Added." if fresh else "This address was on the list for that already.", "success")
        return redirect(url_for(".index", q=form.address.data), 303)
    return render_template("mail/returning/add.html", form=form), 422 if form.errors else 200


@suppressions_desk.get("/<suppression_id>")
def show(suppression_id: str) -> str:
    row = _found(suppression_id)
    history = [each for each in queries.suppressions_of([row.address]) if each.id != row.id]
    return render_template(
        "mail/returning/suppression.html",
        row=row,
        history=history,
        bounces=queries.bounces_of(row.address),
        happened=tell(events_of(Subject("suppression", row.id))),
        may=current_person().may(Role.DEVELOPMENT),
        **_links(row),
    )


@suppressions_desk.route("/<suppression_id>/lift", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
def lift(suppression_id: str) -> ResponseReturnValue:
    row, form = _found(suppression_id), LiftForm()
    if row.lifted_at:
        return redirect(url_for(".show", suppression_id=row.public_id), 303)
    if form.validate_on_submit():
        services.lift(row.id, form.why.data or "", current_person().actor)
        flash(f"{row.address} is written to again.", "success")
        return redirect(url_for(".show", suppression_id=row.public_id), 303)
    return render_template("mail/returning/lift.html", row=row, form=form), 422 if form.errors else 200


def _found(suppression_id: str) -> queries.SuppressionView:
    return queries.suppression(suppression_id) or abort(404)


def _links(row: queries.SuppressionView) -> dict[str, str | None]:
    """The pages of the member who has the address, of the message, and of what came back."""
    member_id = members.member_id_of(row.address)
    return {
        "member": public_id(members.PREFIX, member_id) if member_id else None,
        "mail": public_id(queries.PREFIX, row.mail_id) if row.mail_id else None,
        "inbound": public_id(queries.INBOUND, row.inbound_id) if row.inbound_id else None,
    }
