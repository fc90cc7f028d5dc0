"""Speaking up: a lower package announces a fact, higher ones react in the same transaction, lowest package first.

A fact is a frozen dataclass of plain values. A reactor does only what must be atomic with the fact; everything else
it puts into the outbox. A reactor never refuses money.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F")

_reactors: dict[type[Any], list[Callable[[Any], None]]] = {}


def react(fact: type[F], reactor: Callable[[F], None]) -> None:
    """Call `reactor` whenever `fact` is announced. The house is put together lowest package first, once."""
    known = _reactors.setdefault(fact, [])
    if reactor not in known:
        known.append(reactor)


def announce(fact: object) -> None:
    """Tell a fact to everyone who reacts to its type, now, inside the current transaction."""
    for reactor in _reactors.get(type(fact), []):
        reactor(fact)


def reactors() -> dict[type[Any], list[Callable[[Any], None]]]:
    """Who reacts to what (read by the whole-house tests and the docs)."""
    return {fact: list(known) for fact, known in _reactors.items()}
