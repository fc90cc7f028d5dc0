"""Runs one outbox row: claim it, do its work, finish it; or write down why not.

Knows nothing of Celery, so that tests and `station` can run due jobs in their own process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import outbox, runs
from station.core.actor import request_id
from station.core.db import transaction
from station.core.events import Subject
from station.core.faults import point
from station.core.outbox import Claim, Job, Permanent, Postponed, Queue

Work = Callable[..., None]
W = TypeVar("W", bound=Work)

TASKS: dict[str, Work] = {}
SCHEDULED: dict[str, Job] = {}
log = logging.getLogger(__name__)


def task(job: Job) -> Callable[[W], W]:
    """Make a function the work of an outbox job. It gets the job's args as keywords, and answers nothing."""

    def register(work: W) -> W:
        if TASKS.setdefault(job.name, work) is not work:
            raise ValueError(f"two tasks are called {job.name}")
        return work

    return register


def periodic(name: str, queue: Queue = Queue.REPORTS, lease: int = 120, attempts: int = 3) -> Callable[[W], W]:
    """Make a function without arguments the work of a scheduled job; worker/schedule.py says when it runs."""
    job = SCHEDULED[name] = Job(name, queue, lease=lease, attempts=attempts)

    def register(work: W) -> W:
        def recorded() -> None:
            runs.begin(name)
            try:
                work()
            except Exception as error:
                runs.end(name, _text(error))
                raise
            runs.end(name)

        task(job)(recorded)
        return work

    return register


def run(row_id: UUID) -> bool:
    """Run one job now. False when there is nothing to do: done, running elsewhere, not due, or unknown here."""
    claim = outbox.claim(row_id)
    if claim is None:
        return False
    token = request_id.set(claim.request_id)
    try:
        point(f"{claim.job.name}:claimed")
        TASKS[claim.job.name](**claim.args)
        point(f"{claim.job.name}:worked")
        outbox.finish(claim)
        point(f"{claim.job.name}:finished")
    except Postponed as later:
        outbox.postpone(claim, later)
        log.info("%s waits until %s (%s)", claim.job.name, later.until, later)
    except Exception as error:  # whatever it is, the row must say so
        _failed(claim, error)
    finally:
        request_id.reset(token)
    return True


def run_due(limit: int = 1000) -> int:
    """Run what is due, and what that makes due, in this process without a broker; returns how many jobs ran."""
    ran = 0
    while ran < limit and (due := outbox.take_due()):
        ran += sum(run(row_id) for row_id, _, _ in due)
    return ran


def _failed(claim: Claim, error: Exception) -> None:
    permanent = isinstance(error, Permanent)
    with transaction():
        dead = outbox.fail(claim, _text(error), permanent=permanent)
        if dead:
            open_work_item(
                "dead_job",
                _key(claim),
                Role.ADMIN,
                f"A background job gave up: {claim.job.name}",
                f"Attempt {claim.attempt} of {claim.job.attempts}: {_text(error)}. Mend the cause, then rerun it.",
                Subject("job", claim.id),
                data={"outbox_id": str(claim.id), "job": claim.job.name, "args": claim.args},
                urgent=not claim.job.quiet,
            )
    log.warning(
        "%s: attempt %d failed (%s)%s",
        claim.job.name,
        claim.attempt,
        _text(error),
        "; it waits for a person" if dead else "",
        exc_info=None if _expected(error) else error,
    )


def _expected(error: Exception) -> bool:
    """Station's own exceptions say all there is to say in one line; anything else is shown with its traceback."""
    return type(error).__module__.startswith("station.")


def _key(claim: Claim) -> str:
    """One open work item a job; a scheduled job that fails again and again keeps to one."""
    return f"job:{claim.job.name}" if claim.job.name in SCHEDULED else f"job:{claim.id}"


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
