"""The desk's front page."""

from __future__ import annotations

from flask import Blueprint, render_template

from station.accounts.guards import current_person, signed_in
from station.core import clock
from station.licensee.queries import the_licensee
from station.reports import queries

desk = Blueprint("reports", __name__, url_prefix="/desk")
signed_in(desk, "everyone's front page; each part of it asks for its own roles")


@desk.get("/")
def dashboard() -> str:
    today = clock.today(the_licensee().timezone)
    return render_template("reports/dashboard.html", board=queries.dashboard(current_person()), today=today)
