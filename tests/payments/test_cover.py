"""Adding the fee to a gift: whatever the amount, the station keeps the gift to the cent."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import NONPROFIT_RATES, FeeRate, Settings, SettingsError
from station.core.money import Money
from station.payments.policies import cover_within, fee_cover, fee_of, rate_in_force

RATES = Settings.from_env({}).stripe_fees
TODAY = date(2026, 11, 26)
ANY_RATE = st.builds(
    FeeRate,
    st.just("card"),
    st.just(date(2020, 1, 1)),
    st.integers(0, 9_000),
    st.integers(0, 5_000),
    st.none() | st.integers(0, 10_000),
)


@pytest.mark.parametrize(
    ("cents", "method", "cover"),
    [
        (500, "card", 42),
        (1000, "card", 53),
        (10_000, "card", 256),
        (10_000, "amex", 363),
        (10_000, "us_bank_account", 81),
        (100_000, "us_bank_account", 500),
        (1, "card", 31),
        (99_999_999, "card", 2_249_519),
        (10_000, "pigeon", 0),
    ],
)
def test_known_covers(cents: int, method: str, cover: int) -> None:
    assert fee_cover(Money(cents), method, TODAY, RATES) == Money(cover)


@pytest.mark.parametrize("method", ["card", "amex", "us_bank_account"])
def test_every_cent_up_to_two_hundred_dollars_is_kept_whole(method: str) -> None:
    rate = rate_in_force(method, TODAY, RATES)
    assert rate is not None
    for cents in range(1, 20_001):
        gross = Money(cents) + fee_cover(Money(cents), method, TODAY, RATES)
        assert gross - fee_of(gross, rate) == Money(cents)


@given(st.integers(1, 99_999_999), ANY_RATE)
def test_what_is_left_is_the_gift_and_a_cent_less_would_not_do(cents: int, rate: FeeRate) -> None:
    cover = fee_cover(Money(cents), "card", TODAY, [rate])
    gross = Money(cents) + cover
    assert gross - fee_of(gross, rate) == Money(cents)
    less = gross - Money(1)
    assert cover.cents == 0 or (less - fee_of(less, rate)).cents < cents
    assert cover_within(gross, "card", TODAY, [rate]) == cover


def test_the_newest_rate_that_has_begun_counts() -> None:
    old, new = FeeRate("card", date(2018, 1, 1), 220, 30), FeeRate("card", date(2027, 1, 1), 250, 30)
    for order in ([old, new], [new, old]):
        assert rate_in_force("card", date(2026, 12, 31), order) is old
        assert rate_in_force("card", date(2027, 1, 1), order) is new
    assert rate_in_force("card", date(2017, 12, 31), [old]) is None
    assert fee_cover(Money(500), "card", date(2017, 12, 31), [old]) == Money(0)


def test_a_cover_within_a_charge_leaves_a_cent_of_gift() -> None:
    assert cover_within(Money(20), "card", TODAY, RATES) == Money(19)
    assert cover_within(Money(1), "card", TODAY, RATES) == Money(0)


def test_rates_are_a_setting() -> None:
    found = Settings.from_env({"STRIPE_FEES": "card 2026-01-01 2.9% + 30, us_bank_account 2026-01-01 0.8% max 500"})
    assert found.stripe_fees == (
        FeeRate("card", date(2026, 1, 1), 290, 30),
        FeeRate("us_bank_account", date(2026, 1, 1), 80, 0, 500),
    )
    assert Settings.from_env({"STRIPE_FEES": ""}).stripe_fees == ()
    assert len(RATES) == NONPROFIT_RATES.count("%")


@pytest.mark.parametrize(
    "text",
    ["card 2.2%", "card 2026-13-01 2%", "card 2026-01-01 2.2", "card 2026-01-01 -2%", "card 2026-01-01 2.225%"],
)
def test_rates_that_cannot_be_read_are_refused_at_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="STRIPE_FEES"):
        Settings.from_env({"STRIPE_FEES": text})
