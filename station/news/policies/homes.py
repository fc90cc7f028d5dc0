"""What stands where on a home, on plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

POSITIONS = range(1, 6)  # the lead, and four beside it


class Listed(Protocol):
    """A story as far as a home asks about it."""

    @property
    def id(self) -> Any: ...

    @property
    def image(self) -> Any: ...


T = TypeVar("T", bound=Listed)


def arrange(by_hand: Mapping[int, T], newest: Sequence[T]) -> list[T]:
    """The stories of a home in order: those put there by hand in their places, the newest in the others.

    The lead, when nobody chose one, is the newest story with a picture, else the newest. None stands there twice.
    """
    chosen = {each.id for each in by_hand.values()}
    rest = [each for each in newest if each.id not in chosen]
    lead = by_hand.get(1) or next((each for each in rest if each.image), rest[0] if rest else None)
    others: Iterator[T] = (each for each in rest if each is not lead)
    after = [by_hand.get(position) or next(others, None) for position in POSITIONS[1:]]
    return [each for each in (lead, *after) if each is not None]
