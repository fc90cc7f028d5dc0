"""Work items: what waits for a person, by role."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts import queries, services
from station.accounts.forms import NoteForm
from station.accounts.guards import current_person, signed_in
from station.accounts.models import Role
from station.core.ids import row_id

work = Blueprint("work_desk", __name__, url_prefix="/desk/work")
signed_in(work, "everyone sees the queues of their own roles")


@work.get("")
def index() -> str:
    person, done = current_person(), request.args.get("state") == "done"
    roles = [role for role in Role if person.may(role, reading=True)]
    items = queries.work_items(roles, still_open=not done)
    approvals = [] if done else queries.approvals(person, waiting=True)
    return render_template("accounts/work.html", items=items, done=done, approvals=approvals)


@work.get("/<item_id>")
def show(item_id: str) -> str:
    item = _item(item_id, reading=True)
    return render_template("accounts/work_item.html", item=item, form=NoteForm(), may=current_person().may(item.role))


@work.post("/<item_id>/close")
def close(item_id: str) -> ResponseReturnValue:
    item, form = _item(item_id, reading=False), NoteForm()
    if not form.validate_on_submit():
        return render_template("accounts/work_item.html", item=item, form=form, may=True), 422
    closed = services.close_work_item(item.id, form.note.data or "", current_person().actor)
    flash(f"Done: {item.title}" if closed else "Somebody else has closed this already.", "success")
    return redirect(url_for(".index"), 303)


def _item(public: str, *, reading: bool) -> queries.WorkItemView:
    """The item, if this person's roles reach its queue; 404 otherwise."""
    found = row_id("work", public)
    item = queries.work_item(found) if found else None
    if item is None or not current_person().may(item.role, reading=reading):
        abort(404)
    return item
