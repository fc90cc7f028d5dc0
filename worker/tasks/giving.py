"""Jobs of giving: close a payment page on which many cards were tried."""

from __future__ import annotations

from station.giving.guarding import CLOSE, close_page
from worker.jobs import task


@task(CLOSE)
def close(payment_id: str) -> None:
    close_page(payment_id)
