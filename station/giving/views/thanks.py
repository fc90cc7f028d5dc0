"""The page that thanks: what became of a pledge, by our own books."""

from __future__ import annotations

from flask import abort, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.core.ids import row_id
from station.giving import queries
from station.giving.queries import Thanks
from station.giving.views.blueprint import private, views
from station.payments.models import PaymentState

CHECK_EVERY, CHECKS = 3, 20  # seconds, and how often the waiting page looks again by itself


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
    private(response)
    if _waits(told) and tries < CHECKS:
        again = url_for("giving.thanks", public_id=public_id, check=tries + 1)
        response.headers["Refresh"] = f"{CHECK_EVERY}; url={again}"
    return response


def _waits(told: Thanks) -> bool:
    return told.payment.state is PaymentState.AWAITING_DONOR
