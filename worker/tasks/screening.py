"""Jobs of screening: forget what was counted long ago."""

from __future__ import annotations

from station.screening.services import forget_old
from worker.jobs import periodic


@periodic("screening.forget")
def forget() -> None:
    forget_old()
