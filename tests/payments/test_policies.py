"""The graphs as data: every walk stays on them, final states stay final, and the drawing is the code."""

from __future__ import annotations

from enum import StrEnum

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from station.payments.cli import group
from station.payments.models import PaymentState, SubscriptionState
from station.payments.policies import (
    PAYMENT,
    SUBSCRIPTION,
    IllegalMove,
    PaymentEdge,
    SubscriptionEdge,
    is_final,
    may,
    move,
    subscription_edge,
)

EDGES = st.lists(st.sampled_from([*PaymentEdge, *SubscriptionEdge]), max_size=12)


@given(st.sampled_from([PAYMENT, SUBSCRIPTION]), EDGES)
def test_no_walk_leaves_the_graph(graph: object, edges: list[PaymentEdge | SubscriptionEdge]) -> None:
    drawn = {(source, edge.name): edge.target for edge in graph.edges for source in edge.sources}  # type: ignore[attr-defined]
    state: StrEnum = graph.start  # type: ignore[attr-defined]
    for edge in edges:
        if (state, edge) in drawn:
            state, wanted = move(state, edge), drawn[state, edge]
            assert state is wanted
        else:
            assert not may(state, edge)
            with pytest.raises(IllegalMove):
                move(state, edge)


@pytest.mark.parametrize(
    "state", [PaymentState.SETTLED, PaymentState.FAILED, PaymentState.EXPIRED, SubscriptionState.ENDED]
)
def test_final_states_have_no_way_out(state: StrEnum) -> None:
    assert is_final(state)  # type: ignore[arg-type]
    assert [edge for edge in (*PaymentEdge, *SubscriptionEdge) if may(state, edge)] == []


def test_other_states_are_not_final_and_can_be_reached() -> None:
    for graph in (PAYMENT, SUBSCRIPTION):
        reached, grown = {graph.start}, True
        while grown:
            more = {edge.target for edge in graph.edges if reached & set(edge.sources)}  # type: ignore[operator]
            grown = not more <= reached
            reached |= more  # type: ignore[arg-type]
        assert reached == set(graph.states)
    assert [state for state in PaymentState if not is_final(state)] == [
        PaymentState.CREATED,
        PaymentState.AWAITING_DONOR,
        PaymentState.PROCESSING,
    ]


def test_states_of_two_graphs_that_share_a_word_are_not_confused() -> None:
    assert PaymentState.CREATED == SubscriptionState.CREATED  # both are the text "created"
    assert may(PaymentState.CREATED, PaymentEdge.OPEN)
    assert not may(SubscriptionState.CREATED, PaymentEdge.OPEN)
    assert move(SubscriptionState.CREATED, SubscriptionEdge.START) is SubscriptionState.ACTIVE


@pytest.mark.parametrize(
    ("state", "status", "edge"),
    [
        (SubscriptionState.CREATED, "active", SubscriptionEdge.START),
        (SubscriptionState.CREATED, "incomplete", None),
        (SubscriptionState.CREATED, "incomplete_expired", SubscriptionEdge.END),
        (SubscriptionState.ACTIVE, "active", None),
        (SubscriptionState.ACTIVE, "past_due", SubscriptionEdge.RETRY),
        (SubscriptionState.ACTIVE, "unpaid", SubscriptionEdge.RETRY),
        (SubscriptionState.RETRYING, "past_due", None),
        (SubscriptionState.RETRYING, "active", SubscriptionEdge.RECOVER),
        (SubscriptionState.RETRYING, "canceled", SubscriptionEdge.END),
        (SubscriptionState.ENDED, "active", None),
        (SubscriptionState.ACTIVE, "a word of next year", None),
    ],
)
def test_what_stripes_status_means(state: SubscriptionState, status: str, edge: SubscriptionEdge | None) -> None:
    assert subscription_edge(state, status) is edge


def test_the_drawing_is_current() -> None:
    drawn = CliRunner().invoke(group, ["graph"])
    assert drawn.exit_code == 0
    assert drawn.output == (ROOT / "docs" / "payments" / "states.md").read_text(encoding="utf-8"), (
        "run: station payments graph --write"
    )
