"""What banks dispute: the list with its deadlines, one dispute with its evidence, and our answer to the bank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.accounts.sudo import sudo
from station.core import clock
from station.core.ids import row_id
from station.payments import queries, services
from station.payments.forms import WordsForm
from station.payments.gateway import StripeRefused, StripeUnavailable
from station.payments.policies.states.dispute import WINDOWS
from station.payments.queries import DISPUTE_PREFIX, DisputeView
from station.payments.services import DisputeOver

disputes = Blueprint("disputes_desk", __name__, url_prefix="/desk/disputes")
guard(disputes, Role.DEVELOPMENT)


@disputes.get("")
def index() -> str:
    """Disputes, those that await us first; the warnings of card issuers; and how many there are of the charges."""
    now = clock.now()
    counts = [(days, *queries.dispute_count(now - timedelta(days=days))) for days in WINDOWS]
    return render_template(
        "payments/desk/disputes.html",
        found=queries.disputes(),
        warnings=queries.open_warnings(),
        counts=counts,
        payments=queries.payments_by_id,
    )


@disputes.get("/<dispute_id>")
def show(dispute_id: str) -> str:
    """One dispute and the evidence that our records hold."""
    return _page(_found(dispute_id), WordsForm())


@disputes.get("/<dispute_id>/evidence.json")
def packet(dispute_id: str) -> Response:
    """The evidence as data: what the page shows, and Stripe's fields as they would be sent."""
    found = _found(dispute_id)
    exhibits = queries.evidence(found.payment_id)
    answer = jsonify(
        dispute=found.public_id,
        exhibits=[asdict(each) for each in exhibits],
        fields=queries.evidence_fields(exhibits, ""),
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@disputes.post("/<dispute_id>/answer")
@sudo
def answer(dispute_id: str) -> ResponseReturnValue:
    """Send the evidence to the bank, once and for all."""
    found, form = _found(dispute_id), WordsForm()
    if form.validate_on_submit():
        words = form.note.data or ""
        fields = queries.evidence_fields(queries.evidence(found.payment_id), words)
        if _said(lambda: services.answer_dispute(found.id, fields, words, current_person().actor), form):
            flash("The evidence is at the bank. It decides within weeks; the result shows here.", "success")
            return redirect(url_for(".show", dispute_id=found.public_id), 303)
    return _page(_found(dispute_id), form), 422


@disputes.post("/<dispute_id>/accept")
@sudo
def accept(dispute_id: str) -> ResponseReturnValue:
    """Accept that the money is lost."""
    found, form = _found(dispute_id), WordsForm()
    if form.validate_on_submit() and _said(
        lambda: services.accept_dispute(found.id, form.note.data or "", current_person().actor), form
    ):
        flash("The loss is accepted. The gift counts no more, and its receipt is void.", "success")
        return redirect(url_for(".show", dispute_id=found.public_id), 303)
    return _page(_found(dispute_id), form), 422


def _said(say: Callable[[], None], form: WordsForm) -> bool:
    """Whether Stripe took what we said; why it did not stands on the form."""
    try:
        say()
    except (DisputeOver, StripeRefused) as refusal:
        form.form_errors.append(str(refusal))
    except StripeUnavailable:
        form.form_errors.append("Stripe has not answered. Send it again in a minute: it is said once only.")
    else:
        return True
    return False


def _found(public: str) -> DisputeView:
    found = row_id(DISPUTE_PREFIX, public)
    return (queries.dispute(found) if found else None) or abort(404)


def _page(found: DisputeView, form: WordsForm) -> str:
    return render_template(
        "payments/desk/dispute.html",
        dispute=found,
        payment=queries.payment(found.payment_id),
        exhibits=queries.evidence(found.payment_id),
        form=form,
    )
