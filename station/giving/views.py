"""The pledge form and the page that thanks. Public: no session, no cookie, no script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from station.accounts.guards import public
from station.core.actor import VISITOR
from station.core.ids import row_id
from station.giving import forms, queries, services
from station.giving.forms import Attempt, PledgeForm
from station.giving.queries import PledgeView, Thanks
from station.giving.services import AttemptConflict, GivenAlready, StillOpen
from station.licensee.queries import station_by_slug, the_licensee
from station.payments.models import PaymentState
from station.payments.services import StripeRefused, StripeUnavailable

views = Blueprint("giving", __name__)
public(views, "anyone may give, and a donor has no account; a thank-you page's address carries 74 random bits")
views.csrf_exempt_because = (  # type: ignore[attr-defined]  # read by web.app
    "no cookie speaks for a donor here; a signed attempt token and the sender's own site are checked instead"
)

CHECK_EVERY, CHECKS = 3, 20  # seconds, and how often the waiting page looks again by itself
FOREIGN = "This form was sent from another website. Nothing was charged. Look it over and send it from here."
TOO_OLD = "This page was open for a long time. Nothing was charged. Look your pledge over and send it once more."
TOO_MANY = (
    "There were many tries from your network or with this email in a short time, so we paused. Nothing was "
    "charged. Wait ten minutes and send the form again, or call us at {phone}."
)
UNAVAILABLE = (
    "The payment page did not open, because our payment service is not answering. Nothing was charged. "
    "Wait a minute and send the form again, or call us at {phone}."
)
STILL_OPEN = (
    "We could not close the payment page of your first pledge, so it may still be open. Pay there or here, not on "
    "both. To go on with what you see here, wait a minute and send the form again, or call us at {phone}."
)
REFUSED = (
    "The payment service would not open a payment page for this pledge. Nothing was charged, and our staff "
    "have been told. Try once more later, or call us at {phone}."
)


@views.route("/give", methods=["GET", "POST"])
def give() -> ResponseReturnValue:
    """The pledge form, filled in as far as the link said; and its sending."""
    if request.method == "POST":
        return _take(PledgeForm())
    pledge_id = row_id("pledge", request.args.get("pledge", ""))
    earlier = queries.pledge(pledge_id) if pledge_id else None
    if earlier and earlier.state in (PaymentState.SETTLED, PaymentState.PROCESSING):
        return redirect(url_for("giving.thanks", public_id=earlier.public_id), 303)
    known = forms.from_pledge(earlier) if earlier else forms.from_link(request.args)
    form = PledgeForm(formdata=None, data={**known, "attempt": forms.fresh_attempt(instead=earlier)})
    return _page(form, earlier=earlier)


@views.get("/thanks/<public_id>")
def thanks(public_id: str) -> ResponseReturnValue:
    """What became of a pledge, by our own books; nothing in the address is believed."""
    pledge_id = row_id("pledge", public_id)
    told = queries.thanks(pledge_id) if pledge_id else None
    if told is None:
        abort(404)
    g.station = told.pledge.station
    checked = request.args.get("check", "")
    tries = min(int(checked), CHECKS) if checked.isascii() and checked.isdigit() and len(checked) < 4 else 0
    response = make_response(render_template("giving/thanks.html", told=told, tries=tries, checks=CHECKS))
    _private(response)
    if _waits(told) and tries < CHECKS:
        again = url_for("giving.thanks", public_id=public_id, check=tries + 1)
        response.headers["Refresh"] = f"{CHECK_EVERY}; url={again}"
    return response


def _take(form: PledgeForm) -> ResponseReturnValue:
    """A form that was sent: refuse it with its values kept, or go to the payment page."""
    attempt = forms.read_attempt(form.attempt.data or "")
    if not forms.sent_from_here(dict(request.headers), request.host):
        return _again(form, 403, FOREIGN, forms.fresh_attempt())
    good = form.validate()
    if attempt is None:
        return _again(form, 422, TOO_OLD, forms.fresh_attempt())
    if not good:
        return _again(form, 422)
    if not services.within_budgets(request.remote_addr or "", form.email.data or ""):
        return _again(form, 429, TOO_MANY)
    return _to_payment(form, attempt)


def _to_payment(form: PledgeForm, attempt: Attempt) -> ResponseReturnValue:
    try:
        wanted = form.pledged(attempt)
        services.set_aside(wanted, VISITOR)
        begun = services.begin_pledge(wanted, VISITOR)
        return redirect(services.open_checkout(begun.pledge_id, VISITOR), 303)
    except AttemptConflict as conflict:
        return _again(form, 422, _changed(conflict.first), forms.fresh_attempt(instead=conflict.first))
    except GivenAlready as twin:
        return _again(form, 422, _given_already(twin.first), forms.fresh_attempt(again=True))
    except StillOpen:
        return _again(form, 503, STILL_OPEN)
    except StripeUnavailable:
        return _again(form, 503, UNAVAILABLE)
    except StripeRefused:
        return _again(form, 503, REFUSED)


def _again(form: PledgeForm, status: int, sentence: str = "", attempt: str = "") -> Response:
    """The form once more with every value kept, except card numbers; with a fresh attempt where one is given."""
    if sentence:
        said = sentence if isinstance(sentence, Markup) else sentence.format(phone=the_licensee().phone)
        form.form_errors = [said]
    form.make_showable()
    if attempt:
        form.attempt.data = attempt
    response = _page(form)
    response.status_code = status
    if status in (429, 503):
        response.headers["Retry-After"] = "600" if status == 429 else "60"
    return response


def _page(form: PledgeForm, **context: Any) -> Response:
    station = station_by_slug(form.station.data or "")
    if station:
        g.station = station
    response = make_response(render_template("giving/give.html", form=form, **context))
    _private(response)
    return response


def _private(response: Response) -> None:
    """Nobody's cache keeps this page for somebody else, and no search engine lists it."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"  # its address is the key to it


def _waits(told: Thanks) -> bool:
    return told.payment.state is PaymentState.AWAITING_DONOR


def _changed(first: PledgeView) -> str:
    if first.state not in (PaymentState.SETTLED, PaymentState.PROCESSING):
        return (
            f"You sent this form before, for {first.commitment} to {first.station.name}, and then changed it. "
            "If you did not finish paying for the first one, nothing was charged for it. If what you see here is "
            "what you want, continue."
        )
    return Markup(
        'You sent this form before, for {} to {}, and that gift has reached us: <a href="{}">see it</a>. '
        "If you want to give once more, with what you see here, continue."
    ).format(first.commitment, first.station.name, url_for("giving.thanks", public_id=first.public_id))


def _given_already(first: PledgeView) -> str:
    return (
        f"A gift with these same facts, {first.commitment} to {first.station.name}, reached us a few minutes "
        "ago. There is no need to send it again. If you mean to give a second time, continue."
    )
