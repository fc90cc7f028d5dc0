"""The desk's pages of payments: the list, and one payment's story."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from station.accounts.guards import guard
from station.accounts.models import Role
from station.core.ids import row_id
from station.payments import queries
from station.payments.gateway import PAYMENT_PREFIX
from station.payments.models import PaymentState
from station.payments.queries import PaymentPage

desk = Blueprint("payments_desk", __name__, url_prefix="/desk")
guard(desk, Role.DEVELOPMENT)

LAST_PAGE = 10_000


@desk.get("/payments")
def index() -> str:
    """Payments, newest first, of one state or all."""
    asked = request.args.get("state", "")
    state = PaymentState(asked) if asked in set(PaymentState) else None
    page = request.args.get("page", "1")
    found = queries.payments_page(
        state, int(page) if page.isdecimal() and len(page) < 6 and 0 < int(page) <= LAST_PAGE else 1
    )
    return render_template(
        "payments/desk/index.html", found=found, state=state, states=PaymentState, pager=_pager(found, state)
    )


@desk.get("/payments/<payment_id>")
def show(payment_id: str) -> str:
    """One payment: its facts, the ledger, what Stripe said, and our log."""
    found = row_id(PAYMENT_PREFIX, payment_id)
    story = queries.story(found) if found else None
    if story is None:
        abort(404)
    return render_template("payments/desk/show.html", story=story)


def _pager(found: PaymentPage, state: PaymentState | None) -> dict[str, Any] | None:
    if found.page == 1 and not found.more:
        return None

    def at(page: int) -> str:
        return url_for("payments_desk.index", state=state.value if state else None, page=page)

    return {
        "prev_url": at(found.page - 1) if found.page > 1 else None,
        "next_url": at(found.page + 1) if found.more else None,
        "text": f"Page {found.page}",
    }
