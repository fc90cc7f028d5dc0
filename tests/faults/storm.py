"""A pledge drive in a storm: donors who give as people do, and weather that breaks everything around them.

All chance comes from one seed; what happens at the same time is the machine's own affair.
"""

from __future__ import annotations

import itertools
import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sandbox.stripe.testing import Handle
from tests.faults.brokers import Broker
from tests.faults.donors import Answer, Donor
from tests.faults.plant import LEASE, RING_AGAIN, Plant

TRIES = 60
PAUSE = 0.3, 1.2  # seconds before a person tries again (hurried: real ones wait longer)
DECLINED = "4000000000000002"
AMOUNTS = ("5", "10", "25", "50", "100", "17.50")
API_FAULTS = ("error_before", "error_after", "rate_limit", "hang", "cut")
WEBHOOK_FAULTS = ("webhook_duplicate", "webhook_delay", "webhook_drop")
SECONDS = {"hang": (0.2, 3.0), "webhook_delay": (0.5, 4.0)}
A_KILL_EVERY, FLUSH_AT = 20, 3  # donors; kills
PROCESSES = ("web", "web", "worker", "worker", "relay", "beat")


class Giver(Donor):
    """One donor with a temper of their own; `diary` tells what they did and saw."""

    def __init__(self, number: int, seed: int, site: str, sandbox: Handle) -> None:
        self.chance, self.sandbox = random.Random(f"{seed}:{number}"), sandbox
        self.email = f"donor{number}@example.org"
        facts = {
            "email": self.email,
            "given_name": self.chance.choice(("Ada", "Ben", "Cleo", "Dolores")),
            "family_name": f"Quill {number}",
            "frequency": "month" if number % 5 == 0 else "once",
            "station": self.chance.choice(("news", "classical")),
        }
        super().__init__(site, facts, f"10.{number // 250}.{number % 250}.{self.chance.randint(1, 250)}")
        self.diary: list[str] = []
        self._choose(self.chance.choice(AMOUNTS))
        self.presses_twice, self.changes, self.old_form, self.declined_first, self.sends_again = (
            self.chance.random() < share for share in (0.2, 0.15, 0.5, 0.1, 0.1)
        )

    @property
    def cents(self) -> int:
        """What this donor means to give in the end."""
        return round(float(self.form["other_amount"]) * 100)

    def give(self) -> None:
        """From the form to the thank-you page, however often that takes. Raises AssertionError when it is in vain."""
        self._until(self.open, lambda answer: answer.attempt != "", "the form")
        session_id = self._to_payment()
        if self.changes:
            session_id = self._change_the_amount(session_id)
        self._pay(session_id)
        if self.sends_again:
            again = self._until(self.send, lambda answer: answer.status in (303, 422), "an answer to the old form")
            assert again.session_id in ("", session_id), "a form that was paid led to a second payment page"
        thanks = str(self.sandbox.get(session_id)["success_url"]).removeprefix(self.site)
        self._until(lambda: self.get(thanks), lambda answer: answer.status == 200, "the thank-you page")

    def _choose(self, amount: str) -> None:
        self.form["amount"], self.form["other_amount"] = "", amount

    def _to_payment(self) -> str:
        """Send the form until a payment page opens; a form that comes back with another token is sent with it."""

        def press() -> Answer:
            answer = self._press()
            if answer.status == 422 and answer.attempt:
                self.form["attempt"] = answer.attempt
            return answer

        return self._until(press, lambda answer: answer.session_id != "", "a payment page").session_id

    def _press(self) -> Answer:
        """Once, or twice at the same time: both then lead to the same page."""
        if not self.presses_twice:
            return self.send()
        with ThreadPoolExecutor(2) as fingers:
            first, second = fingers.map(lambda _: self.send(), range(2))
        led_to = {answer.session_id for answer in (first, second) if answer.session_id}
        assert len(led_to) < 2, f"one form led to two payment pages: {led_to}"
        return first if first.session_id else second

    def _change_the_amount(self, session_id: str) -> str:
        """Back from the payment page: by its link, or by the browser's button to the form that was sent."""
        if not self.old_form:
            back = str(self.sandbox.get(session_id)["cancel_url"]).removeprefix(self.site)
            self._until(lambda: self.open(back), lambda answer: answer.attempt != "", "the form again")
        self._choose(self.chance.choice([each for each in AMOUNTS if each != self.form["other_amount"]]))
        self._note(f"changes the amount to {self.form['other_amount']}")
        return self._to_payment()

    def _pay(self, session_id: str) -> None:
        if self.declined_first:
            self._note(f"declined: {self.sandbox.pay(session_id, DECLINED, self.email)}")
        assert self.sandbox.pay(session_id, email=self.email) is None
        self._note(f"paid {session_id}")

    def _until(self, act: Callable[[], Answer], good: Callable[[Answer], bool], what: str) -> Answer:
        for _ in range(TRIES):
            answer = act()
            self._note(f"{answer.status or 'no answer'} {answer.session_id or answer.location}".strip())
            if good(answer):
                return answer
            time.sleep(self.chance.uniform(*PAUSE))
        raise AssertionError(f"{what} did not come")

    def _note(self, line: str) -> None:
        self.diary.append(line)


class Weather:
    """Faults of Stripe and its webhooks, processes killed, queued messages lost once: so many for so many donors.

    It goes by arrivals and not by the clock, so that a slow machine has the same storm as a fast one.
    """

    def __init__(self, plant: Plant, sandbox: Handle, broker: Broker, seed: int) -> None:
        self.plant, self.sandbox, self.broker = plant, sandbox, broker
        self.chance, self._blows = random.Random(seed), random.Random(f"{seed}:kills")
        self.kills: Counter[str] = Counter()
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
        """Kill a process, let it lie for a moment, start it again; once, lose what is queued."""
        while self._wanted.get():
            time.sleep(self._blows.uniform(0, 1))
            name = next(self._next)
            self.plant.kill(name)
            self.kills[name] += 1
            if self.kills.total() == FLUSH_AT:
                self.broker.flush()
            time.sleep(self._blows.uniform(0, 1))
            self.plant.start(name)
            self.pass_time(LEASE if name == "worker" else RING_AGAIN)
