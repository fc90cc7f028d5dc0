"""The pure rules of giving."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.money import Money
from station.core.ratelimit import network
from station.giving import policies
from station.giving.models import Frequency

MINIMUM = Money(500)


@given(st.integers(min_value=500, max_value=policies.LARGEST_CENTS))
def test_every_amount_between_the_limits_is_read_as_it_is_written(cents: int) -> None:
    amount = Money(cents)
    for text in (str(amount), policies.plain(amount), f" {amount.short} ", f"{cents / 100:.2f}"):
        assert policies.read_amount(text, MINIMUM) == amount


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=50, max_value=10**6))
def test_limits_hold_for_every_minimum(cents: int, least: int) -> None:
    typed = f"{cents // 100}.{cents % 100:02d}"
    if least <= cents <= policies.LARGEST_CENTS:
        assert policies.read_amount(typed, Money(least)) == Money(cents)
        return
    with pytest.raises(policies.AmountRefused) as refused:
        policies.read_amount(typed, Money(least))
    assert str(Money(least)) in str(refused.value)
    assert "$999,999.99" in str(refused.value)


@given(st.text(max_size=300))
def test_any_text_is_an_amount_or_a_sentence(text: str) -> None:
    cents = 500
    with suppress(policies.AmountRefused):
        cents = policies.read_amount(text, MINIMUM).cents
    assert 500 <= cents <= policies.LARGEST_CENTS


@given(st.integers(min_value=50, max_value=10_000_000))
def test_tiles_start_at_the_minimum_and_can_all_be_given(least: int) -> None:
    offered = policies.tiles(Money(least))
    assert offered[0] == Money(least)
    assert all(policies.read_amount(policies.plain(tile), Money(least)) == tile for tile in offered)


def luhn_number(body: str) -> str:
    total = sum(sum(divmod(2 * int(d), 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(body)))
    return body + str(-total % 10)


@given(
    st.text("0123456789", min_size=12, max_size=18).map(luhn_number),
    st.sampled_from(["", " ", "-"]),
    st.sampled_from(["", "My card ", "Ana "]),
)
def test_card_numbers_are_seen_however_they_are_spaced(number: str, gap: str, before: str) -> None:
    typed = before + gap.join(number[i : i + 4] for i in range(0, len(number), 4))
    assert policies.holds_card_number(typed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Maria Peña",
        "702-555-0188",
        "+1 (702) 555-0188",
        "123456789012",
        "4242 4242 4242 4241",
        "O'Brien-Smith III",
        "999999.99",
        "Elizabeth 2",
    ],
)
def test_ordinary_texts_are_no_card_numbers(text: str) -> None:
    assert not policies.holds_card_number(text)


@pytest.mark.parametrize("name", ["Peña", "O’Brien", "de la Cruz", "李小龍", "فاطمه\u200cزهرا", "Zoë 😀", "X Æ A-12"])
def test_names_of_people_hold_no_control_characters(name: str) -> None:
    assert not policies.holds_control_characters(name)


def test_a_commitment_is_written_as_people_say_it() -> None:
    assert policies.described(Money(500), Frequency.MONTH) == "$5 a month"
    assert policies.described(Money(1250), Frequency.ONCE) == "$12.50 once"


def test_one_household_of_ipv6_is_one_visitor() -> None:
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2:ffff::1")
    assert network("192.0.2.1") != network("192.0.2.2")
    assert network("not an address") == "not an address"


def test_the_default_ask_keeps_the_promises_of_the_house() -> None:
    said = " ".join(policies.ask_paragraphs(policies.default_ask(), Money(750)))
    for promise in ("no paywall", "not counting", "two more minutes", "as little as $7.50", "free press"):
        assert promise in said
    assert policies.ask_problem(policies.default_ask(), Money(500)) == ""


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("As little as $5 a month.", True),
        ("As little as $50 a month.", False),
        ("{minimum}", False),
        ("{name}, give", True),
        ("{", True),
        ("Only $5.00!", True),
        ("Only $5.50!", False),
    ],
)
def test_the_minimum_is_never_written_out_in_an_ask(body: str, wrong: bool) -> None:
    assert bool(policies.ask_problem(body, Money(500))) is wrong


def test_the_ask_that_started_last_is_shown() -> None:
    spans = [
        (date(2026, 1, 1), None, "always"),
        (date(2026, 3, 1), date(2026, 3, 7), "drive"),
        (date(2026, 2, 1), None, "newer"),
    ]
    days = [
        date(2025, 12, 31),
        date(2026, 1, 15),
        date(2026, 2, 1),
        date(2026, 3, 1),
        date(2026, 3, 7),
        date(2026, 3, 8),
    ]
    assert [policies.ask_in_force(spans, day) for day in days] == [None, "always", "newer", "drive", "drive", "newer"]
    same_day = [(date(2026, 1, 1), None, "a"), (date(2026, 1, 1), None, "b")]
    assert policies.ask_in_force(same_day, date(2026, 1, 1)) == "b"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2026-11", (date(2026, 11, 1), date(2026, 12, 1))),
        ("2026-12", (date(2026, 12, 1), date(2027, 1, 1))),
        ("2026-13", None),
        ("", None),
        ("26-1", None),
        ("x", None),
    ],
)
def test_months(text: str, span: tuple[date, date] | None) -> None:
    assert policies.month_days(text) == span


@pytest.mark.parametrize(
    ("day", "many", "then"),
    [("2026-11-23", 4, "2026-11-27"), ("2026-11-25", 4, "2026-12-01"), ("2026-11-28", 1, "2026-11-30")],
)
def test_working_days(day: str, many: int, then: str) -> None:
    assert policies.bank_days_after(date.fromisoformat(day), many) == date.fromisoformat(then)


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Zoë Peña-O’Brien", ("Zoë", "Peña-O’Brien")),
        ("Cher", ("Cher", "")),
        ("María de los Ángeles Cruz", ("María de los Ángeles Cruz", "")),
        ("  ", ("", "")),
        ("x" * 300, ("x" * 100, "")),
    ],
)
def test_a_wallets_name_is_parted_only_where_that_is_sure(full: str, parts: tuple[str, str]) -> None:
    assert policies.name_parts(full) == parts


@pytest.mark.parametrize(
    ("given", "offered"), [(500, [500]), (1000, [500]), (6000, [1000, 1500, 2500]), (50_000, [1500, 2500, 6000])]
)
def test_what_a_one_time_donor_is_asked_for_monthly(given: int, offered: list[int]) -> None:
    assert [each.cents for each in policies.monthly_offers(Money(given), Money(500))] == offered
