"""The desk's pages of the books: months that are closed, and what was swept at Stripe."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.payments.forms import ReopenForm
from station.payments.queries.payouts import periods as period_pages
from station.payments.services.deposits.periods import CannotClose, close_period, reopen_period

books = Blueprint("books_desk", __name__, url_prefix="/desk/books")
guard(books, Role.DEVELOPMENT)


@books.get("")
def months() -> str:
    """Months, newest first: what arrived at the bank, what is unmatched, who closed them."""
    return render_template("payments/books/months.html", months=period_pages.months(), form=ReopenForm())


@books.post("/<month>/close")
def close(month: str) -> ResponseReturnValue:
    """Close a month, unless something stands against it."""
    try:
        close_period(month, current_person().actor)
        flash("The month is closed. What comes late is booked in the present month.", "success")
    except CannotClose as refusal:
        for reason in refusal.reasons:
            flash(f"Nothing was closed. {reason}", "warning")
    return redirect(url_for(".months"), 303)


@books.post("/<month>/reopen")
@only(Role.ADMIN)
def reopen(month: str) -> ResponseReturnValue:
    """Open a closed month again, with a reason."""
    form = ReopenForm()
    try:
        reopen_period(month, (form.reason.data or "") if form.validate() else "", current_person().actor)
        flash("The month is open again.", "success")
    except CannotClose as refusal:
        flash(str(refusal), "warning")
    return redirect(url_for(".months"), 303)


@books.get("/sweeps")
def sweeps() -> str:
    """What was looked at, found and mended at Stripe, and how Stripe's balance compares with ours."""
    return render_template("payments/books/sweeps.html", sweeps=period_pages.sweeps(), last=period_pages.comparison())
