"""Named points at which a test can stop a process dead, to kill it there: web, worker or relay.

`STATION_TEST_PAUSE_AT=mail.send:claimed` makes the process write `paused` into STATION_HOME and wait for the
SIGKILL that the test is about to send. With `STATION_TEST_POINTS` each process keeps the point that it reached last
in STATION_HOME/points/<its id>, so that a test which kills at random can say where. Only test mode looks at these.
"""

from __future__ import annotations

import os
import time

from station.core.runtime import settings

FOR_EVER = 3600


def point(name: str) -> None:
    """A place between two steps, outside any transaction. Returns at once, except where a test asked to stop."""
    if settings().mode != "test":
        return
    if "STATION_TEST_POINTS" in os.environ:
        (settings().home / "points").mkdir(exist_ok=True)
        (settings().home / "points" / str(os.getpid())).write_text(name, encoding="utf-8")
    if os.environ.get("STATION_TEST_PAUSE_AT") == name:
        (settings().home / "paused").write_text(f"{os.getpid()}\n", encoding="utf-8")
        time.sleep(FOR_EVER)
