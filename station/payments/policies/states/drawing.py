"""All graphs, and how they are drawn: `docs/payments/states.md` comes from here."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

from station.core.graphs import Graph, draw_graphs
from station.payments.policies.states.dispute import DISPUTE
from station.payments.policies.states.keeping import INVOICE, MANDATE
from station.payments.policies.states.payment import PAYMENT
from station.payments.policies.states.payout import PAYOUT
from station.payments.policies.states.refund import REFUND
from station.payments.policies.states.subscription import SUBSCRIPTION

GRAPHS = cast("tuple[Graph[StrEnum], ...]", (PAYMENT, SUBSCRIPTION, REFUND, DISPUTE, PAYOUT, INVOICE, MANDATE))


def draw() -> str:
    """All graphs as a Markdown page with mermaid drawings."""
    note = "Drawn by `station payments graph --write` from `station/payments/policies/`; a test compares."
    return draw_graphs("States of money", note, GRAPHS)
