"""The receipt page: for whoever holds its address, which cannot be guessed."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, render_template

from station.accounts.guards import public
from station.core.ids import row_id
from station.receipts import queries

views = Blueprint("receipts", __name__)
public(views, "a donor has no account; a receipt's address carries 74 random bits and shows the receipt only")


@views.get("/receipt/<public_id>")
def show(public_id: str) -> Response:
    """A receipt as issued, for reading and printing."""
    receipt_id = row_id("receipt", public_id)
    receipt = queries.receipt(receipt_id) if receipt_id else None
    if receipt is None:
        abort(404)
    response = make_response(render_template("receipts/show.html", receipt=receipt))
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
