"""States' legends at the desk: which are there, which are missing, which want a look, and writing one."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.licensee.queries import the_licensee
from station.receipts import queries, services
from station.receipts.forms import LegendForm
from station.receipts.policies import PLACES, STATES, WANTED, speech
from station.receipts.policies.legends import NEVADA

desk = Blueprint("legends_desk", __name__, url_prefix="/desk/legends")
guard(desk, Role.DEVELOPMENT)


@desk.get("")
def index() -> str:
    """The states that ask for a legend, and what is printed for each."""
    rows = queries.states()
    others = [state for state in STATES if state not in {row.state for row in rows}]
    missing = len(queries.missing())
    return render_template("receipts/desk/legends.html", rows=rows, others=others, missing=missing, places=PLACES)


@desk.route("/<state>", methods=["GET", "POST"])
def edit(state: str) -> ResponseReturnValue:
    """Write the legend of a state; each save is a version of its own."""
    if state not in STATES:
        abort(404)
    now = queries.legends().get(state)
    form = LegendForm.of(now, _draft(state))
    if request.method == "POST" and form.validate():
        services.write_legend(*form.legend(state), current_person().actor)
        flash("Saved. Documents from now on print it so.", "success")
        return redirect(url_for(".index"), 303)
    shown = {"versions": queries.versions(state), "wanted": WANTED.get(state), "state": state, "now": now}
    page = render_template("receipts/desk/legend.html", form=form, nevada=state == NEVADA, **shown)
    return page, 422 if form.errors else 200


def _draft(state: str) -> str:
    """Words to start from: of Nevada's block, which the house knows the shape of; of the others none."""
    return speech("en").say("w13_nevada", donee=the_licensee().legal_name) if state == NEVADA else ""
