"""Labels of stories: one for a name, however it is written; and none for a name that only shares its address."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from station.core.db import db
from station.news.drafts import Topic
from station.news.models import Program, Section, Story, StoryTag, Tag
from station.news.policies import same_name
from tests.conftest import House
from tests.news.test_feeds import publish


def tags_of(headline: str) -> list[tuple[str, str]]:
    rows = db.session.execute(
        sa.select(Tag.name, Tag.slug)
        .join(StoryTag, StoryTag.tag_id == Tag.id)
        .join(Story, Story.id == StoryTag.story_id)
        .where(Story.headline == headline)
        .order_by(Tag.slug)
    )
    return [(name, slug) for name, slug in rows]


def test_names_that_share_an_address_are_two_labels(house: House) -> None:
    for number, names in enumerate((["中文", "C++"], ["日本語", "C#"], ["中文", "c++", "日本語"])):
        publish(house, f"Story {number}", tags=[Topic(name) for name in names])
    assert tags_of("Story 0") == [("C++", "c"), ("中文", "story")]
    assert tags_of("Story 1") == [("C#", "c-2"), ("日本語", "story-2")]
    assert tags_of("Story 2") == [("C++", "c"), ("中文", "story"), ("日本語", "story-2")]


def test_sections_and_programs_are_told_apart_as_well(house: House) -> None:
    for number, name in enumerate(("中文", "日本語")):
        publish(house, f"Story {number}", topics=[Topic(name)], program=Topic(name))
    for kind in (Section, Program):
        assert sorted(db.session.scalars(sa.select(kind.slug))) == ["story", "story-2"]


def test_a_name_that_begins_like_a_number_of_another_is_its_own(house: House) -> None:
    publish(house, "Story 0", tags=[Topic("C#"), Topic("C 2"), Topic("C++")])
    assert tags_of("Story 0") == [("C#", "c"), ("C 2", "c-2"), ("C++", "c-3")]


def test_long_names(house: House) -> None:
    long = "word " * 23
    publish(house, "Story 0", tags=[Topic(f"{long}+"), Topic(f"{long}#")])
    first, second = (slug for _, slug in tags_of("Story 0"))
    assert max(len(first), len(second)) <= 80
    publish(house, "Story 1", tags=[Topic(f"{long}#"), Topic(f"{long}+")])
    assert [slug for _, slug in tags_of("Story 1")] == [first, second]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("National Security", "national-security", True),
        ("José", "Jose\u0301", True),
        ("José", "JOSE", True),
        ("Wait Wait...Don't Tell Me!", "Wait Wait… Don’t Tell Me!", True),
        ("C++", "C#", False),
        ("中文", "日本語", False),
        ("が", "か", False),
    ],
)
def test_when_two_names_are_one(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
