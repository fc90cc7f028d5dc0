"""State graphs as data: states, a beginning, and every move there is. What is not drawn cannot happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

State = TypeVar("State", bound=StrEnum)


class IllegalMove(Exception):
    """The graph has no such edge from this state."""


@dataclass(frozen=True)
class Edge(Generic[State]):
    """A move: from any of `sources` to `target`, with the reason that a reader of the drawing wants."""

    name: StrEnum
    sources: tuple[State, ...]
    target: State
    why: str


@dataclass(frozen=True)
class Graph(Generic[State]):
    """All states, where a row begins, and every move there is. A state that no edge leaves is final."""

    name: str
    states: type[State]
    start: State
    edges: tuple[Edge[State], ...]

    @property
    def final(self) -> tuple[State, ...]:
        """States that no edge leaves."""
        left = {source for edge in self.edges for source in edge.sources}
        return tuple(state for state in self.states if state not in left)

    def may(self, state: State, edge: StrEnum) -> bool:
        """Whether the graph has this edge from this state."""
        return self._target(state, edge) is not None

    def move(self, state: State, edge: StrEnum) -> State:
        """The state after an edge. Raises IllegalMove where the graph has none."""
        target = self._target(state, edge)
        if target is None:
            raise IllegalMove(f"{self.name}: {state} has no edge {edge}")
        return target

    def is_final(self, state: State) -> bool:
        """Whether no edge leaves the state."""
        return state in self.final

    def _target(self, state: State, edge: StrEnum) -> State | None:
        """StrEnums of two graphs may be equal as text, so the types are compared, too."""
        if not isinstance(state, self.states):
            return None
        found = (e.target for e in self.edges if type(e.name) is type(edge) and e.name == edge and state in e.sources)
        return next(found, None)


def draw_graphs(title: str, note: str, graphs: Sequence[Graph[Any]]) -> str:
    """Graphs as a Markdown page with mermaid drawings; `note` says who draws it."""
    parts = [f"# {title}", "", note, ""]
    for graph in graphs:
        parts += [f"## {graph.name.capitalize()}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {graph.start}"]
        parts += [f"    {source} --> {edge.target}: {edge.name}" for edge in graph.edges for source in edge.sources]
        parts += [f"    {state} --> [*]" for state in graph.final]
        parts += ["```", "", "| edge | to | because |", "| --- | --- | --- |"]
        parts += [f"| {edge.name} | {edge.target} | {edge.why} |" for edge in graph.edges] + [""]
    return "\n".join(parts)
