"""The hosted invoice page: docs.stripe.com/invoicing/hosted-invoice-page. It works without script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from sandbox.stripe import parts
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.banks import ACCOUNTS, ROUTING
from sandbox.stripe.flows.billing import visiting
from sandbox.stripe.flows.cards import CARDS, spaced
from sandbox.stripe.pages import entry, words

blueprint = Blueprint("invoice", __name__)
TITLES = {
    "paid": "This invoice is paid",
    "void": "This invoice has been cancelled",
    "uncollectible": "This invoice can no longer be paid",
}
METHODS = ["card", "us_bank_account"]


@blueprint.get("/i/<invoice_id>")
def show(invoice_id: str) -> Any:
    sandbox = parts.sandbox()
    invoice = sandbox.store.get("invoice", invoice_id)
    if invoice is None or invoice["status"] == "draft":
        return render_template("closed.html", title="No such invoice", back=None), 404
    if invoice["status"] != "open":
        title = TITLES[invoice["status"]]
        return render_template("closed.html", title=title, back=None, paid=invoice["status"] == "paid")
    if visiting.asks(sandbox, invoice) and "with" not in request.args:
        return render_template("secure.html", amount=_amount(invoice))
    return _form(invoice, {})


@blueprint.post("/i/<invoice_id>")
def answer(invoice_id: str) -> Any:
    """The answer to the bank's question, or another card or account."""
    sandbox = parts.sandbox()
    try:
        invoice = sandbox.get("invoice", invoice_id)
        if "answer" in request.form:
            decline = visiting.authenticated(sandbox, invoice_id, request.form["answer"] == "complete")
        else:
            email = invoice["customer_email"]
            entered, errors = (
                entry.read_account(request.form, email)
                if _by_bank()
                else entry.read(request.form, sandbox.now(), email)
            )
            if entered is None:
                return _form(invoice, errors), 422
            decline = visiting.pay(sandbox, invoice_id, entered)
    except (visiting.NotOpen, LookupError):
        decline = None
    if decline is not None:
        return _form(invoice, {"account" if _by_bank() else "number": decline.message}), 402
    return redirect(url_for("invoice.show", invoice_id=invoice_id), 303)


def _by_bank() -> bool:
    return request.args.get("with") == "us_bank_account"


def _amount(invoice: Obj) -> str:
    return words.money(invoice["amount_remaining"], invoice["currency"])


def _form(invoice: Obj, errors: dict[str, str]) -> str:
    lines = [(row["description"], 1, words.money(row["amount"], row["currency"])) for row in invoice["lines"]["data"]]
    return render_template(
        "checkout.html",
        session={"payment_method_types": METHODS, "cancel_url": None},
        errors=errors,
        typed=request.form,
        email=invoice["customer_email"],
        lines=lines,
        total=_amount(invoice),
        button=f"Pay {_amount(invoice)}",
        by_bank=_by_bank(),
        here=url_for("invoice.show", invoice_id=invoice["id"]),
        routing=ROUTING,
        cards=[(spaced(card.number), card.hint) for card in CARDS.values()],
        accounts=[(account.number, account.hint) for account in ACCOUNTS.values()],
    )
