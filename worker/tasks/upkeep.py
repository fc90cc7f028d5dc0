"""Jobs of the house itself: what the schedule asks for and no package owns."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from station.accounts.services import lapse_approvals, run_checks
from station.core import clock, ratelimit
from station.core.db import transaction
from station.core.outbox import JobState, Outbox
from station.core.purging import purge
from station.core.stale import PURGE
from worker.jobs import periodic, task

KEEP_DONE = timedelta(days=30)


@periodic("upkeep.lapse_approvals")
def lapse() -> None:
    lapse_approvals()


@periodic("upkeep.forget_rate_buckets")
def forget_rate_buckets() -> None:
    ratelimit.forget_empty()


@periodic("upkeep.prune_outbox")
def prune_outbox() -> None:
    """Done jobs are kept for thirty days; what they did is on record in the tables of their packages."""
    old = (Outbox.state == JobState.DONE, Outbox.done_at < clock.now() - KEEP_DONE)
    with transaction() as session:
        session.execute(sa.delete(Outbox).where(*old).execution_options(synchronize_session=False))


@periodic("upkeep.check_invariants", lease=600)
def check_invariants() -> None:
    run_checks()


@task(PURGE)
def tell_the_cache(keys: list[str]) -> None:
    purge(keys)
