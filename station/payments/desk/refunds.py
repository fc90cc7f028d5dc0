"""Giving money back: of one payment, or of all that look like one. Both ask once more who one is."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.accounts.sudo import sudo
from station.core import clock
from station.core.ids import row_id
from station.core.money import Money
from station.payments import queries, services
from station.payments.forms import HOURS, AlikeForm, RefundForm, SentForm
from station.payments.gateway import PAYMENT_PREFIX, StripeUnavailable
from station.payments.models import RefundReason, RefundState
from station.payments.places import LIKENESSES, donors_of
from station.payments.queries import Returned
from station.payments.services import RefundRefused, RefundWish

refunds = Blueprint("refunds_desk", __name__, url_prefix="/desk/payments")
guard(refunds, Role.DEVELOPMENT)
A_DAY = 24
CHANGED = "What goes back has changed since you opened the page, so nothing went back. Look through the list again."
SAID = {
    RefundState.SUCCEEDED: ("The money is on its way back to the donor.", "success"),
    RefundState.PENDING: ("Stripe has taken the refund on. It shows here when the money has gone out.", "success"),
    RefundState.CREATED: ("Stripe has not answered yet. Station asks again by itself; there is no need to.", "info"),
    RefundState.FAILED: ("Stripe did not make the refund: the reason stands below.", "danger"),
    RefundState.CANCELLED: ("The refund was called off: the reason stands below.", "danger"),
}


@refunds.route("/<payment_id>/refund", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
@sudo
def refund(payment_id: str) -> ResponseReturnValue:
    """All or a part of one payment."""
    story = _story(payment_id)
    form = (SentForm if story.by_hand else RefundForm)(
        data={"amount": str(story.left).lstrip("$")} if request.method == "GET" else None
    )
    if form.validate_on_submit():
        try:
            return _wish(story, form)
        except RefundRefused as refusal:
            form.form_errors.append(str(refusal))
    page = render_template("payments/desk/refund.html", story=story, form=form, limit=services.limit())
    return page, 422 if form.errors else 200


@refunds.route("/<payment_id>/alike", methods=["GET", "POST"])
@only(Role.DEVELOPMENT)
@sudo
def alike(payment_id: str) -> ResponseReturnValue:
    """Every payment that is like this one: what a tester of stolen cards has left. Nobody is told of the refunds.

    Only what was on the page goes back: of another list than that, nothing does (409)."""
    story, form = _story(payment_id), AlikeForm()
    by, hours = request.args.get("by", ""), request.args.get("hours", "")
    able = services.refundable_of(found := _alike(story, by, hours))
    changed = not form.showed(able) and form.is_submitted()
    if changed:
        form.form_errors.append(CHANGED)
    elif form.validate_on_submit():
        try:
            return _wish_many(story, list(able), form.note.data or "")
        except RefundRefused as refusal:
            form.form_errors.append(str(refusal))
    page = _alike_page(story, form, found, able, by, hours)
    return page, 409 if changed else 422 if form.errors else 200


def _story(public: str) -> Returned:
    found = row_id(PAYMENT_PREFIX, public)
    return (queries.returned(found) if found else None) or abort(404)


def _wish(story: Returned, form: RefundForm) -> ResponseReturnValue:
    """Ask for it, and have Stripe called at once where nobody else must agree first. Raises RefundRefused."""
    sent_as = (form.sent_as.data or "").strip() if story.by_hand else ""
    wish = RefundWish(story.payment.id, form.money(), RefundReason(form.reason.data), form.note.data or "", sent_as)
    refund_id = services.wish_refund(wish, current_person().actor)
    flash(*_told(refund_id))
    return redirect(url_for("payments_desk.show", payment_id=story.payment.public_id), 303)


def _told(refund_id: UUID | None) -> tuple[str, str]:
    """What came of a wish, for the person who waits."""
    if refund_id is None:
        return "A second person must agree: the request waits under Approvals.", "info"
    try:
        return SAID[services.send_refund(refund_id)]
    except StripeUnavailable:
        return SAID[RefundState.CREATED]


def _alike(story: Returned, by: str, hours: str) -> list[UUID]:
    way = next((each for each in LIKENESSES if each.name == by), None)
    around = story.payment.settled_at or story.payment.created_at
    span = timedelta(hours=int(hours) if hours in HOURS else A_DAY)
    return way.find(story.payment.id, around - span, min(around + span, clock.now())) if way else []


def _alike_page(
    story: Returned, form: AlikeForm, found: list[UUID], able: dict[UUID, Money], by: str, hours: str
) -> str:
    return render_template(
        "payments/desk/alike.html",
        story=story,
        form=form,
        shown=queries.payments_by_id(found),
        donors=donors_of(found),
        able=able,
        total=sum(able.values(), Money(0)),
        by=by,
        hours=hours if hours in HOURS else str(A_DAY),
        spans=HOURS,
        ways=list(LIKENESSES),
        limit=services.limit(),
    )


def _wish_many(story: Returned, able: list[UUID], note: str) -> ResponseReturnValue:
    many = services.wish_refunds(story.payment.id, able, note, current_person().actor)
    words = (
        "A second person must agree: the request waits under Approvals."
        if many is None
        else (f"{many} refunds are on their way. Nobody is told, and their receipts are void.")
    )
    flash(words, "success" if many else "info")
    return redirect(url_for("payments_desk.show", payment_id=story.payment.public_id), 303)
