"""Delivers events to webhook endpoints.

docs.stripe.com/webhooks: at least once, in no order, anything but a 2xx is a failure (a redirect too),
retried with growing pauses for up to three days. Here the first pauses are short so that one can watch them.
Deliveries live in the store, so a restart goes on where it stopped. Pauses run in real time, not on the
sandbox's clock.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sandbox.stripe.core.shapes import Obj, new_id
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.webhooks.post import post

PAUSES = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600)
SPREAD = 0.15
TABLE = "_delivery"
DONE = "_delivered"
LOST = "_undelivered"
"""Finished deliveries lie apart, so that looking for work, and for what never arrived, stays quick."""


class Courier:
    def __init__(self, sandbox: Sandbox, pauses: tuple[float, ...] = PAUSES) -> None:
        self.sandbox = sandbox
        self.pauses = pauses
        self._changed = threading.Event()
        self._busy: set[str] = set()
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sandbox-webhook")
        sandbox.carrier = self

    # What there is to do ----------------------------------------------------------------------------------

    def enqueue(self, events: list[Obj]) -> None:
        """Plan the deliveries of one action's events; their order is shuffled, as Stripe promises none."""
        for event in events:
            for endpoint in self.sandbox.store.all("webhook_endpoint"):
                wanted = endpoint["enabled_events"]
                if endpoint["status"] == "enabled" and ("*" in wanted or event["type"] in wanted):
                    self._plan(event, endpoint)

    def _plan(self, event: Obj, endpoint: Obj) -> None:
        fault = self.sandbox.faults.for_delivery(event["type"])
        kind = fault.kind if fault else ""
        for _ in range(2 if kind == "webhook_duplicate" else 1):
            pause = self.sandbox.random.random() * SPREAD
            late = fault.seconds if fault and kind == "webhook_delay" else 0.0
            self._keep(
                {
                    "id": new_id("dlv_"),
                    "event": event["id"],
                    "type": event["type"],
                    "endpoint": endpoint["id"],
                    "url": endpoint["url"],
                    "attempts": 0,
                    "next_at": time.time() + pause + late,
                    "order": pause,
                    "delayed": late > 0,
                    "held": kind == "webhook_reorder",
                    "planned": time.time(),
                    "status": "dropped" if kind == "webhook_drop" else "pending",
                    "last_status": None,
                    "last_error": None,
                    "created": self.sandbox.now(),
                }
            )

    def resend(self, event_id: str) -> None:
        """Deliver an event again to every endpoint, whatever became of it before."""
        store = self.sandbox.store
        with store.transaction():
            event = store.get("event", event_id)
            if event is not None:
                for row in store.all(TABLE):
                    if row["event"] == event_id:
                        store.drop(TABLE, row["id"])
                for row in store.all(LOST):
                    if row["event"] == event_id:
                        store.drop(LOST, row["id"])
                        store.put(DONE, row)
                self.enqueue([event])
        self.wake()

    def rows(self) -> list[Obj]:
        """Every delivery there was or will be, the oldest first."""
        rows = [row for table in (DONE, LOST, TABLE) for row in self.sandbox.store.all(table)]
        return sorted(rows, key=lambda row: int(row["created"]))

    def pending(self, *, due: bool = False) -> list[Obj]:
        busy = set(self._busy)  # read before the rows: one that is finished meanwhile must not look idle
        rows = [row for row in self.sandbox.store.all(TABLE) if row["id"] not in busy]
        return [row for row in rows if not due or (row["next_at"] <= time.time() and not self._held(row))]

    def _held(self, row: Obj) -> bool:
        """Whether a delivery still waits for a later one to overtake it."""
        if not row["held"]:
            return False
        gone = [*self.sandbox.store.all(LOST), *self.sandbox.store.all(DONE)]
        return not any(r["planned"] > row["planned"] and r["endpoint"] == row["endpoint"] for r in gone)

    def wake(self) -> None:
        """Never waits: it is called by whoever holds the store's lock."""
        self._changed.set()

    # Doing it ---------------------------------------------------------------------------------------------

    def attempt(self, row: Obj) -> bool:
        """One delivery; the outcome is written down."""
        store = self.sandbox.store
        event, secret = store.get("event", row["event"]), store.get("_secret", row["endpoint"])
        endpoint = store.get("webhook_endpoint", row["endpoint"])
        status: int | None = None
        error: str | None = "the endpoint is gone"
        if event is not None and secret is not None and endpoint is not None:
            row["url"] = endpoint["url"]
            event["pending_webhooks"] = 1
            status, error = post(endpoint["url"], secret["secret"], event)
        self._note(row, status, error)
        return bool(row["status"] == "delivered")

    def _note(self, row: Obj, status: int | None, error: str | None) -> None:
        row.update(attempts=row["attempts"] + 1, last_status=status, last_error=error, delayed=False)
        if status is not None and 200 <= status < 300:
            row["status"] = "delivered"
        elif row["attempts"] > len(self.pauses):
            row["status"] = "failed"
        else:
            row["next_at"] = time.time() + self.pauses[row["attempts"] - 1]
        self._keep(row)

    def _keep(self, row: Obj) -> None:
        with self.sandbox.store.transaction():
            if row["status"] != "pending":
                self.sandbox.store.drop(TABLE, row["id"])
            self.sandbox.store.put({"pending": TABLE, "delivered": DONE}.get(row["status"], LOST), row)

    def deliver_now(self, *, delayed: bool = False) -> int:
        """Try every waiting delivery once, here and now, in the shuffled order; how many succeeded.

        One that is held goes last, and only when a later one has gone (or with `delayed`).
        """
        rows = [row for row in self.pending() if delayed or not row["delayed"]]
        rows.sort(key=lambda row: (bool(row["held"]), float(row["order"])))
        return sum(self.attempt(row) for row in rows if delayed or not self._held(row))

    def play(self, event_ids: list[str]) -> int:
        """Deliver exactly these, one after the other, and give up what else waits; how many deliveries succeeded."""
        self._give_up()
        done = 0
        for event_id in event_ids:
            self.resend(event_id)
            done += sum(self.attempt(row) for row in self.pending())
            self._give_up()
        return done

    def _give_up(self) -> None:
        for row in self.pending():
            self._keep({**row, "status": "dropped"})

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="sandbox-courier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self.wake()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while not self._stopped:
            self._changed.clear()
            for row in self.pending(due=True):
                self._busy.add(row["id"])
                self._pool.submit(self._work, row)
            self._changed.wait(timeout=self._pause())

    def _pause(self) -> float:
        waiting = [float(row["next_at"]) for row in self.pending() if not self._held(row)]
        return min(1.0, max(0.005, min(waiting, default=time.time() + 1.0) - time.time()))

    def _work(self, row: dict[str, Any]) -> None:
        done = False
        try:
            done = self.attempt(row)
        finally:
            self._busy.discard(row["id"])
            if not done:
                self.wake()

    def wait_delivered(self, timeout: float) -> bool:
        """Wait until nothing is pending; False when the time ran out first."""
        deadline = time.monotonic() + timeout
        while self.sandbox.store.all(TABLE) or self._busy:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True
