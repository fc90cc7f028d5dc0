"""Rules of coming out: where a story stands and what may happen to it, the station's minutes, corrections."""

from station.news.policies.releasing.graph import (
    RELEASE,
    Refusal,
    Standing,
    Step,
    WrongTime,
    check_ahead,
    check_embargo,
    check_now,
    close_ones,
    draw,
    mark,
    original,
    same_release,
    standing_of,
    step,
)

__all__ = [
    "RELEASE",
    "Refusal",
    "Standing",
    "Step",
    "WrongTime",
    "check_ahead",
    "check_embargo",
    "check_now",
    "close_ones",
    "draw",
    "mark",
    "original",
    "same_release",
    "standing_of",
    "step",
]
