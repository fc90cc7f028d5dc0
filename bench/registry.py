"""What a measure is, and the one list of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """One number. `ratio` is how it stands to its baseline; `spread` the span of the rounds; `bar` what is wanted."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    spread: str = ""
    bar: str = ""
    met: bool | None = None

    def row(self) -> dict[str, Any]:
        """As it is written to results.json."""
        return asdict(self)


Measure = Callable[[], list[Result]]
MEASURES: dict[str, Measure] = {}


def measure(name: str) -> Callable[[Measure], Measure]:
    """Register a measure under a name that can be given on the command line."""

    def register(made: Measure) -> Measure:
        MEASURES[name] = made
        return made

    return register
