"""The hosted Checkout page: docs.stripe.com/payments/checkout. It works without script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.stripe import parts
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows import finishing
from sandbox.stripe.flows.banks import ACCOUNTS, ROUTING, BankEntered
from sandbox.stripe.flows.cards import CARDS, Entered, spaced
from sandbox.stripe.flows.challenge import Challenge
from sandbox.stripe.pages import entry, words

blueprint = Blueprint("checkout", __name__)


@blueprint.get("/c/pay/<session_id>")
def show(session_id: str) -> Any:
    session = hosted(session_id)
    if session is None:
        return render_template("closed.html", title="No such payment page", back=None), 404
    return show_again(session, {}) if session["status"] == "open" else _closed(session)


@blueprint.post("/c/pay/<session_id>")
def pay(session_id: str) -> Any:
    sandbox = parts.sandbox()
    session = hosted(session_id)
    if session is None:
        return render_template("closed.html", title="No such payment page", back=None), 404
    if session["status"] != "open":
        return _closed(session)
    entered, errors = _typed(session, sandbox.now())
    if entered is None:
        return show_again(session, errors), 422
    try:
        result = finishing.pay(sandbox, session_id, entered)
    except finishing.NotOpen:
        return _closed(sandbox.get("checkout.session", session_id))
    if isinstance(result, Challenge):
        return redirect(url_for("secure.show", session_id=session_id), 303)
    if result is not None:
        field = "account" if isinstance(entered, BankEntered) else "number"
        return show_again(session, {field: result.message}), 402
    return leave(session)


def _by_bank(session: Obj) -> bool:
    """Which of the two forms is shown: `?with=us_bank_account`, for there is no script to change it."""
    types = session["payment_method_types"]
    return "us_bank_account" in types and (request.args.get("with") == "us_bank_account" or "card" not in types)


def _typed(session: Obj, now: int) -> tuple[Entered | BankEntered | None, entry.Errors]:
    email = finishing.known_email(session)
    return entry.read_account(request.form, email) if _by_bank(session) else entry.read(request.form, now, email)


def hosted(session_id: str) -> Obj | None:
    """The session, unless it lives in a merchant's own page."""
    session = parts.sandbox().store.get("checkout.session", session_id)
    return session if session is not None and session["ui_mode"] == "hosted_page" else None


def leave(session: Obj) -> Response:
    return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), 303)


def show_again(session: Obj, errors: dict[str, str]) -> str:
    items = parts.sandbox().get("_session", session["id"])["line_items"]
    return render_template(
        "checkout.html",
        session=session,
        errors=errors,
        typed=request.form,
        email=finishing.known_email(session),
        lines=[(item["description"], item["quantity"], words.price(item)) for item in items],
        total=words.total(session),
        button=words.button(session, items),
        by_bank=_by_bank(session),
        here=url_for("checkout.show", session_id=session["id"]),
        routing=ROUTING,
        cards=[(spaced(card.number), card.hint) for card in CARDS.values()],
        accounts=[(account.number, account.hint) for account in ACCOUNTS.values()],
    )


def _closed(session: Obj) -> str:
    paid = session["status"] == "complete"
    title = "This payment is complete" if paid else "This payment page has expired"
    back = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]) if paid else session["cancel_url"]
    return render_template("closed.html", title=title, back=back, paid=paid)
