"""The desk's page of screening: what was turned away, and the switch that asks everyone for a proof."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core import clock
from station.screening import policies, queries, services

desk = Blueprint("screening_desk", __name__, url_prefix="/desk/giving/guard")
guard(desk, Role.DEVELOPMENT)

HOURS = {"hour": 1, "on": None}
SAID = {
    "hour": "For one hour everyone who gives is asked for a proof.",
    "on": "Everyone who gives is asked for a proof, until you switch it off.",
    "off": "Nobody is asked in general any more.",
}


@desk.get("")
def index() -> str:
    """Tries, proofs, pauses and declines of the last hour and day as numbers; the switch, and who turned it."""
    now = clock.now()
    return render_template(
        "screening/index.html",
        rows=policies.table(queries.house_counts(now)),
        reviews=queries.reviews(now),
        stance=queries.stance(),
        stances=queries.stances(),
        now=now,
    )


@desk.post("")
def switch() -> ResponseReturnValue:
    """Ask everyone for an hour, ask everyone until further notice, or stop asking."""
    choice = request.form.get("choice", "")
    if choice not in SAID:
        flash("Choose one of the three buttons.", "warning")
        return redirect(url_for(".index"), 303)
    actor = current_person().actor
    if choice == "off":
        services.end_challenge(actor)
    else:
        services.challenge_everyone(HOURS[choice], actor)
    flash(SAID[choice], "success")
    return redirect(url_for(".index"), 303)
