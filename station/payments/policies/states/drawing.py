"""All graphs, and how they are drawn: `docs/payments/states.md` comes from here."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

from station.payments.policies.states.dispute import DISPUTE
from station.payments.policies.states.graph import Graph
from station.payments.policies.states.keeping import INVOICE, MANDATE
from station.payments.policies.states.payment import PAYMENT
from station.payments.policies.states.payout import PAYOUT
from station.payments.policies.states.refund import REFUND
from station.payments.policies.states.subscription import SUBSCRIPTION

GRAPHS = cast("tuple[Graph[StrEnum], ...]", (PAYMENT, SUBSCRIPTION, REFUND, DISPUTE, PAYOUT, INVOICE, MANDATE))


def draw() -> str:
    """All graphs as a Markdown page with mermaid drawings."""
    parts = [
        "# States of money",
        "",
        "Drawn by `station payments graph --write` from `station/payments/policies/`; a test compares.",
        "",
    ]
    for graph in GRAPHS:
        parts += [f"## {graph.name.capitalize()}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {graph.start}"]
        parts += [f"    {source} --> {edge.target}: {edge.name}" for edge in graph.edges for source in edge.sources]
        parts += [f"    {state} --> [*]" for state in graph.final]
        parts += ["```", "", "| edge | to | because |", "| --- | --- | --- |"]
        parts += [f"| {edge.name} | {edge.target} | {edge.why} |" for edge in graph.edges] + [""]
    return "\n".join(parts)
