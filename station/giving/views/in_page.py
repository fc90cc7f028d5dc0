"""What the pledge form's script asks for, when the donor pays in our own page. Same form, same rules, JSON answers.

The script never decides anything: it shows Stripe's elements, sends the form as it stands, and says what we answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from flask import Response, jsonify, request

from station.core.actor import VISITOR, Actor
from station.giving import forms, services
from station.giving.forms import Attempt, PledgeForm
from station.giving.services import PageCheckout, PledgeRequest
from station.giving.views import admission
from station.giving.views.blueprint import private, views
from station.giving.views.refusals import FOREIGN, TOO_OLD, Refusal, explain, said
from station.licensee.queries import the_licensee
from station.screening.policies import as_json

# all that a checkout needs before its donor is known
WISH = ("frequency", "charge_day", "amount", "other_amount", "cover", "station")


@views.post("/give/checkout")
def checkout() -> Response:
    """Open Stripe's checkout for the form as it is set now, or bring the open one to its amount."""
    form = PledgeForm()
    return _asked(form, WISH, form.wished, services.open_in_page)


@views.post("/give/pledge")
def send() -> Response:
    """The donor has pressed the button: write the pledge down. 200 means that the script may confirm."""
    form = PledgeForm()
    return _asked(form, tuple(form.data), form.pledged, services.send_in_page)


def _asked(
    form: PledgeForm,
    wanted: tuple[str, ...],
    read: Callable[[Attempt], PledgeRequest],
    ask: Callable[[PledgeRequest, Actor], PageCheckout],
) -> Response:
    """Check what the form says in the `wanted` fields, screen it, then ask the service; every outcome as JSON."""
    attempt = forms.read_attempt(form.attempt.data or "")
    if not forms.sent_from_here(dict(request.headers), request.host):
        return _refused(said(403, FOREIGN))
    form.validate()
    errors = {name: list(form[name].errors) for name in wanted if form[name].errors}
    if errors:
        return _answer(422, {"errors": errors})
    if attempt is None:
        return _refused(said(409, TOO_OLD, forms.fresh_attempt()))
    pledged = replace(read(attempt), sender=admission.sender())
    verdict = admission.knock(form, attempt, opening=services.opens_one(pledged), pressed=bool(pledged.email))
    if not verdict.welcome:
        body, status, headers = as_json(verdict, the_licensee().phone)
        return _answer(status, body, headers)
    try:
        return _answer(200, {**asdict(ask(pledged, VISITOR)), **form.offered()})
    except Exception as error:  # what is not known to `explain` is raised again there
        return _refused(explain(error, attempt))


def _refused(refusal: Refusal) -> Response:
    body = {"message": refusal.sentence, "attempt": refusal.attempt, "see": refusal.see, "again": refusal.again}
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    return _answer(refusal.status, body, headers)


def _answer(status: int, body: dict[str, Any], headers: Mapping[str, str] = MappingProxyType({})) -> Response:
    response = jsonify(body)
    response.status_code = status
    private(response)
    response.headers.update(headers)
    return response
