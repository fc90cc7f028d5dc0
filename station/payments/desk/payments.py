"""The desk's pages of payments: the list with its search and export, and one payment's story."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request, url_for

from station.accounts.guards import current_person, guard, only
from station.accounts.models import Role
from station.core import clock
from station.core.ids import row_id
from station.core.money import Money
from station.core.sheets import csv_lines
from station.licensee.queries import station_by_id, the_licensee
from station.payments import queries, services
from station.payments.forms import KINDS, PaymentFilterForm
from station.payments.gateway import PAYMENT_PREFIX
from station.payments.places import PAYMENT_PANELS
from station.payments.queries import PaymentFilter, PaymentPage, PaymentRow

desk = Blueprint("payments_desk", __name__, url_prefix="/desk")
guard(desk, Role.DEVELOPMENT)

LAST_PAGE = 10_000
COLUMNS = (
    *("Payment", "Asked for", "Settled", "State", "How often", "Came as", "Method", "Card or account", "Station"),
    *("Amount", "Fee", "Refunded", "Currency", "Donor", "Email", "Receipt", "Stripe mode"),
)


@desk.get("/payments")
def index() -> str:
    """Payments, newest first: all, or those that the search and the filters let through."""
    form, page = _asked(), request.args.get("page", "")
    number = int(page) if page.isdecimal() and len(page) < 6 and 0 < int(page) <= LAST_PAGE else 1
    found = queries.payments_page(form.wanted, number)
    return render_template(
        "payments/desk/index.html", found=found, form=form, kinds=KINDS, pager=_pager(found, form.said)
    )


@desk.post("/payments/export")
@only(Role.DEVELOPMENT)
def export() -> Response:
    """The same list as a table for a spreadsheet, all of its pages; that it was taken is written down."""
    form = _asked()
    services.note_export(form.said, current_person().actor)
    table = "".join(csv_lines(COLUMNS, _exported(form.wanted)))
    name = f"payments-{clock.today(the_licensee().timezone).isoformat()}.csv"
    return Response(
        table,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


@desk.get("/payments/<payment_id>")
def show(payment_id: str) -> str:
    """One payment: its facts, the ledger, what Stripe said, our log, and what other parts know of it."""
    found = row_id(PAYMENT_PREFIX, payment_id)
    story = queries.story(found) if found else None
    if found is None or story is None:
        abort(404)
    mine = [panel for panel in PAYMENT_PANELS if current_person().may(*panel.roles, reading=True)]
    panels = [(panel, data) for panel in mine if (data := panel.load(found)) is not None]
    return render_template("payments/desk/show.html", story=story, kinds=KINDS, panels=panels)


def _asked() -> PaymentFilterForm:
    form = PaymentFilterForm(request.args)
    form.validate()
    return form


def _exported(wanted: PaymentFilter) -> Iterator[list[object]]:
    zone = the_licensee().timezone
    for row in queries.every_payment(wanted):
        yield _line(row, zone)


def _line(row: PaymentRow, zone: str) -> list[object]:
    """One payment as a line: instants by the station's clock, amounts as decimals."""
    payment, donor = row.payment, row.donor
    asked, settled = (
        clock.local(at, zone).isoformat(timespec="seconds") if at else ""
        for at in (payment.created_at, payment.settled_at)
    )
    amount, fee, refunded = (_decimal(each) for each in (payment.amount, payment.fee, payment.refunded))
    head = [payment.public_id, asked, settled, payment.state.value, payment.kind.value, payment.tender.value]
    body = [payment.method, payment.method_label, station_by_id(payment.station_id).name, amount, fee, refunded]
    known = [donor.name, donor.email, donor.receipt] if donor else ["", "", ""]
    return [*head, *body, payment.amount.currency.upper(), *known, "live" if payment.livemode else "test"]


def _decimal(amount: Money | None) -> str:
    """An amount as spreadsheets read it: 1234.50."""
    return f"{amount.cents // 100}.{amount.cents % 100:02d}" if amount else ""


def _pager(found: PaymentPage, said: dict[str, str]) -> dict[str, Any] | None:
    if found.page == 1 and not found.more:
        return None

    def at(page: int) -> str:
        return f"{url_for('payments_desk.index')}?{urlencode({**said, 'page': page})}"

    return {
        "prev_url": at(found.page - 1) if found.page > 1 else None,
        "next_url": at(found.page + 1) if found.more else None,
        "text": f"Page {found.page}",
    }
