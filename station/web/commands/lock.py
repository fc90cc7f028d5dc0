"""One `station run` to a STATION_HOME: two would share a database, a broker and a clock, and stop one another."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from config import Settings


class Taken(Exception):
    """Who has it, in one line."""


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the lock of this home. The system releases it however this process and its keepers end. Raises Taken."""
    with (settings.home / "run.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            who = file.read().strip() or "unknown"
            raise Taken(
                f"Another `station run` (process {who}) already uses {settings.home}; "
                "stop it, or set STATION_HOME to another folder."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
