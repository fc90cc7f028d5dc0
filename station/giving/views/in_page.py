"""What the pledge form's script asks for, when the donor pays in our own page. Same form, same rules, JSON answers.

The script never decides anything: it shows Stripe's elements, sends the form as it stands, and says what we answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Response, jsonify, request

from station.core.actor import VISITOR
from station.giving import forms, services
from station.giving.forms import Attempt, PledgeForm
from station.giving.services import PageCheckout
from station.giving.views.blueprint import private, views
from station.giving.views.refusals import FOREIGN, TOO_MANY, TOO_OLD, Refusal, explain, said

WISH = ("frequency", "amount", "other_amount", "station")  # all that a checkout needs before its donor is known


@views.post("/give/checkout")
def checkout() -> Response:
    """Open Stripe's checkout for the form as it is set now, or bring the open one to its amount."""
    form = PledgeForm()
    return _asked(form, WISH, lambda attempt: services.open_in_page(form.wished(attempt), VISITOR))


@views.post("/give/pledge")
def send() -> Response:
    """The donor has pressed the button: write the pledge down. 200 means that the script may confirm."""
    form = PledgeForm()
    return _asked(form, tuple(form.data), lambda attempt: services.send_in_page(form.pledged(attempt), VISITOR))


def _asked(form: PledgeForm, wanted: tuple[str, ...], ask: Callable[[Attempt], PageCheckout]) -> Response:
    """Check what the form says in the `wanted` fields, then ask the service; every outcome as JSON."""
    attempt = forms.read_attempt(form.attempt.data or "")
    if not forms.sent_from_here(dict(request.headers), request.host):
        return _refused(said(403, FOREIGN))
    form.validate()
    errors = {name: list(form[name].errors) for name in wanted if form[name].errors}
    if errors:
        return _answer(422, {"errors": errors})
    if attempt is None:
        return _refused(said(409, TOO_OLD, forms.fresh_attempt()))
    if not services.within_budgets(request.remote_addr or "", form.email.data or ""):
        return _refused(said(429, TOO_MANY))
    try:
        return _answer(200, asdict(ask(attempt)))
    except Exception as error:  # what is not known to `explain` is raised again there
        return _refused(explain(error, attempt))


def _refused(refusal: Refusal) -> Response:
    said_ = {"message": refusal.sentence, "attempt": refusal.attempt, "see": refusal.see, "again": refusal.again}
    response = _answer(refusal.status, said_)
    if refusal.retry_after:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _answer(status: int, body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.status_code = status
    private(response)
    return response
