"""The controls: state, clock, faults, payments without a browser. None of this exists at Stripe."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, request

from sandbox.stripe import parts
from sandbox.stripe.core.faults import KNOWN
from sandbox.stripe.flows import timers
from sandbox.stripe.pages import doing, scenery

blueprint = Blueprint("controls", __name__, url_prefix="/_sandbox")
Result = tuple[dict[str, Any], int] | dict[str, Any]


def _given() -> dict[str, Any]:
    found = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    return found if isinstance(found, dict) else {}


@blueprint.errorhandler(ValueError)
@blueprint.errorhandler(TypeError)
@blueprint.errorhandler(LookupError)
def _wrong(error: Exception) -> Result:
    return {"error": str(error)}, 400


@blueprint.get("/state")
def state() -> Result:
    """Everything there is, by kind of object, and what did not fit the contract."""
    sandbox, courier = parts.sandbox(), parts.courier()
    objects = {name: sandbox.store.all(name) for name in sandbox.store.tables() if not name.startswith("_")}
    return {
        "now": sandbox.now(),
        "offset": sandbox.clock.offset,
        "objects": objects,
        "deliveries": courier.rows(),
        "faults": sandbox.faults.listed(),
        "ignored_parameters": sorted(sandbox.ignored),
        "violations": [{"side": v.side, "where": v.where, "problems": list(v.problems)} for v in sandbox.violations],
    }


@blueprint.get("/clock")
def clock() -> Result:
    sandbox = parts.sandbox()
    return {"now": sandbox.now(), "offset": sandbox.clock.offset}


@blueprint.post("/clock")
def move_clock() -> Result:
    """`advance` (seconds) or `set` (seconds since 1970, or an ISO date-time with its zone). Never back."""
    sandbox = parts.sandbox()
    given = _given()
    if ("advance" in given) == ("set" in given):
        raise ValueError("give either advance or set")
    if "advance" in given:
        step = float(given["advance"])
    else:
        wanted = str(given["set"])
        at = float(wanted) if wanted.replace(".", "", 1).isdigit() else _instant(wanted)
        step = at - sandbox.now()
    happened = timers.advance(sandbox, step)
    return {"now": sandbox.now(), "offset": sandbox.clock.offset, "happened": happened}


def _instant(text: str) -> float:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("the date-time needs its zone")
    return at.timestamp()


@blueprint.get("/faults")
def faults() -> Result:
    return {"waiting": parts.sandbox().faults.listed(), "known": KNOWN}


@blueprint.post("/faults")
def add_fault() -> Result:
    """`kind`, and as wished `count`, `seconds`, `method`, `path`, `type`; `kind=none` clears them all."""
    sandbox = parts.sandbox()
    given = _given()
    kind = str(given.pop("kind", ""))
    if kind == "none":
        sandbox.faults.clear()
        return {"waiting": []}
    if "count" in given:
        given["count"] = int(given["count"])
    if "seconds" in given:
        given["seconds"] = float(given["seconds"])
    sandbox.faults.add(kind, **given)
    return {"waiting": sandbox.faults.listed()}


@blueprint.post("/pay/<session_id>")
def pay(session_id: str) -> Result:
    """What a donor does on the hosted page, for tests without a browser: `card`, `email`, `name`, `authenticate`."""
    sandbox = parts.sandbox()
    given = _given()
    typed: dict[str, Any] = {n: str(given[n]) for n in ("card", "email", "name") if n in given}
    done = doing.pay(sandbox, session_id, **typed, authenticate=given.get("authenticate") not in (False, "false"))
    return {"declined": done}


@blueprint.post("/pay-by-bank/<session_id>")
def pay_by_bank(session_id: str) -> Result:
    """The same from a bank account: `account`, `email`, `name`. The bank answers later."""
    given = _given()
    typed = {n: str(given[n]) for n in ("account", "email", "name") if n in given}
    return {"declined": doing.pay_by_bank(parts.sandbox(), session_id, **typed)}


@blueprint.post("/debits")
def debits() -> Result:
    """Let the bank answer all pending debits now; `sent_back` is a reason, such as insufficient_funds."""
    return {"answered": doing.settle_debits(parts.sandbox(), _given().get("sent_back"))}


@blueprint.post("/wallets")
def wallets() -> Result:
    """`wallets`: what the donors' browsers have; a list in JSON, else names with commas."""
    given = _given().get("wallets", [])
    names = given if isinstance(given, list) else [name for name in str(given).split(",") if name]
    doing.set_wallets(parts.sandbox(), names)
    return {"wallets": names}


@blueprint.post("/deliver")
def deliver() -> Result:
    """Try every waiting webhook delivery once, now."""
    return {"delivered": parts.courier().deliver_now(delayed=True)}


@blueprint.post("/subscriptions/<subscription_id>/renew")
def renew(subscription_id: str) -> Result:
    return {"invoice": doing.renew(parts.sandbox(), subscription_id)}


@blueprint.post("/subscriptions/<subscription_id>/decline-next")
def decline_next(subscription_id: str) -> Result:
    doing.decline_next(parts.sandbox(), subscription_id)
    return {"subscription": subscription_id}


@blueprint.post("/scenes/<name>")
def scene(name: str) -> Result:
    """One of the scenes of sandbox/stripe/scenes, its arguments by name as JSON; answers with what it returns."""
    return {"done": scenery.play(name, **_given())}
