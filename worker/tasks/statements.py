"""Jobs of yearly statements: they are frozen, mailed, corrected, and compared with the books."""

from __future__ import annotations

from uuid import UUID

from station.receipts.services import statements
from worker.jobs import periodic, task


@task(statements.FREEZE)
def freeze(run_id: str) -> None:
    statements.freeze_batch(UUID(run_id))


@task(statements.SEND)
def send(run_id: str) -> None:
    statements.send_batch(UUID(run_id))


@task(statements.COMPARE)
def compare(run_id: str) -> None:
    statements.compare_batch(UUID(run_id))


@task(statements.CORRECT)
def correct(member_id: str, year: int) -> None:
    statements.correct(UUID(member_id), year)


@periodic("receipts.compare_years")
def compare_years() -> None:
    statements.compare_years()
