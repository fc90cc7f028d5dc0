"""The demonstration's words and pictures: proper stories, our own text, lawful credits, small drawings."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from config import ROOT
from station.core.money import Money
from station.demo.generator.manuscripts import Manuscript, manuscripts, read
from station.demo.generator.newsroom import IMAGES
from station.demo.house import ASKS, SECTIONS, SPONSORS, STATIONS
from station.giving.policies import ask_problem
from station.news.drafts import text_blocks
from station.news.policies import FEWEST_PARAGRAPHS
from station.underwriting.policies import copy_problem, url_problem
from tests.conftest import BESIDE

PICTURES = sorted((ROOT / "station" / "static" / "img" / "demo").glob("*.svg"))
STORIES = manuscripts()
OVERLAP = 8  # words in a row that two texts of different people do not share by chance

# 47 CFR 399b and the FCC's cases, as docs in the house tell them: no price, no call to action, no comparison
UNLAWFUL = re.compile(
    r"[$%]|\b(?:free|price[sd]?|sale|save|savings|discount|dollars?|offer|interest rate|"
    r"visit|call|buy|come|try|stop by|shop at|order|learn|join|get|see|click|hurry|today|now|you|your|"
    r"best|better|most|leading|finest|largest|biggest|fastest|favorite|premier|superior|award-winning|"
    r"only|number one|quality|trusted|affordable|great|unique|unmatched)\b",
    re.IGNORECASE,
)


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", re.sub(r"<[^>]+>", " ", text.replace("’", "'")).lower())


def runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + OVERLAP]) for at in range(len(words) - OVERLAP + 1)}


def prose(story: Manuscript) -> list[str]:
    return words_of(" ".join([story.facts["headline"], story.facts["teaser"], *story.pieces]))


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.name)
def test_each_story_is_complete(story: Manuscript) -> None:
    facts = story.facts
    assert facts["section"] in dict(SECTIONS[facts["station"]])
    assert facts["headline"]
    assert facts["teaser"]
    assert facts["byline"]
    assert 150 <= len(words_of(" ".join(story.pieces))) <= 400
    assert timedelta(0) <= timedelta(days=story.age) <= timedelta(days=35)
    paragraphs = [piece for piece in story.pieces if piece.startswith("<p>")]
    assert len(paragraphs) >= 5 or (facts["short"] and len(paragraphs) >= FEWEST_PARAGRAPHS)
    assert [block["html"] for block in text_blocks("".join(story.pieces))] == list(story.pieces)
    assert not re.search(r"[\"'*]", " ".join([*facts.values(), *story.pieces])), "a straight quote or a loose star"
    if "image" in facts:
        assert all(facts[name] for name in ("alt", "caption", "credit"))
        assert facts["alt"] != facts["caption"]


def test_the_stories_are_a_newsroom_and_a_music_desk() -> None:
    assert len(STORIES) >= 30
    assert {story.facts["station"] for story in STORIES} == {facts.slug for facts in STATIONS}
    assert len({story.facts["headline"] for story in STORIES}) == len(STORIES)
    for station, sections in SECTIONS.items():
        mine = [story for story in STORIES if story.facts["station"] == station]
        assert len(mine) >= 12
        assert len({story.facts["byline"] for story in mine}) >= 2
        assert {story.facts["section"] for story in mine} == {slug for slug, _ in sections}
    assert [s.name for s in STORIES if s.facts.get("owner") == "NPR"] == ["desert-seeds"]
    assert [s.name for s in STORIES if s.facts.get("no_underwriting")] == ["wash-vigil"]


def test_no_story_holds_text_of_others() -> None:
    if not BESIDE.is_dir():
        pytest.skip("needs the shared data folder beside the repository")
    theirs: dict[Path, set[tuple[str, ...]]] = {
        path: runs(words_of(path.read_text(encoding="utf-8", errors="replace")))
        for path in BESIDE.rglob("*")
        if path.suffix in (".txt", ".json", ".xml", ".md")
    }
    assert sum(map(len, theirs.values())) > 10_000
    copied = [
        (story.name, path.name, " ".join(next(iter(both))))
        for story in STORIES
        for path, known in theirs.items()
        if (both := runs(prose(story)) & known)
    ]
    assert copied == []


def test_the_overlap_is_noticed_where_there_is_one() -> None:
    borrowed = " ".join(prose(STORIES[0])[20:40])
    assert runs(words_of(f"And then {borrowed} again")) & runs(prose(STORIES[0]))


def test_front_matter_and_marks_are_read() -> None:
    story = read("x", '---\nheadline: It\'s "on"\nage: 2\nat: 6:05\n---\nOne *two* & "three"\nfour.\n\n## Five\n')
    assert story.facts["headline"] == "It’s “on”"
    assert (story.age, story.clock_time.isoformat()) == (2, "06:05:00")
    assert story.pieces == ("<p>One <em>two</em> &amp; “three” four.</p>", "<h2>Five</h2>")


@pytest.mark.parametrize("booking", SPONSORS, ids=lambda b: b.credit_name)
def test_each_credit_is_an_acknowledgment_and_no_advertisement(booking: object) -> None:
    copy = booking.copy  # type: ignore[attr-defined]
    assert UNLAWFUL.findall(copy) == []
    assert copy_problem(copy) == ""
    assert url_problem(f"https://{booking.host}.example.org/") == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize("copy", ["Visit us today.", "From $9.99.", "The best tacos in town.", "Call 702-555-0100."])
def test_an_advertisement_would_be_noticed(copy: str) -> None:
    assert UNLAWFUL.findall(copy)


@pytest.mark.parametrize("station", ASKS)
def test_each_ask_names_the_configured_minimum(station: str) -> None:
    assert "{minimum}" in ASKS[station]
    assert ask_problem(ASKS[station], Money(500)) == ""


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.stem)
def test_each_picture_is_small_and_still(picture: Path) -> None:
    drawn = picture.read_text(encoding="utf-8")
    assert len(drawn.encode()) <= 6 * 1024
    assert 'viewBox="0 0 1200 800" width="1200" height="800"' in drawn
    assert not re.search(r"<script|<style|style=|\son\w+=|href|<image|<text|data:", drawn)


def test_pictures_and_stories_belong_together() -> None:
    assert len(PICTURES) >= 12
    assert {story.facts["image"] for story in STORIES if "image" in story.facts} == {p.stem for p in PICTURES}
    assert IMAGES.endswith("/img/demo")
