"""The receipt page and its PDF: for whoever holds the address, which cannot be guessed."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, abort, make_response, render_template

from station.accounts.guards import public
from station.core.ids import row_id
from station.receipts import queries
from station.receipts.pdf import CannotRender, render
from station.receipts.queries import ReceiptView, statements
from station.receipts.queries.statements import StatementView

logger = logging.getLogger(__name__)
views = Blueprint("receipts", __name__)
public(views, "a donor has no account; a receipt's address carries 74 random bits and shows that receipt only")


@views.get("/receipt/<public_id>")
def show(public_id: str) -> Response:
    """A receipt as issued, for reading and printing."""
    return _private(make_response(render_template("receipts/show.html", receipt=_receipt(public_id))))


@views.get("/receipt/<public_id>.pdf")
def pdf(public_id: str) -> Response:
    """The same receipt as a PDF. When it cannot be made: the page, which says so and can be printed."""
    receipt = _receipt(public_id)
    try:
        response = make_response(render(queries.paper_of(receipt), "receipt"))
    except CannotRender:
        logger.exception("no PDF of receipt %s", receipt.label)
        page = render_template("receipts/show.html", receipt=receipt, pdf_failed=True)
        return _private(make_response(page, 503))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="receipt-{receipt.label}.pdf"'
    return _private(response)


def _receipt(public_id: str) -> ReceiptView:
    receipt_id = row_id("receipt", public_id)
    receipt = queries.receipt(receipt_id) if receipt_id else None
    if receipt is None:
        abort(404)
    return receipt


@views.get("/statement/<statement_id>")
def statement(statement_id: str) -> Response:
    """A version of a yearly statement as issued, for reading and printing."""
    found = _statement(statement_id)
    return _private(
        make_response(render_template("receipts/statements/show.html", printed=found.document, statement=found))
    )


@views.get("/statement/<statement_id>.pdf")
def statement_pdf(statement_id: str) -> Response:
    """The same as a PDF. When it cannot be made: the page, which says so and can be printed."""
    found = _statement(statement_id)
    try:
        response = make_response(render(statements.paper_of(found), "statement"))
    except CannotRender:
        logger.exception("no PDF of statement %s", found.label)
        page = {"printed": found.document, "statement": found, "pdf_failed": True}
        return _private(make_response(render_template("receipts/statements/show.html", **page), 503))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="statement-{found.label}.pdf"'
    return _private(response)


def _statement(statement_id: str) -> StatementView:
    row = row_id(statements.PREFIX, statement_id)
    return (statements.statement(row) if row else None) or abort(404)


def _private(response: Response) -> Response:
    """Kept by nobody on the way, found by no search engine, told to no other site."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
