"""Health: is this process alive, may it take traffic, and does the work get done."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify

from station.accounts.guards import public
from station.core import outbox
from station.core.db import db
from station.web.commands.migrations import head, revision

health = Blueprint("health", __name__, url_prefix="/health")
public(health, "load balancers and monitors ask; nothing private is said")

LATE_SECONDS = 300


@health.get("/live")
def live() -> Response:
    """The process answers. Asks no database."""
    return jsonify(live=True)


@health.get("/ready")
def ready() -> tuple[Response, int]:
    """The database answers and its migrations are those of this code."""
    try:
        current = revision()
    except sa.exc.SQLAlchemyError:
        return jsonify(ready=False, database="does not answer"), 503
    fits = current == head()
    return jsonify(ready=fits, database="answers", migration=current), 200 if fits else 503


@health.get("/jobs")
def jobs() -> tuple[Response, int]:
    """Seconds that the oldest due job has waited, and how many are dead."""
    late = outbox.oldest_waiting().total_seconds()
    dead = db.session().scalar(
        sa.select(sa.func.count()).select_from(outbox.Outbox).where(outbox.Outbox.state == outbox.JobState.DEAD)
    )
    return jsonify(oldest_waiting_seconds=round(late), dead=dead), 200 if late < LATE_SECONDS else 503
