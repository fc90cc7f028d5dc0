"""Comparing calls by CPU time in interleaved rounds."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 41
CALLS = 100
WARM_UP = 200


@dataclass(frozen=True)
class Cost:
    """CPU microseconds a call: the median of the rounds, the lowest and the highest."""

    micros: float
    low: float
    high: float


def compare(calls: Sequence[Callable[[], object]], rounds: int = ROUNDS, each: int = CALLS) -> list[list[float]]:
    """CPU microseconds a call, for each round and call. Rounds take turns, in alternating order."""
    for call in calls:
        for _ in range(WARM_UP):
            call()
    found: list[list[float]] = [[] for _ in calls]
    gc.collect()
    gc.freeze()  # what is there already is not looked through again before each round
    for number in range(rounds):
        order = range(len(calls)) if number % 2 == 0 else reversed(range(len(calls)))
        for at in order:
            gc.collect()
            found[at].append(_spent(calls[at], each))
    gc.unfreeze()
    return found


def cost(times: Sequence[float]) -> Cost:
    """The middle of some rounds and their span."""
    return Cost(median(times), min(times), max(times))


def _spent(call: Callable[[], object], each: int) -> float:
    started = time.process_time()
    for _ in range(each):
        call()
    return (time.process_time() - started) / each * 1e6
