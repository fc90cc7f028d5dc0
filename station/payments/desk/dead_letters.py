"""The desk's page of dead letters: what gave up, why, and a way to have it run again."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.accounts.guards import current_person, guard
from station.accounts.models import Role
from station.core.ids import row_id
from station.payments import queries, services

dead_letters = Blueprint("dead_letters_desk", __name__, url_prefix="/desk/dead-letters")
guard(dead_letters, Role.DEVELOPMENT)

GONE = "That does not wait any more: it was run again, or it is done."


@dead_letters.get("")
def index() -> str:
    """Background jobs that gave up, Stripe's events that could not be applied, and what is still being tried."""
    return render_template("payments/desk/dead_letters.html", found=queries.dead_letters())


@dead_letters.post("/jobs/<job_id>")
def run_job(job_id: str) -> ResponseReturnValue:
    """Run one dead job again."""
    found = row_id("job", job_id) or abort(404)
    done = services.run_job_again(found, current_person().actor)
    return _told(int(done is not None), "job", "jobs")


@dead_letters.post("/jobs")
def run_jobs() -> ResponseReturnValue:
    """Run all dead jobs of one kind again."""
    many = services.run_jobs_again(request.form.get("job", ""), current_person().actor)
    return _told(many, "job", "jobs")


@dead_letters.post("/events/<event_id>")
def apply_event(event_id: str) -> ResponseReturnValue:
    """Apply one event of Stripe again."""
    done = services.apply_again(event_id, current_person().actor)
    return _told(int(done), "event", "events")


@dead_letters.post("/events")
def apply_events() -> ResponseReturnValue:
    """Apply all events of one type again."""
    many = services.apply_all_again(request.form.get("type", ""), current_person().actor)
    return _told(many, "event", "events")


def _told(many: int, one: str, more: str) -> ResponseReturnValue:
    """Back to the page, with what was done."""
    if many:
        what = f"One {one} runs" if many == 1 else f"{many:,} {more} run"
        flash(f"{what} again now. What fails once more comes back here, with its reason.", "success")
    else:
        flash(GONE, "info")
    return redirect(url_for(".index"), 303)
