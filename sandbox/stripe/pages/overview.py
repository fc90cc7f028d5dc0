"""A small page for people: payments, subscriptions, webhook deliveries, the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.stripe import parts
from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.faults import KNOWN
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import timers
from sandbox.stripe.flows.banks import ACCOUNTS
from sandbox.stripe.flows.billing.subscribing import period_end
from sandbox.stripe.flows.cards import WALLETS
from sandbox.stripe.pages import doing, scenery, words

blueprint = Blueprint("overview", __name__)
SHOWN = 30


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


@blueprint.get("/")
def show() -> str:
    sandbox, courier = parts.sandbox(), parts.courier()
    return render_template(
        "overview.html",
        now=_day(sandbox.now()),
        moved=round(sandbox.clock.offset / DAY, 2),
        payments=[_payment(sandbox, row) for row in sandbox.store.newest("payment_intent", SHOWN)],
        subscriptions=[_subscription(sandbox, row) for row in sandbox.store.newest("subscription", SHOWN)],
        refunds=scenery.refunds(sandbox, SHOWN),
        disputes=scenery.disputes(sandbox, SHOWN),
        payouts=scenery.payouts(sandbox, SHOWN),
        deliveries=[_delivery(row) for row in courier.rows()[: -SHOWN - 1 : -1]],
        violations=sandbox.violations[-10:],
        ignored=sorted(sandbox.ignored),
        waiting=sandbox.faults.listed(),
        faults=KNOWN,
        pending=sum(row["status"] == "pending" for row in sandbox.store.all("charge")),
        returns=sorted({a.later.code for a in ACCOUNTS.values() if a.later}),
        wallets=[(name, name in doing.wallets_of(sandbox)) for name in WALLETS],
    )


def _payment(sandbox: Sandbox, row: Obj) -> dict[str, Any]:
    error = row["last_payment_error"]
    return {
        "id": row["id"],
        "amount": words.money(row["amount"], row["currency"]),
        "status": row["status"],
        "created": _day(row["created"]),
        "error": error["message"] if error else "",
        "scenes": scenery.on_charge(sandbox, row),
    }


def _subscription(sandbox: Sandbox, row: Obj) -> dict[str, Any]:
    item = row["items"]["data"][0]
    line = {"amount_total": item["price"]["unit_amount"] * item["quantity"], **item, "currency": row["currency"]}
    return {
        "id": row["id"],
        "status": row["status"],
        "price": words.price(line),
        "next": _day(period_end(row)),
        "declines": doing.declines_waiting(sandbox, row["id"]),
        "invoice": _open_invoice(sandbox, row),
        "live": row["status"] in ("active", "past_due"),
    }


def _open_invoice(sandbox: Sandbox, subscription: Obj) -> str | None:
    """Where the donor can pay the newest invoice, while it is open."""
    invoice = sandbox.store.get("invoice", str(subscription["latest_invoice"]))
    return url_for("invoice.show", invoice_id=invoice["id"]) if invoice and invoice["status"] == "open" else None


def _delivery(row: Obj) -> dict[str, Any]:
    return {**row, "created": _day(row["created"]), "outcome": row["last_error"] or row["last_status"] or ""}


def _back() -> Response:
    return redirect(url_for("overview.show"), 303)


@blueprint.post("/renew/<subscription_id>")
def renew(subscription_id: str) -> Response:
    doing.renew(parts.sandbox(), subscription_id)
    return _back()


@blueprint.post("/decline-next/<subscription_id>")
def decline_next(subscription_id: str) -> Response:
    doing.decline_next(parts.sandbox(), subscription_id)
    return _back()


@blueprint.post("/send-again/<event_id>")
def send_again(event_id: str) -> Response:
    parts.courier().resend(event_id)
    return _back()


@blueprint.post("/clock")
def clock() -> Response:
    days = request.form.get("days", "0")
    timers.advance(parts.sandbox(), float(days) * DAY if days.isdigit() else 0)
    return _back()


@blueprint.post("/fault")
def fault() -> Response:
    kind = request.form.get("kind", "")
    if kind == "none":
        parts.sandbox().faults.clear()
    elif kind in KNOWN:
        parts.sandbox().faults.add(kind, seconds=20.0)
    return _back()


@blueprint.post("/debits")
def debits() -> Response:
    doing.settle_debits(parts.sandbox(), request.form.get("sent_back") or None)
    return _back()


@blueprint.post("/wallets")
def wallets() -> Response:
    doing.set_wallets(parts.sandbox(), request.form.getlist("wallet"))
    return _back()


@blueprint.errorhandler(LookupError)
def _gone(error: Exception) -> tuple[str, int]:
    return render_template("closed.html", title="No such object", back=url_for("overview.show")), 404


@blueprint.errorhandler(ValueError)
def _wrong(error: Exception) -> tuple[str, int]:
    return render_template("closed.html", title=str(error), back=url_for("overview.show")), 400
