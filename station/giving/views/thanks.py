"""The page that thanks: what became of a pledge, by our own books."""

from __future__ import annotations

from typing import Final

from flask import abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.core.actor import VISITOR
from station.core.ids import row_id
from station.core.ratelimit import network
from station.giving import forms, queries
from station.giving.queries import Thanks
from station.giving.views.blueprint import private, views
from station.mail import services as mail
from station.mail.models import ConsentSource
from station.payments.models import PaymentState
from station.screening.services import hashed

CHECK_EVERY, CHECKS = 3, 20  # seconds, and how often the waiting page looks again by itself
SUBSCRIBE: Final = "Send me this newsletter"  # the button; the consent log quotes it


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
    shown = {"told": told, "tries": tries, "checks": CHECKS, "subscribe": SUBSCRIBE}
    response = make_response(render_template("giving/thanks.html", **shown))
    private(response)
    if _waits(told) and tries < CHECKS:
        again = url_for("giving.thanks", public_id=public_id, check=tries + 1)
        response.headers["Refresh"] = f"{CHECK_EVERY}; url={again}"
    return response


@views.post("/thanks/<public_id>/newsletter")
def subscribe(public_id: str) -> ResponseReturnValue:
    """Whoever gave asks for a newsletter of that station: one press, once the money has arrived.

    The answer is the same whatever is known of the address, which somebody typed and nobody has proven.
    """
    pledge_id = row_id("pledge", public_id)
    told = queries.thanks(pledge_id) if pledge_id else None
    if told is None:
        abort(404)
    if not forms.sent_from_here(dict(request.headers), request.host):
        abort(403)
    where, browser = hashed("consent", network(request.remote_addr or "")), request.headers.get("User-Agent", "")
    evidence = mail.Evidence(ConsentSource.FORM, network=where, browser=browser)
    wanted = [each.code for each in told.newsletters if each.code == request.form.get("newsletter")]
    for code in wanted:
        mail.subscribe(told.pledge.email, code, SUBSCRIBE, evidence, VISITOR)
    said = wanted[0] if wanted else None
    return redirect(url_for("giving.thanks", public_id=public_id, newsletter=said, _anchor="newsletters"), 303)


def _waits(told: Thanks) -> bool:
    return told.payment.state is PaymentState.AWAITING_DONOR
