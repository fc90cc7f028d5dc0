"""The desk's list of receipts, one receipt with the rules that it was written by, and receipts that wait."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.accounts.queries import tell
from station.core.events import Subject, events_of
from station.core.ids import public_id, row_id
from station.mail import queries as mail
from station.receipts import queries, services
from station.receipts.queries import ReceiptFilter, ReceiptPage
from station.receipts.queries.listed import STATES

desk = Blueprint("receipts_desk", __name__, url_prefix="/desk/receipts")
guard(desk, Role.DEVELOPMENT)


@desk.get("")
def index() -> str:
    """Receipts, newest first: by number or donor, year and state; above them those that wait."""
    said = {name: " ".join(request.args.get(name, "").split())[:100] for name in ("q", "year", "state")}
    year = int(said["year"]) if said["year"].isdecimal() and len(said["year"]) == 4 else None
    wanted = ReceiptFilter(said["q"], year, said["state"])
    number = request.args.get("page", "")
    found = queries.receipts(wanted, max(int(number), 1) if number.isdecimal() and len(number) < 7 else 1)
    return render_template(
        "receipts/desk/index.html",
        found=found,
        said=said,
        states=STATES,
        years=queries.years(),
        held=queries.held_receipts(),
        pager=_pager(found, said),
    )


@desk.get("/<receipt_id>")
def show(receipt_id: str) -> str:
    """One receipt: what it says, the rules that it was written by, its versions, and how to post it."""
    found = row_id("receipt", receipt_id)
    receipt = queries.receipt(found) if found else None
    if receipt is None:
        abort(404)
    return render_template(
        "receipts/desk/show.html",
        receipt=receipt,
        versions=queries.versions_of(receipt.reference),
        member_id=public_id("member", receipt.member_id),
        mails=mail.mail_about(receipt.member_id, str(receipt.reference)),
        happened=tell(events_of(Subject("receipt", receipt.id))),
    )


@desk.get("/held/<held_id>")
def held(held_id: str) -> str:
    """A receipt that waits, and why."""
    found = row_id("held", held_id)
    waits = queries.held(found) if found else None
    if waits is None:
        abort(404)
    may = current_person().may(Role.DEVELOPMENT)
    return render_template(
        "receipts/desk/held.html", waits=waits, may=may, member_id=public_id("member", waits.member_id)
    )


@desk.post("/held/<held_id>/try")
def try_held(held_id: str) -> ResponseReturnValue:
    """Try to write a receipt that waits."""
    found = row_id("held", held_id)
    waits = queries.held(found) if found else None
    if waits is None:
        abort(404)
    if waits.settled:
        flash("Nothing waits any more: this was settled already.", "info")
        return redirect(url_for(".held", held_id=held_id), 303)
    made = services.release(waits.reference, current_person().actor)
    if made is None:
        flash("It still waits: what it needs is not known yet. The money is booked all the same.", "warning")
        return redirect(url_for(".held", held_id=held_id), 303)
    flash("The receipt is written and on its way.", "success")
    return redirect(url_for(".show", receipt_id=public_id("receipt", made)), 303)


def _pager(found: ReceiptPage, said: dict[str, str]) -> dict[str, Any] | None:
    if found.page == 1 and not found.more:
        return None
    query: dict[str, Any] = {name: value for name, value in said.items() if value}
    before = url_for(".index", **query, page=found.page - 1) if found.page > 1 else None
    after = url_for(".index", **query, page=found.page + 1) if found.more else None
    return {"prev_url": before, "next_url": after, "text": f"Page {found.page}"}
