"""The private endpoints that Stripe.js and the elements' frames call: /v1/payment_pages/….

They take a publishable key and the session's client secret. Stripe's own command line calls them with a secret
key. None of it is documented by Stripe; only the paths and the names of the parameters are its own.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from sandbox.stripe import parts
from sandbox.stripe.api import dispatch
from sandbox.stripe.browser import reading
from sandbox.stripe.browser.snapshot import snapshot
from sandbox.stripe.core.answers import Answer, send
from sandbox.stripe.core.errors import ApiError, invalid, no_such
from sandbox.stripe.core.shapes import Obj, new_id
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import challenge, finishing
from sandbox.stripe.flows.cards import Decline
from sandbox.stripe.pages import doing
from sandbox.stripe.webhooks.post import is_loopback

blueprint = Blueprint("wire", __name__, url_prefix="/v1/payment_pages")
Given = dict[str, Any]


@blueprint.after_request
def _let_merchants_read(response: Response) -> Response:
    """Pages on this machine may read the answers."""
    origin = request.headers.get("Origin", "")
    if is_loopback(urlsplit(origin).hostname):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
    response.headers["Vary"] = "Origin"
    return response


@blueprint.get("/<session_id>")
def look(session_id: str) -> Response:
    return _answered(session_id, _look)


@blueprint.post("/<session_id>/init")
def init(session_id: str) -> Response:
    """The session as the page should show it."""
    return _answered(session_id, _look)


@blueprint.post("/<session_id>/confirm")
def confirm(session_id: str) -> Response:
    """Pay: `payment_method` or `payment_method_data`, `email`, and `expected_amount` as the page showed it."""
    return _answered(session_id, _confirm)


@blueprint.post("/<session_id>/authenticate")
def authenticate(session_id: str) -> Response:
    """The donor's `answer` to the bank: complete, fail, or anything else for a closed window."""
    return _answered(session_id, _authenticate)


def _answered(session_id: str, work: Callable[[Sandbox, Obj, Given], Obj]) -> Response:
    sandbox, request_id = parts.sandbox(), new_id("req_", 14)
    fault = sandbox.faults.for_request(request.method, request.path)
    try:
        given = dispatch.decoded(request)
        session = _admitted(sandbox, session_id, given)
        if fault is not None:
            dispatch.refuse_early(fault)
        with sandbox.store.lock:
            body = work(sandbox, session, given)
        done = Answer(402, {"error": body["error"]}, request_id) if "error" in body else Answer(200, body, request_id)
        if fault is not None and fault.kind == "error_after":
            raise ApiError(500, "api_error", "Sandbox fault: the work was done, the answer was lost.")
    except ApiError as error:
        done = Answer(error.status, {"error": error.body}, request_id)
    if fault is not None and fault.kind == "hang":
        sandbox.stopping.wait(fault.seconds)
    done.cut = fault is not None and fault.kind == "cut"
    return send(done, request)


def _admitted(sandbox: Sandbox, session_id: str, given: Given) -> Obj:
    """The session, for a secret key or for a publishable key with the client secret."""
    key, secret = str(given.get("key", "")), str(given.get("client_secret", ""))
    session = sandbox.store.get("checkout.session", session_id)
    if "Authorization" in request.headers:
        dispatch.authenticate(sandbox, request)
    elif not key.startswith("pk_test_"):
        raise ApiError(401, "invalid_request_error", "Invalid API Key provided.", code="api_key_invalid")
    elif session is None or not _same(session["client_secret"], secret):
        raise invalid("The client secret does not fit this Checkout Session.", "client_secret")
    if session is None:
        raise no_such("payment page", session_id)
    return session


def _same(wanted: str | None, given: str) -> bool:
    return wanted is not None and hmac.compare_digest(wanted.encode(), given.encode())


def _look(sandbox: Sandbox, session: Obj, given: Given) -> Obj:
    del given
    address = str(session.get("return_url") or session["success_url"])
    return {
        **session,
        "return_url": address.replace("{CHECKOUT_SESSION_ID}", session["id"]),
        "next_action": None,
        "session": snapshot(sandbox.store, session),
        "wallets": doing.wallets_of(sandbox),
    }


def _confirm(sandbox: Sandbox, session: Obj, given: Given) -> Obj:
    _still(session, given)
    with sandbox.action():
        if "payment_method" in given:
            result = finishing.pay_with(sandbox, session["id"], _saved(sandbox, str(given["payment_method"])))
        else:
            email = finishing.known_email(session) or str(given.get("email", "")) or None
            entered = reading.read(reading.as_hash(given, "payment_method_data"), email, sandbox.now())
            result = finishing.pay(sandbox, session["id"], entered)
    return _after(sandbox, session["id"], result)


def _saved(sandbox: Sandbox, identifier: str) -> Obj:
    found = sandbox.store.get("payment_method", identifier)
    if found is None:
        raise no_such("payment_method", identifier, "payment_method")
    return found


def _still(session: Obj, given: Given) -> None:
    """What the page showed is what is charged, or nothing is."""
    if session["status"] != "open":
        raise _closed(session)
    expected = given.get("expected_amount")
    if session["amount_total"] is None:
        return
    if expected is None:
        raise invalid("Missing required param: expected_amount.", "expected_amount", "parameter_missing")
    if str(session["amount_total"]) != str(expected):
        text = "The amount of this Checkout Session has changed since the page last loaded it. Nothing was charged."
        raise invalid(text, "expected_amount", "checkout_amount_mismatch")


def _closed(session: Obj) -> ApiError:
    text = f"This Checkout Session is no longer open: it is {session['status']}."
    return invalid(text, code="payment_intent_unexpected_state" if session["status"] == "complete" else None)


def _authenticate(sandbox: Sandbox, session: Obj, given: Given) -> Obj:
    try:
        result = finishing.authenticated(sandbox, session["id"], given.get("answer") == "complete")
    except finishing.NotOpen:
        raise _closed(session) from None
    return _after(sandbox, session["id"], result)


def _after(sandbox: Sandbox, session_id: str, result: finishing.Result) -> Obj:
    body = _look(sandbox, sandbox.get("checkout.session", session_id), {})
    if isinstance(result, challenge.Challenge):
        body["next_action"] = {"type": "use_stripe_sdk"}
    if isinstance(result, Decline):
        body["error"] = {"type": result.kind, "code": result.code, "message": result.message}
        body["error"]["decline_code"] = result.decline_code
    return body
