"""The pledge form: opened with what a link said, and sent without a script to Stripe's own page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from station.core import csp
from station.core.actor import VISITOR
from station.core.ids import row_id
from station.giving import forms, queries, services
from station.giving.forms import Attempt, PledgeForm
from station.giving.services.pledges import ARRIVING
from station.giving.views import admission
from station.giving.views.blueprint import private, views
from station.giving.views.refusals import FOREIGN, TOO_OLD, Refusal, explain, paused, said
from station.licensee.queries import station_by_slug
from station.payments.gateway import browser
from station.receipts.policies import Place
from station.receipts.queries import legends_for
from station.screening.policies import Answer, Verdict


@views.route("/give", methods=["GET", "POST"])
def give() -> ResponseReturnValue:
    """The pledge form, filled in as far as the link said; and its sending."""
    if request.method == "POST":
        return _take(PledgeForm())
    pledge_id = row_id("pledge", request.args.get("pledge", ""))
    earlier = queries.pledge(pledge_id) if pledge_id else None
    if earlier and earlier.state in ARRIVING:
        return redirect(url_for("giving.thanks", public_id=earlier.public_id), 303)
    known = forms.from_pledge(earlier) if earlier else forms.from_link(request.args)
    form = PledgeForm(formdata=None, data={**known, "attempt": forms.fresh_attempt(instead=earlier)})
    return _page(form, earlier=earlier)


def _take(form: PledgeForm) -> ResponseReturnValue:
    """A form that was sent: refuse it with its values kept, or go to the payment page."""
    attempt = forms.read_attempt(form.attempt.data or "")
    if not forms.sent_from_here(dict(request.headers), request.host):
        return _again(form, said(403, FOREIGN, forms.fresh_attempt()))
    good = form.validate()
    if attempt is None:
        return _again(form, said(422, TOO_OLD, forms.fresh_attempt()))
    if not good:
        return _again(form)
    verdict = admission.knock(form, attempt)
    if not verdict.welcome:
        return _not_welcome(form, verdict)
    return _to_payment(form, attempt)


def _not_welcome(form: PledgeForm, verdict: Verdict) -> Response:
    """A pause is said on the form; a proof is asked for on a page of its own, which works without a script."""
    if verdict.answer is Answer.PAUSED:
        return _again(form, paused(verdict))
    response = make_response(admission.one_more_step(form, verdict), 428)
    private(response)
    return response


def _to_payment(form: PledgeForm, attempt: Attempt) -> ResponseReturnValue:
    try:
        wanted = replace(form.pledged(attempt), sender=admission.sender())
        services.set_aside(wanted, VISITOR)
        services.close_twins(wanted, VISITOR)
        begun = services.begin_pledge(wanted, VISITOR)
        return redirect(services.open_checkout(begun.pledge_id, VISITOR), 303)
    except Exception as error:  # what is not known to `explain` is raised again there
        return _again(form, explain(error, attempt))


def _again(form: PledgeForm, refusal: Refusal | None = None) -> Response:
    """The form once more with every value kept, except card numbers; with a fresh attempt where one is given."""
    form.make_showable()
    if refusal is not None:
        form.form_errors = [_sentence(refusal)]
        form.attempt.data = refusal.attempt or form.attempt.data
    response = _page(form)
    response.status_code = refusal.status if refusal else 422
    if refusal is not None and refusal.retry_after:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _sentence(refusal: Refusal) -> str:
    return (
        Markup('{} <a href="{}">See that gift</a>.').format(refusal.sentence, refusal.see)
        if refusal.see
        else refusal.sentence
    )


def _page(form: PledgeForm, **context: Any) -> Response:
    station = station_by_slug(form.station.data or "")
    if station:
        g.station = station
    context |= {"stripe": _stripe_facts(), "legends": legends_for(Place.FORM)}
    response = make_response(render_template("giving/give.html", form=form, **context))
    private(response)
    if request.method == "GET" and not context.get("earlier"):
        del response.headers["X-Robots-Tag"]  # the form alone says nothing of anybody, and may be found
    csp.widen(response, csp.OWN_SCRIPTS)
    csp.widen(response, browser.policy_sources())
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"  # banks and Link open windows
    return response


def _stripe_facts() -> dict[str, str]:
    """What the page's script must know to ask Stripe for its elements."""
    return {"script": browser.script_url(), "key": browser.publishable_key()}
