"""The weather of the storm: faults of Stripe and its webhooks, processes that are killed, messages that are lost.

All chance comes from one seed; what happens at the same time is the machine's own affair.
"""

from __future__ import annotations

import itertools
import queue
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sandbox.stripe.testing import Handle
from station.core.outbox import JOBS
from tests.faults.brokers import Broker
from tests.faults.plant import LEASE, RING_AGAIN, Plant
from worker import tasks

API_FAULTS = ("error_before", "error_after", "rate_limit", "hang", "cut")
WEBHOOK_FAULTS = ("webhook_duplicate", "webhook_delay", "webhook_drop")
SECONDS = {"hang": (0.2, 3.0), "webhook_delay": (0.5, 4.0)}
A_KILL_EVERY, FLUSH_AT = 20, 3  # donors; kills
PROCESSES = ("web", "web", "worker", "worker", "relay", "beat", "broker")


def longest_lease() -> float:
    """Seconds after which any job of a killed worker may be taken by another one."""
    tasks.load()
    return max(job.lease for job in JOBS.values()) + 5


class Weather:
    """Faults of Stripe and its webhooks, processes killed, queued messages lost once: so many for so many donors.

    It goes by arrivals and not by the clock, so that a slow machine has the same storm as a fast one.
    """

    def __init__(self, plant: Plant, sandbox: Handle, broker: Broker, seed: int) -> None:
        self.plant, self.sandbox, self.broker = plant, sandbox, broker
        self.chance, self._blows = random.Random(seed), random.Random(f"{seed}:kills")
        self.kills: list[str] = []  # each with the process, and the points that it had reached
        self.faults: Counter[str] = Counter()
        self._next = itertools.cycle(self._blows.sample(PROCESSES, len(PROCESSES)))
        self._arrived = 0
        self._lock = threading.Lock()
        self._wanted: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._sky = ThreadPoolExecutor(1)

    def __enter__(self) -> Weather:
        self._struck = self._sky.submit(self._strike)
        return self

    def __exit__(self, *_: object) -> None:
        """The sky clears: everything runs, and nothing is broken any more. Raises what went wrong with a kill."""
        self._wanted.put(False)
        self._sky.shutdown()
        unmet = Counter(str(fault["kind"]) for fault in self.sandbox.sandbox.faults.listed())
        self.faults -= unmet
        self.sandbox.sandbox.faults.clear()
        self._struck.result()

    def arrives(self) -> None:
        """One more donor: perhaps a fault or two that the next requests and deliveries meet, perhaps a kill."""
        with self._lock:
            self._arrived += 1
            for share, kinds in ((0.7, API_FAULTS), (0.3, WEBHOOK_FAULTS)):
                if self.chance.random() < share:
                    self._fault(self.chance.choice(kinds))
            if self._arrived % A_KILL_EVERY == 0:
                self._wanted.put(True)

    def pass_time(self, seconds: float) -> None:
        """Both clocks."""
        self.plant.pass_time(seconds)
        self.sandbox.advance(seconds)

    def _fault(self, kind: str) -> None:
        self.faults[kind] += 1
        self.sandbox.fault(kind, seconds=self.chance.uniform(*SECONDS[kind]) if kind in SECONDS else 0.0)

    def _strike(self) -> None:
        """Kill something, let it lie for a moment, start it again; once, lose what is queued."""
        while self._wanted.get():
            time.sleep(self._blows.uniform(0, 1))
            name = next(self._next)
            (self._strike_broker if name == "broker" else partial(self._strike_process, name))()
            if len(self.kills) == FLUSH_AT:
                self.broker.flush()

    def _strike_process(self, name: str) -> None:
        points = self.plant.reached(name)
        self.plant.kill(name)
        self.kills.append(f"{name} at {', '.join(points) or 'no point yet'}")
        time.sleep(self._blows.uniform(0, 1))
        self.plant.start(name)
        self.pass_time(LEASE if name == "worker" else RING_AGAIN)

    def _strike_broker(self) -> None:
        self.broker.down()
        self.kills.append(f"{type(self.broker).__name__} as broker")
        time.sleep(self._blows.uniform(0, 1))
        self.broker.up()
        self.pass_time(RING_AGAIN)
