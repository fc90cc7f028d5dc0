"""What must be true of the books: each invariant and what it last answered."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from station.accounts import queries, services
from station.accounts.guards import current_person, guard
from station.accounts.models import Role

checks = Blueprint("checks_desk", __name__, url_prefix="/desk/checks")
guard(checks, Role.AUDITOR)


@checks.get("")
def index() -> str:
    return render_template("accounts/checks.html", checks=queries.check_views())


@checks.post("")
def run() -> ResponseReturnValue:
    services.ask_for_checks(current_person().actor)
    flash("Everything is being checked. Load this page again in a moment.", "success")
    return redirect(url_for(".index"), 303)
