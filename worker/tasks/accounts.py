"""Jobs of accounts: tell of an urgent work item; check the books because a person asked."""

from __future__ import annotations

from uuid import UUID

from station.accounts.services import ALERT, CHECK, raise_alert, run_checks
from worker.jobs import task


@task(ALERT)
def alert(item_id: str) -> None:
    raise_alert(UUID(item_id))


@task(CHECK)
def check() -> None:
    run_checks()
