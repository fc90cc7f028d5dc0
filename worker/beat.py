"""Beat: asks for scheduled jobs while it holds the lease "beat" (`celery beat -S worker.beat:LeasedScheduler`).

Asking is a row in the outbox, so beat needs no broker, and a job that was asked for is run however the workers fare.
What ran last is in `scheduled_run`, not in a state file: a second beat, here or on another machine, sits waiting
and goes on exactly where the first one stopped.
"""

from __future__ import annotations

import logging
import os
import socket
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from celery.beat import Scheduler
from celery.schedules import BaseSchedule

from station.core import leases, runs
from worker import tasks
from worker.app import flask_app
from worker.jobs import SCHEDULED
from worker.relay import Outage
from worker.schedule import SCHEDULE

LEASE_SECONDS = 15
TICK_SECONDS = 2.0
log = logging.getLogger("beat")


class LeasedScheduler(Scheduler):
    """Celery's beat service calls `tick`; everything else of Celery's scheduler stays unused."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}"
        self.holding: bool | None = None  # not known before the first look
        self.ticking = False
        self.database = Outage("database", "Beat tries again until it does.")
        super().__init__(*args, **options)

    def setup_schedule(self) -> None:
        tasks.load()
        if missing := set(SCHEDULE) - set(SCHEDULED):
            log.error("worker/schedule.py lists jobs that no task does: %s", ", ".join(sorted(missing)))

    @property
    def schedule(self) -> dict[str, Any]:
        """Celery's own entries: none. Ours are in worker/schedule.py."""
        return {}

    def tick(self, *_args: Any, **_options: Any) -> float:
        """Ask for what is due; returns the seconds until the next look."""
        self.ticking = True
        try:
            with flask_app().app_context():
                if self._holds():
                    ring_due()
            self.database.worked()
        except sa.exc.DBAPIError as error:
            return max(TICK_SECONDS, self.database.failed(error))
        finally:
            self.ticking = False
        return TICK_SECONDS

    def close(self) -> None:
        """Give the lease back, so that another beat need not wait for its end.

        Celery calls this twice: in the signal handler, where a tick may stand in the middle of a transaction of its
        own (then it does nothing), and again after the loop has ended.
        """
        if self.holding and not self.ticking:
            with flask_app().app_context():
                leases.release("beat", self.holder)

    def _holds(self) -> bool:
        holds = leases.hold("beat", self.holder, LEASE_SECONDS)
        if holds != self.holding:
            log.info("beat %s %s", self.holder, "is at work" if holds else "waits: another one is at work")
        self.holding = holds
        return holds


def ring_due() -> list[str]:
    """Ask for every scheduled job that is due by the house's clock; returns their names."""
    asked = runs.last_asked()
    due = [name for name, plan in SCHEDULE.items() if name in SCHEDULED and _is_due(plan, asked.get(name))]
    return [name for name in due if runs.ask(SCHEDULED[name])]


def _is_due(plan: BaseSchedule, last: datetime | None) -> bool:
    return last is None or bool(plan.is_due(last)[0])
