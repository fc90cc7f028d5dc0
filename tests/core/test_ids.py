"""Ids sort by time and their public form goes there and back."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from station.core.ids import new_id, public_id, row_id


@given(st.uuids())
def test_public_ids_go_there_and_back(value: UUID) -> None:
    assert row_id("gift", public_id("gift", value)) == value


@given(st.text(max_size=40))
def test_any_text_is_answered_without_an_error(text: str) -> None:
    assert row_id("gift", text) is None
    row_id("gift", f"gift_{text}")


def test_another_kind_is_not_ours() -> None:
    assert row_id("gift", public_id("pledge", new_id())) is None


def test_new_ids_are_version_7_and_ascend() -> None:
    made = [new_id() for _ in range(100)]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}
