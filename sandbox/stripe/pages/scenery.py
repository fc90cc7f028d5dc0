"""Buttons for people on what banks, donors and Stripe do, and the same scenes for programs. Nothing at Stripe."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.stripe import parts
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.pages import words
from sandbox.stripe.scenes import NAMES, Scenes

blueprint = Blueprint("scenery", __name__)


def play(name: str, *given: Any, **named: Any) -> Any:
    """One scene by its name; LookupError for another name, TypeError and ValueError for wrong arguments."""
    if name not in NAMES:
        raise LookupError(f"scenes are: {', '.join(NAMES)}")
    return getattr(Scenes(parts.sandbox()), name)(*given, **named)


@blueprint.post("/play/<name>/<subject>")
@blueprint.post("/play/<name>")
def press(name: str, subject: str | None = None) -> Response:
    """A button of the overview: the scene, and the object it is about."""
    play(name, *([subject] if subject else []), **request.form.to_dict())
    return redirect(url_for("overview.show"), 303)


@blueprint.errorhandler(LookupError)
@blueprint.errorhandler(TypeError)
@blueprint.errorhandler(ValueError)
def _wrong(error: Exception) -> tuple[str, int]:
    return render_template("closed.html", title=str(error), back=url_for("overview.show")), 400


def on_charge(sandbox: Sandbox, intent: Obj) -> list[tuple[str, str]]:
    """(scene, label) of what a bank can do about a payment now."""
    charge = sandbox.store.get("charge", str(intent["latest_charge"]))
    if charge is None or not charge["paid"] or charge["disputed"]:
        return []
    if charge["payment_method_details"]["type"] == "us_bank_account":
        return [("return_debit", "Debit comes back")]
    return [("dispute", "Dispute"), ("inquire", "Inquiry"), ("warn", "Fraud warning")]


def refunds(sandbox: Sandbox, count: int) -> list[dict[str, Any]]:
    """The newest refunds, with what can become of each."""
    rows = sandbox.store.newest("refund", count)
    return [_shown(row, _refund_ends(row["status"]), about=row["charge"]) for row in rows]


def _refund_ends(status: str) -> list[tuple[str, str]]:
    if status in ("failed", "canceled"):
        return []
    return [("failed", "Fails")] if status == "succeeded" else [("succeeded", "Succeeds"), ("failed", "Fails")]


def disputes(sandbox: Sandbox, count: int) -> list[dict[str, Any]]:
    """The newest disputes, with how each can end."""
    rows = sandbox.store.newest("dispute", count)
    return [_shown(row, _dispute_ends(row["status"]), about=row["reason"]) for row in rows]


def _dispute_ends(status: str) -> list[tuple[str, str]]:
    if status in ("won", "lost", "warning_closed"):
        return []
    ends = [("win_dispute", "Bank decides for us"), ("lose_dispute", "Bank decides for the donor")]
    return [("escalate", "Becomes a dispute"), ("win_dispute", "Closes")] if status.startswith("warning_") else ends


def payouts(sandbox: Sandbox, count: int) -> list[dict[str, Any]]:
    """The newest payouts, with what the bank can still do."""
    arrive = [("arrive_payout", "Arrives")]
    ends = {"pending": arrive, "in_transit": arrive, "paid": []}
    rows = sandbox.store.newest("payout", count)
    return [
        _shown(row, [*ends[row["status"]], ("fail_payout", "Comes back")] if row["status"] in ends else [], about="")
        for row in rows
    ]


def _shown(row: Obj, ends: list[tuple[str, str]], about: str) -> dict[str, Any]:
    amount = words.money(row["amount"], row["currency"])
    return {"id": row["id"], "amount": amount, "status": row["status"], "about": about, "ends": ends}
