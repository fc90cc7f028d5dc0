"""The relay: carries the ids of due outbox rows to the broker. A process of its own: `python -m worker.relay`.

A row is marked before it is published; one that was marked but never reached a worker rings again by itself
(station.core.outbox.REPUBLISH_AFTER), and a job whose lease ran out is made ready again by the sweep. So a relay
that dies anywhere, a broker that is down, and a database that does not answer delay work and lose none.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from celery import Celery
from kombu.exceptions import OperationalError

from station.core import outbox
from station.core.faults import point
from station.core.outbox import Queue
from worker.app import celery, flask_app

IDLE_SECONDS = 0.2
SWEEP_SECONDS = 5.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
log = logging.getLogger("relay")


class Outage:
    """Something that does not answer: one line when it begins, one when it ends, growing pauses between."""

    def __init__(self, what: str, meanwhile: str) -> None:
        self.what, self.meanwhile = what, meanwhile
        self.since: float | None = None
        self.pause = SHORTEST_PAUSE

    def failed(self, error: Exception) -> float:
        """Note a failure; returns the seconds to wait before the next try."""
        if self.since is None:
            self.since, self.pause = time.monotonic(), SHORTEST_PAUSE
            log.warning("The %s does not answer (%s). %s", self.what, _first_line(error), self.meanwhile)
        pause, self.pause = self.pause, min(self.pause * 2, LONGEST_PAUSE)
        return pause

    def worked(self) -> None:
        if self.since is not None:
            log.warning("The %s answers again after %.0f s.", self.what, time.monotonic() - self.since)
            self.since = None


class Relay:
    """The loop. `stop` may be set from a signal handler: the current batch is finished first."""

    def __init__(self, send: Callable[[str, UUID, Queue], None]) -> None:
        self.send = send
        self.stop = threading.Event()
        self.broker = Outage("broker", "Work waits in the outbox; nothing is lost.")
        self.database = Outage("database", "The relay tries again until it does.")
        self._next_sweep = 0.0

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                pause = self.step()
                self.database.worked()
            except sa.exc.DBAPIError as error:
                pause = self.database.failed(error)
            self.stop.wait(pause)

    def step(self) -> float:
        """One look at the outbox; returns the seconds to wait before the next. Raises DBAPIError."""
        if time.monotonic() >= self._next_sweep:
            outbox.sweep()
            self._next_sweep = time.monotonic() + SWEEP_SECONDS
        due = outbox.take_due()
        if not due:
            return IDLE_SECONDS
        point("relay:marked")
        return self._publish(due)

    def _publish(self, due: Sequence[tuple[UUID, str, Queue]]) -> float:
        for sent, (row_id, job, queue) in enumerate(due):
            try:
                self.send(job, row_id, queue)
            except (OperationalError, sa.exc.DBAPIError, OSError) as error:
                outbox.give_back([waiting for waiting, _, _ in due[sent:]])
                return self.broker.failed(error)
        self.broker.worked()
        return 0.0


def publisher(app: Celery) -> Callable[[str, UUID, Queue], None]:
    """What publishes an id by job name and queue. Raises kombu's OperationalError when the broker does not answer."""

    def send(job: str, row_id: UUID, queue: Queue) -> None:
        app.send_task(job, args=[str(row_id)], queue=queue.value, ignore_result=True, retry=False)

    return send


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error.__cause__ or error
    return (str(cause).splitlines() or [type(error).__name__])[0][:200] or type(error).__name__


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    relay = Relay(publisher(celery))

    def finish(_signal: int, _frame: Any) -> None:
        relay.stop.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    with flask_app().app_context():
        log.info("relay: carrying due jobs to the broker")
        relay.run()


if __name__ == "__main__":
    main()
