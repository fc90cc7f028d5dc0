"""Splits, slips and journals on plain values; months of the books at the edges of time zones."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.payments.models import PayoutState, Tie
from station.payments.policies import (
    PAYOUT,
    fee_kind,
    fiscal_year,
    is_month,
    month_bounds,
    month_days,
    month_of,
    nets,
    next_month,
    payout_edge,
    split_line,
)
from station.payments.policies.slips import Part, journal, slip

NEWS, CLASSICAL, THIRD = (UUID(int=number) for number in (1, 2, 3))
ZONE = "America/Los_Angeles"
cents = st.integers(-(10**9), 10**9)
weights = st.dictionaries(st.sampled_from((NEWS, CLASSICAL, THIRD)), st.integers(0, 10**7), min_size=1).filter(
    lambda found: sum(found.values()) > 0
)
parts = st.lists(
    st.builds(
        Part,
        station_id=st.sampled_from((NEWS, CLASSICAL)),
        tie=st.sampled_from(Tie),
        gross=cents,
        fee=st.integers(-(10**6), 10**6),
        goods=st.integers(0, 10**6),
    )
)


@given(gross=cents, fee=cents, of=weights)
def test_the_parts_of_a_line_sum_to_the_line(gross: int, fee: int, of: dict[UUID, int]) -> None:
    found = split_line(gross, fee, of)
    assert (sum(each.gross for each in found), sum(each.fee for each in found)) == (gross, fee)
    assert sum(nets(found).values()) == gross - fee
    assert {each.station_id for each in found} <= {station for station, weight in of.items() if weight}
    total = sum(of.values())
    assert all(abs(each.gross - gross * of[each.station_id] / total) < 1.001 for each in found)


@given(found=parts)
def test_a_slip_is_the_sum_of_its_lines_and_its_journal_balances(found: list[Part]) -> None:
    assert sum(row.net for row in slip(found)) == sum(each.gross - each.fee for each in found)
    for undone in (False, True):
        lines = journal(found, undone)
        for station in (NEWS, CLASSICAL):
            assert sum(line.cents for line in lines if line.station_id == station) == 0
        cash = sum(line.cents for line in lines if line.account == "Cash")
        assert cash == (-1 if undone else 1) * sum(row.net for row in slip(found))


def test_the_worked_journal() -> None:
    """100 + 25 + 10, fees 2.50 + 0.85 + 0.52, refund 25: cash 106.13, fees 3.87, gifts 110.00."""
    paid = [Part(NEWS, Tie.PAYMENT, *each) for each in ((10000, 250), (2500, 85), (1000, 52))]
    found = [*paid, Part(NEWS, Tie.REFUND, -2500, 0)]
    assert [(line.account, line.cents) for line in journal(found)] == [
        ("Cash", 10613),
        ("Processing fees", 387),
        ("Contributions", -11000),
    ]
    (row,) = slip(found)
    assert (row.gifts, row.fees, row.refunds, row.net) == (13500, -387, -2500, 10613)


def test_what_was_paid_for_goods_is_no_contribution() -> None:
    books = journal([Part(NEWS, Tie.PAYMENT, 12000, 0, goods=2000)])
    assert [(line.account, line.cents) for line in books] == [
        ("Cash", 12000),
        ("Contributions", -10000),
        ("Goods for donors", -2000),
    ]


def test_each_kind_of_line_has_its_place_in_the_slip_and_in_the_journal() -> None:
    for tie in Tie:
        found = [Part(NEWS, tie, -1500, 0)]
        assert slip(found)[0].net == -1500
        assert len(journal(found)) == 2, tie


@pytest.mark.parametrize(
    ("instant", "month"),
    [
        ((2026, 11, 1, 6, 59), "2026-10"),  # 23:59 in Las Vegas, still in summer time
        ((2026, 11, 1, 7, 0), "2026-11"),
        ((2026, 12, 1, 7, 59), "2026-11"),  # winter time: midnight is at eight
        ((2026, 12, 1, 8, 0), "2026-12"),
        ((2027, 1, 1, 7, 59), "2026-12"),
    ],
)
def test_a_month_is_the_stations_own(instant: tuple[int, int, int, int, int], month: str) -> None:
    at = datetime(*instant, tzinfo=UTC)
    assert month_of(at, ZONE) == month
    starts, ends = month_bounds(month, ZONE)
    assert starts <= at < ends


@pytest.mark.parametrize(("month", "year"), [("2026-09", "FY26"), ("2026-10", "FY27"), ("2027-09", "FY27")])
def test_the_fiscal_year_is_named_after_its_end(month: str, year: str) -> None:
    assert fiscal_year(month, 10) == year
    assert fiscal_year("2026-09", 1) == "FY26"


def test_months_follow_one_another() -> None:
    assert (next_month("2026-11"), next_month("2026-12")) == ("2026-12", "2027-01")
    assert [day.isoformat() for day in month_days("2026-12")] == ["2026-12-01", "2027-01-01"]
    assert [is_month(each) for each in ("2026-11", "2026-13", "2026-00", "26-11", "2026-11-01", "")] == [
        True,
        *[False] * 5,
    ]


def test_what_a_fee_is() -> None:
    assert fee_kind("fee", "Radar (2026-11-01 - 2026-11-30)") is Tie.FEE
    assert fee_kind("fee", "Dispute countered fee") is Tie.DISPUTE_FEE
    assert fee_kind("tax", "Sales tax") is Tie.FEE
    assert [fee_kind(each, "") for each in ("charge", "refund", "topup", "payout", "other_adjustment")] == [None] * 5


def test_a_payout_goes_forward_only() -> None:
    assert payout_edge(PayoutState.PENDING, "pending") is None
    assert payout_edge(PayoutState.FAILED, "paid") is None
    assert payout_edge(PayoutState.PAID, "in_transit") is None
    assert payout_edge(PayoutState.CANCELED, "failed") is None
    assert payout_edge(PayoutState.PENDING, "a word of next year") is None
    assert PAYOUT.final == (PayoutState.FAILED, PayoutState.CANCELED)
