"""Rules of the story page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.news.policies import alt_text, copyright_line, readable_address, slot_position, slugify

P, X = True, False


@pytest.mark.parametrize(
    ("blocks", "position"),
    [
        ([P] * 15, 5),
        ([P] * 5, 5),
        ([P, P, P, P, P, X, P, P], 7),  # waits until two paragraphs meet
        ([X, P, P, X, P, P, X, P, P, P], 8),
        ([P, P, P, P, P, X, X], 7),  # none meet any more: the end
        ([P, P, P, P, P, X, P], 7),
        ([P, P, P], 3),
        ([P, X, P, X], 3),
        ([P], None),
        ([X, X, X], None),
        ([], None),
    ],
)
def test_where_the_slot_stands(blocks: list[bool], position: int | None) -> None:
    assert slot_position(blocks) == position


@given(st.lists(st.booleans(), max_size=40))
def test_slot_properties(blocks: list[bool]) -> None:
    at, count = slot_position(blocks), sum(blocks)
    assert (at is None) == (count < 2)
    if at is None:
        return
    before = sum(blocks[:at])
    assert before >= min(5, count)
    if count >= 5 and at < len(blocks):
        assert all(blocks[at - 1 : at + 1]), "a slot inside a story stands between two paragraphs"
        meets = [i for i in range(1, len(blocks)) if blocks[i - 1] and blocks[i] and sum(blocks[:i]) >= 5]
        assert at == meets[0], "and at the first place where that is possible"
    if count >= 5 and at == len(blocks):
        assert not any(blocks[i - 1] and blocks[i] and sum(blocks[:i]) >= 5 for i in range(1, len(blocks)))


@pytest.mark.parametrize(
    ("instant", "year"),
    [
        (datetime(2020, 1, 1, 2, 0, tzinfo=UTC), 2019),  # still New Year's Eve in Las Vegas
        (datetime(2020, 1, 1, 7, 59, 59, tzinfo=UTC), 2019),
        (datetime(2020, 1, 1, 8, 0, tzinfo=UTC), 2020),
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), 2026),
    ],
)
def test_copyright_has_the_storys_own_year_at_the_station(instant: datetime, year: int) -> None:
    assert copyright_line("NPR", instant, "America/Los_Angeles") == f"Copyright {year} NPR."


@pytest.mark.parametrize(
    ("headline", "slug"),
    [
        ("Iraq Condemns U.S. Airstrikes", "iraq-condemns-us-airstrikes"),
        ("Señor Peña's “big” day!", "senor-penas-big-day"),
        ("日本", "story"),
        ("", "story"),
        ("a" * 300, "a" * 100),
    ],
)
def test_slugs(headline: str, slug: str) -> None:
    assert slugify(headline) == slug


@given(st.text(max_size=400))
def test_slugs_are_addresses(headline: str) -> None:
    slug = slugify(headline)
    assert 0 < len(slug) <= 100
    assert slug.replace("-", "").isalnum()
    assert slug.isascii()
    assert slug == slug.lower()


def test_alt_is_silent_when_the_caption_says_it() -> None:
    assert alt_text("A lake  at dusk.", "a lake at dusk") == ""
    assert alt_text("A bathtub ring on the rock", "Lake Mead in May") == "A bathtub ring on the rock"
    assert readable_address("https://www.npr.org/") == "npr.org"
