"""What waits for a second person, and what was decided."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts import queries, services
from station.accounts.forms import DecisionForm
from station.accounts.guards import current_person, signed_in
from station.accounts.services import AccountsError
from station.accounts.sudo import sudo
from station.core.ids import row_id

approvals = Blueprint("approvals_desk", __name__, url_prefix="/desk/approvals")
signed_in(approvals, "everyone sees what their roles decide, and what they asked for themselves")


@approvals.get("")
def index() -> str:
    ended = request.args.get("state") == "ended"
    rows = queries.approvals(current_person(), waiting=not ended)
    return render_template("accounts/approvals.html", rows=rows, ended=ended)


@approvals.get("/<approval_id>")
def show(approval_id: str) -> str:
    return _page(_found(approval_id), DecisionForm())


@approvals.post("/<approval_id>/decide")
@sudo
def decide(approval_id: str) -> ResponseReturnValue:
    found, form = _found(approval_id), DecisionForm()
    if form.validate_on_submit():
        try:
            services.decide(found.id, form.decision.data == "yes", form.note.data or "", current_person())
        except AccountsError as error:
            form.form_errors.append(str(error))
        else:
            flash(f"{'Approved' if form.decision.data == 'yes' else 'Refused'}: {found.asks}", "success")
            return redirect(url_for(".index"), 303)
    return _page(_found(approval_id), form), 422


@approvals.post("/<approval_id>/withdraw")
def withdraw(approval_id: str) -> ResponseReturnValue:
    found, form = _found(approval_id), DecisionForm(formdata=None)
    try:
        services.withdraw(found.id, current_person())
    except AccountsError as error:
        form.form_errors.append(str(error))
        return _page(_found(approval_id), form), 422
    flash(f"Withdrawn: {found.asks}", "success")
    return redirect(url_for(".index"), 303)


def _page(found: queries.ApprovalView, form: DecisionForm) -> str:
    person = current_person()
    mine = found.asked_by == person.id
    return render_template(
        "accounts/approval.html",
        asked=found,
        form=form,
        mine=mine,
        may=not mine and person.may(found.kind.role),
        deciders=queries.deciders(found.kind, found.asked_by) if found.waits else [],
    )


def _found(public: str) -> queries.ApprovalView:
    """The request, if this person may see it; 404 otherwise."""
    known = row_id(queries.APPROVAL_PREFIX, public)
    return (queries.approval(known, current_person()) if known else None) or abort(404)
