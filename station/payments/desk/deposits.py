"""The desk's pages of deposits: payouts, one payout on screen, on paper and as a file, and the unmatched lines."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.accounts.places import SUBJECT_PAGES
from station.core.ids import row_id
from station.payments.desk.files import deposits_csv, lines_csv
from station.payments.forms import LineForm
from station.payments.models import Tie
from station.payments.queries.payouts import pages as payout_pages
from station.payments.queries.payouts.balance import LINE_PREFIX, PAYOUT_PREFIX, unmatched_lines
from station.payments.queries.payouts.pages import Deposit, LineView, PayoutPage
from station.payments.services.deposits.by_hand import CannotTie, tie_by_hand

deposits = Blueprint("payouts_desk", __name__, url_prefix="/desk/payouts")
guard(deposits, Role.DEVELOPMENT)

LAST_PAGE = 10_000


@deposits.get("")
def index() -> str:
    """Payouts, newest first."""
    asked = request.args.get("page", "1")
    page = int(asked) if asked.isdecimal() and len(asked) < 6 and 0 < int(asked) <= LAST_PAGE else 1
    found = payout_pages.payouts_page(page)
    waiting = len(unmatched_lines())
    return render_template("payments/deposits/index.html", found=found, waiting=waiting, pager=_pager(found))


@deposits.get("/export")
def export() -> Response:
    """Every payout by station, as a file."""
    return _file(deposits_csv(payout_pages.deposits_for_export()), "deposits.csv")


@deposits.get("/unmatched")
def unmatched() -> str:
    """Lines of Stripe's balance that are tied to nothing, and what people have said of others."""
    return render_template(
        "payments/deposits/unmatched.html",
        lines=payout_pages.unmatched(),
        said=payout_pages.said_by_hand(),
        row_url=row_url,
    )


@deposits.get("/<payout_id>")
def show(payout_id: str) -> str:
    """One payout: by station, its lines, its journal, and our log."""
    return render_template("payments/deposits/show.html", deposit=_deposit(payout_id), row_url=row_url)


@deposits.get("/<payout_id>/slip")
def slip(payout_id: str) -> str:
    """The deposit slip and the journal, for paper."""
    return render_template("payments/deposits/slip.html", deposit=_deposit(payout_id))


@deposits.get("/<payout_id>/lines")
def lines(payout_id: str) -> Response:
    """The lines of a payout by station, as a file."""
    found = _deposit(payout_id)
    return _file(lines_csv(found), f"deposit-{found.payout.arrives_on}-{found.payout.stripe_id}.csv")


@deposits.route("/line/<line_id>", methods=["GET", "POST"])
def line(line_id: str) -> ResponseReturnValue:
    """One line of Stripe's balance; saying what it is."""
    found = row_id(LINE_PREFIX, line_id)
    known = payout_pages.line(found) if found else None
    if known is None:
        abort(404)
    form = LineForm()
    if request.method == "POST" and form.validate() and _said(known[0], form):
        return redirect(url_for(".unmatched"), 303)
    page = render_template(
        "payments/deposits/line.html", line=known[0], entries=known[1], form=form, row_url=row_url, Tie=Tie
    )
    return page, 422 if form.errors else 200


def _said(known: LineView, form: LineForm) -> bool:
    try:
        tie_by_hand(known.id, form.chosen(), form.payment_id(), form.reason.data or "", current_person().actor)
    except CannotTie as problem:
        form.kind.errors = [str(problem)]
        return False
    flash("Saved. The line keeps your name and your reason.", "success")
    return True


def row_url(tie: Tie, tied_id: UUID | None) -> str | None:
    """The desk's page of the row that a line is tied to, where it has one."""
    page = next((each for each in SUBJECT_PAGES if each.kind == tie.value), None)
    return page.url(tied_id) if page and tied_id else None


def _deposit(payout_id: str) -> Deposit:
    found = row_id(PAYOUT_PREFIX, payout_id)
    known = payout_pages.deposit(found) if found else None
    if known is None:
        abort(404)
    return known


def _file(text: str, name: str) -> Response:
    answer = Response(text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pager(found: PayoutPage) -> dict[str, Any] | None:
    if found.page == 1 and not found.more:
        return None
    return {
        "prev_url": url_for(".index", page=found.page - 1) if found.page > 1 else None,
        "next_url": url_for(".index", page=found.page + 1) if found.more else None,
        "text": f"Page {found.page}",
    }
