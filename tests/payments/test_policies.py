"""The graphs as data: every walk stays on them, final states stay final, and the drawing is the code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from station.core.money import Money
from station.payments.cli import group
from station.payments.models import DisputeState, PaymentState, RefundState, SubscriptionState, Tender
from station.payments.models import SubscriptionState as S
from station.payments.policies import (
    GRAPHS,
    PAYMENT,
    SUBSCRIPTION,
    DisputeEdge,
    Graph,
    IllegalMove,
    PaymentEdge,
    PayoutEdge,
    Refundable,
    RefundEdge,
    Standing,
    SubscriptionEdge,
    blocks_refund,
    dispute_edge,
    refund_edge,
    refund_problem,
    subscription_edge,
)
from station.payments.policies.states.dispute import is_alarming, stops_recurring

EDGES = st.lists(
    st.sampled_from([*PaymentEdge, *SubscriptionEdge, *RefundEdge, *DisputeEdge, *PayoutEdge]), max_size=12
)


@given(st.sampled_from(GRAPHS), EDGES)
def test_no_walk_leaves_the_graph(graph: Graph[StrEnum], edges: list[StrEnum]) -> None:
    drawn = {(source, type(e.name), e.name): e.target for e in graph.edges for source in e.sources}
    state = graph.start
    for edge in edges:
        step = (state, type(edge), edge)  # edges of two graphs may be the same word
        if step in drawn:
            state, wanted = graph.move(state, edge), drawn[step]
            assert state is wanted
        else:
            assert not graph.may(state, edge)
            with pytest.raises(IllegalMove):
                graph.move(state, edge)


FINAL = {
    "open invoice": {"paid", "void"},
    "mandate": {"inactive"},
    "payment": {"settled", "failed", "expired"},
    "subscription": {"lapsed", "ended"},
    "refund": {"failed", "cancelled"},
    "dispute": {"won", "warning_closed", "prevented"},
    "payout": {"failed", "canceled"},
}


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


@pytest.mark.parametrize(
    ("state", "status", "edge"),
    [
        (RefundState.CREATED, "pending", RefundEdge.SUBMIT),
        (RefundState.CREATED, "requires_action", RefundEdge.SUBMIT),
        (RefundState.CREATED, "succeeded", RefundEdge.SUCCEED),
        (RefundState.PENDING, "pending", None),
        (RefundState.PENDING, "canceled", RefundEdge.CANCEL),
        (RefundState.SUCCEEDED, "failed", RefundEdge.FAIL),
        (RefundState.SUCCEEDED, "pending", None),
        (RefundState.FAILED, "succeeded", None),
        (RefundState.CREATED, "a word of next year", None),
    ],
)
def test_what_stripes_refund_status_means(state: RefundState, status: str, edge: RefundEdge | None) -> None:
    assert refund_edge(state, status) is edge


@pytest.mark.parametrize(
    ("state", "status", "edge"),
    [
        (DisputeState.CREATED, "warning_needs_response", DisputeEdge.INQUIRE),
        (DisputeState.CREATED, "lost", DisputeEdge.LOSE),
        (DisputeState.WARNING_UNDER_REVIEW, "needs_response", DisputeEdge.CHARGE_BACK),
        (DisputeState.NEEDS_RESPONSE, "under_review", DisputeEdge.ANSWER),
        (DisputeState.UNDER_REVIEW, "needs_response", None),
        (DisputeState.LOST, "won", DisputeEdge.WIN),
        (DisputeState.LOST, "under_review", None),
        (DisputeState.WON, "lost", None),
        (DisputeState.WARNING_CLOSED, "needs_response", None),
    ],
)
def test_what_stripes_dispute_status_means(state: DisputeState, status: str, edge: DisputeEdge | None) -> None:
    assert dispute_edge(state, status) is edge


SETTLED = Refundable(PaymentState.SETTLED, Tender.STRIPE, "card", Money(1500), False, timedelta(days=3), True)


@pytest.mark.parametrize(
    ("change", "cents", "words"),
    [
        ({}, 1500, ""),
        ({}, 1, ""),
        ({}, 0, "above zero"),
        ({}, -5, "above zero"),
        ({}, 1501, "At most $15.00"),
        ({"left": Money(0)}, 1, "given back already"),
        ({"left": Money(0)}, 0, "given back already"),
        ({"state": PaymentState.PROCESSING}, 1500, "still at the donor's bank"),
        ({"state": PaymentState.FAILED}, 1500, "No money came"),
        ({"disputed": True}, 1500, "pay the donor twice"),
        ({"tender": Tender.CHECK}, 1500, "did not come through Stripe"),
        ({"tender": Tender.CHECK, "by_stripe": False}, 1500, ""),
        ({"method": "us_bank_account"}, 1500, ""),
        ({"method": "us_bank_account", "age": timedelta(days=181)}, 1500, "within 180 days"),
        ({"method": "us_bank_account", "age": timedelta(days=181), "by_stripe": False}, 1500, ""),
    ],
)
def test_when_money_can_be_given_back(change: dict[str, Any], cents: int, words: str) -> None:
    problem = refund_problem(replace(SETTLED, **change), Money(cents))
    assert (words in problem) if words else (problem == "")


def test_a_refund_is_of_the_payments_currency() -> None:
    assert refund_problem(SETTLED, Money(100, "eur")) == "Type an amount above zero."


def test_what_a_dispute_forbids_and_stops() -> None:
    assert blocks_refund(DisputeState.NEEDS_RESPONSE, refundable=False)
    assert blocks_refund(DisputeState.LOST, refundable=False)
    assert not blocks_refund(DisputeState.WARNING_NEEDS_RESPONSE, refundable=True)
    assert not blocks_refund(DisputeState.WON, refundable=False)
    assert stops_recurring("card", "fraudulent")
    assert stops_recurring("us_bank_account", "debit_not_authorized")
    assert not stops_recurring("us_bank_account", "insufficient_funds")


@pytest.mark.parametrize(
    ("disputes", "charges", "alarming"),
    [(0, 0, False), (2, 10, False), (3, 400, True), (3, 401, False), (75, 10_000, True), (74, 10_000, False)],
)
def test_how_many_disputes_are_too_many(disputes: int, charges: int, alarming: bool) -> None:
    assert is_alarming(disputes, charges) is alarming


def test_the_drawing_is_current() -> None:
    drawn = CliRunner().invoke(group, ["graph"])
    assert drawn.exit_code == 0
    assert drawn.output == (ROOT / "docs" / "payments" / "states.md").read_text(encoding="utf-8"), (
        "run: station payments graph --write"
    )
