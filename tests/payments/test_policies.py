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
from station.payments.models import SubscriptionState as S
from station.payments.policies import (
    GRAPHS,
    PAYMENT,
    SUBSCRIPTION,
    Graph,
    IllegalMove,
    PaymentEdge,
    Standing,
    SubscriptionEdge,
    subscription_edge,
)

EDGES = st.lists(st.sampled_from([*PaymentEdge, *SubscriptionEdge]), max_size=12)


@given(st.sampled_from(GRAPHS), EDGES)
def test_no_walk_leaves_the_graph(graph: Graph[StrEnum], edges: list[StrEnum]) -> None:
    drawn = {(source, edge.name): edge.target for edge in graph.edges for source in edge.sources}
    state = graph.start
    for edge in edges:
        if (state, edge) in drawn:
            state, wanted = graph.move(state, edge), drawn[state, edge]
            assert state is wanted
        else:
            assert not graph.may(state, edge)
            with pytest.raises(IllegalMove):
                graph.move(state, edge)


FINAL = {"payment": {"settled", "failed", "expired"}, "subscription": {"lapsed", "ended"}}


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.name)
def test_final_states_have_no_way_out_and_every_state_can_be_reached(graph: Graph[StrEnum]) -> None:
    assert set(graph.final) == FINAL[graph.name]
    edges = {edge.name for drawn in GRAPHS for edge in drawn.edges}
    assert [(state, edge) for state in graph.final for edge in edges if graph.may(state, edge)] == []
    reached, grown = {graph.start}, True
    while grown:
        more = {edge.target for edge in graph.edges if reached & set(edge.sources)}
        grown = not more <= reached
        reached |= more
    assert reached == set(graph.states)


def test_states_of_two_graphs_that_share_a_word_are_not_confused() -> None:
    assert PaymentState.CREATED == SubscriptionState.CREATED  # both are the text "created"
    assert PAYMENT.may(PaymentState.CREATED, PaymentEdge.OPEN)
    assert not PAYMENT.may(SubscriptionState.CREATED, PaymentEdge.OPEN)  # type: ignore[arg-type]
    assert SUBSCRIPTION.move(SubscriptionState.CREATED, SubscriptionEdge.START) is SubscriptionState.ACTIVE


@pytest.mark.parametrize(
    ("state", "found", "edge"),
    [
        (S.CREATED, Standing("active"), SubscriptionEdge.START),
        (S.CREATED, Standing("active", paused=True), SubscriptionEdge.START),
        (S.CREATED, Standing("incomplete"), None),
        (S.CREATED, Standing("incomplete_expired"), SubscriptionEdge.END),
        (S.CREATED, Standing("canceled", gave_up=True), SubscriptionEdge.START),
        (S.ACTIVE, Standing("active"), None),
        (S.ACTIVE, Standing("trialing"), None),
        (S.ACTIVE, Standing("past_due"), SubscriptionEdge.RETRY),
        (S.ACTIVE, Standing("past_due", stuck=True), SubscriptionEdge.ASK),
        (S.ACTIVE, Standing("unpaid"), SubscriptionEdge.ASK),
        (S.ACTIVE, Standing("active", paused=True), SubscriptionEdge.PAUSE),
        (S.ACTIVE, Standing("paused"), SubscriptionEdge.PAUSE),
        (S.ACTIVE, Standing("canceled", gave_up=True), SubscriptionEdge.LAPSE),
        (S.PAUSED, Standing("active", paused=True), None),
        (S.PAUSED, Standing("paused"), None),
        (S.PAUSED, Standing("active"), SubscriptionEdge.RESUME),
        (S.PAUSED, Standing("past_due", paused=True), SubscriptionEdge.RETRY),
        (S.PAUSED, Standing("canceled"), SubscriptionEdge.END),
        (S.RETRYING, Standing("past_due"), None),
        (S.RETRYING, Standing("past_due", stuck=True), SubscriptionEdge.ASK),
        (S.RETRYING, Standing("active"), SubscriptionEdge.RECOVER),
        (S.RETRYING, Standing("canceled"), SubscriptionEdge.END),
        (S.RETRYING, Standing("canceled", gave_up=True), SubscriptionEdge.LAPSE),
        (S.NEEDS_ACTION, Standing("past_due"), SubscriptionEdge.RETRY),
        (S.NEEDS_ACTION, Standing("unpaid"), None),
        (S.ENDED, Standing("active"), None),
        (S.LAPSED, Standing("canceled"), None),
        (S.ACTIVE, Standing("a word of next year"), None),
    ],
)
def test_what_stripes_status_means(state: S, found: Standing, edge: SubscriptionEdge | None) -> None:
    assert subscription_edge(state, found) is edge


@given(
    st.sampled_from(S),
    st.builds(
        Standing,
        st.sampled_from(["active", "trialing", "past_due", "unpaid", "canceled", "incomplete", "paused", "new"]),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
)
def test_whatever_stripe_says_the_steps_come_to_an_end_that_stands(state: S, found: Standing) -> None:
    seen = [state]
    while (edge := subscription_edge(seen[-1], found)) is not None:
        seen.append(SUBSCRIPTION.move(seen[-1], edge))
        assert len(seen) == len(set(seen))
    assert len(seen) <= 3


def test_the_drawing_is_current() -> None:
    drawn = CliRunner().invoke(group, ["graph"])
    assert drawn.exit_code == 0
    assert drawn.output == (ROOT / "docs" / "payments" / "states.md").read_text(encoding="utf-8"), (
        "run: station payments graph --write"
    )
