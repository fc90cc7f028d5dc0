"""3-D Secure on the hosted page: the bank's question, as docs.stripe.com/testing#regulatory-cards shows it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from sandbox.stripe import parts
from sandbox.stripe.flows import finishing
from sandbox.stripe.pages import words
from sandbox.stripe.pages.checkout import hosted, leave, show_again

blueprint = Blueprint("secure", __name__)


@blueprint.get("/c/pay/<session_id>/authenticate")
def show(session_id: str) -> Any:
    session = hosted(session_id)
    if session is None or session["status"] != "open":
        return redirect(url_for("checkout.show", session_id=session_id), 303)
    return render_template("secure.html", amount=words.total(session))


@blueprint.post("/c/pay/<session_id>/authenticate")
def answer(session_id: str) -> Any:
    sandbox = parts.sandbox()
    session = hosted(session_id)
    if session is None:
        return redirect(url_for("checkout.show", session_id=session_id), 303)
    try:
        decline = finishing.authenticated(sandbox, session_id, request.form.get("answer") == "complete")
    except finishing.NotOpen:
        return redirect(url_for("checkout.show", session_id=session_id), 303)
    if decline is not None:
        return show_again(sandbox.get("checkout.session", session_id), {"number": decline.message}), 402
    return leave(session)
