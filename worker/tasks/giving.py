"""Jobs of giving: close a payment page on which many cards were tried; forget what visitors left unpaid."""

from __future__ import annotations

from station.giving.services import CLOSE, close_page, forget_drafts
from worker.jobs import periodic, task


@task(CLOSE)
def close(payment_id: str) -> None:
    close_page(payment_id)


@periodic("giving.forget_drafts")
def forget() -> None:
    while forget_drafts():
        continue
