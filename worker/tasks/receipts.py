"""Jobs of receipts: see that the year's thresholds are there, write what waited, ask for a look at old legends."""

from __future__ import annotations

from station.receipts.services import release_held, review_legends, watch_thresholds
from worker.jobs import periodic


@periodic("receipts.watch_thresholds")
def watch() -> None:
    watch_thresholds()


@periodic("receipts.release_held")
def held() -> None:
    release_held()


@periodic("receipts.review_legends")
def legends() -> None:
    review_legends()
