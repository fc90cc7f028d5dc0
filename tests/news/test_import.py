"""The CDS import: what is taken, what is refused and why, again and again."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.actor import COMMAND
from station.core.db import db
from station.core.events import Subject, events_of
from station.news.cds import document as cds
from station.news.cds import envelope
from station.news.cds.shapes import Refused
from station.news.cli import group
from station.news.models import Section, Story, StoryState
from station.news.services import import_document
from tests.conftest import BESIDE, House
from tests.news.cds_documents import RESTRICTED, document, image, six_paragraphs, text, typed

EDGES = BESIDE / "cds" / "edge_cases" / "edge_cases.json"
REAL = BESIDE / "cds" / "cds_story_full_nx-s1-5956869.json"


def take(house: House, made: Any) -> str:
    return import_document(made, house.news.id, COMMAND).outcome


def row(cds_id: str = "nx-s1-1") -> Story:
    db.session.rollback()
    return db.session.scalars(sa.select(Story).where(Story.cds_id == cds_id)).one()


def run(app: Flask, path: Path, *more: str) -> tuple[int, dict[str, Any]]:
    result = app.test_cli_runner().invoke(group, ["import", str(path), *more])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, json.loads(result.stdout)


def test_a_story_comes_in_whole(house: House) -> None:
    made = document(
        image(
            caption="<b>Lake</b> Mead",
            altText="A pale ring on rock",
            producer="Ana Peña",
            provider="<a href=x>NPR</a>",
        ),
        *six_paragraphs(),
        typed("promo-card", cardStyle="x"),
        hero=0,
        teaser="The <em>lake</em> is higher.",
        bylines=[{"href": "#/assets/nx-s1-1-7"}],
    )
    made["assets"]["nx-s1-1-7"] = typed("byline", name="Ana Peña")
    taken = import_document(made, house.news.id, COMMAND)
    assert (taken.outcome, taken.left_out) == ("added", ("1 x a byline",))
    story = row()
    assert (story.slug, story.byline, story.owner) == ("lake-level-rises-after-a-wet-winter", "Ana Peña", "NPR")
    assert story.teaser == "The lake is higher."
    assert story.image is not None
    assert (story.image["caption"], story.image["alt"]) == ("Lake Mead", "A pale ring on rock")
    assert story.image["credit"] == "Ana Peña / NPR"
    assert [block["type"] for block in story.blocks] == ["text"] * 6
    assert story.published_at is not None
    assert story.published_at.isoformat() == "2026-03-02T11:00:00+00:00"
    assert db.session.get_one(Section, story.section_id).name == "National Security"
    assert [event.name for event in events_of(Subject("story", story.id))] == ["news.story.imported"]
    assert json.loads(story.cds_raw or "") == made


def test_again_is_unchanged_and_an_edit_is_an_update(house: House) -> None:
    made = document(*six_paragraphs())
    assert [take(house, made), take(house, made)] == ["added", "unchanged"]
    made["title"], made["editorialLastModifiedDateTime"] = "Lake level rises again", "2026-03-02T08:00:00-05:00"
    assert take(house, made) == "updated"  # its publish time is the same
    assert row().headline == "Lake level rises again"
    assert row().slug == "lake-level-rises-after-a-wet-winter", "an address may not vanish"
    assert take(house, made) == "unchanged"
    made["editorialLastModifiedDateTime"] = "2026-03-02T07:30:00-05:00"
    late = import_document(made, house.news.id, COMMAND)
    assert late.outcome == "refused"
    assert "older" in late.why


def test_a_restriction_retracts_and_its_end_brings_back(house: House) -> None:
    made = document(*six_paragraphs())
    shut = {**made, RESTRICTED: True}
    refused = import_document(shut, house.news.id, COMMAND)
    assert refused.outcome == "refused"
    assert "restricted" in refused.why
    assert [take(house, each) for each in (made, shut, shut, made)] == ["added", "retracted", "unchanged", "updated"]
    assert row().state is StoryState.PUBLISHED


def test_same_headlines_get_addresses_of_their_own(house: House) -> None:
    for number in range(3):
        take(house, document(*six_paragraphs(), cds_id=f"nx-s1-{number}"))
    assert sorted(db.session.scalars(sa.select(Story.slug))) == [
        "lake-level-rises-after-a-wet-winter",
        "lake-level-rises-after-a-wet-winter-2",
        "lake-level-rises-after-a-wet-winter-3",
    ]


def test_restricted_assets_are_not_stored(house: House) -> None:
    made = document(
        image("https://media.example.org/secret.jpg", **{RESTRICTED: True}),
        *six_paragraphs(),
        text("Hidden words") | {RESTRICTED: True},
        hero=0,
    )
    taken = import_document(made, house.news.id, COMMAND)
    assert taken.outcome == "added"
    assert set(taken.left_out) == {"1 x a primary picture that cannot be shown", "2 x a restricted asset"}
    assert row().image is None
    assert "secret" not in json.dumps(row().blocks)
    assert "Hidden" not in json.dumps(row().blocks)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"id": None}, "id is missing"),
        ({"id": 7}, "id is not text"),
        ({"id": "x" * 121}, "id is longer"),
        ({"title": None}, "title is missing"),
        ({"title": ["a"]}, "title is not text"),
        ({"title": "t" * 301}, "longer"),
        ({"profiles": []}, "no type"),
        ({"profiles": "story"}, "profiles is not a list"),
        ({"profiles": [None]}, "profiles"),
        ({"profiles": [{"href": "/v1/profiles/podcast-episode", "rels": ["type"]}]}, "not a story"),
        ({"publishDateTime": None}, "publishDateTime is missing"),
        ({"publishDateTime": "soon"}, "not a date"),
        ({"publishDateTime": "2026-03-02T06:00:00"}, "no offset"),
        ({"publishDateTime": "0001-01-01T00:00:00+14:00"}, "not a"),
        ({"owners": [], "brandings": []}, "owners is missing"),
        ({"owners": {}}, "owners is not a list"),
        ({"brandings": [{"href": "https://organization.api.npr.org/v4/services/s999"}]}, None),
        ({"owners": [{"href": "x/s999"}], "brandings": []}, "has no name"),
        ({"layout": []}, "no text"),
        ({"layout": None}, "no text"),
        ({"layout": {}}, "layout is not a list"),
        ({"assets": []}, "assets is not an object"),
        ({"assets": None}, "no text"),
        ({"images": "none"}, "images is not a list"),
        ({"bylines": [1]}, "bylines is not a list"),
        ({RESTRICTED: "yes"}, "restricted"),
        ({"webPages": None}, None),
        ({"collections": None}, None),
    ],
)
def test_wrong_shapes_are_refused_by_name(house: House, wrong: dict[str, Any], why: str | None) -> None:
    taken = import_document(document(*six_paragraphs(), **wrong), house.news.id, COMMAND)
    assert taken.outcome == ("added" if why is None else "refused"), taken
    assert (why or "") in taken.why


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(sorted(document())),
    JUNK,
    st.sampled_from(["text", "image", "byline", "pull-quote", "html-block"]),
    JUNK,
)
@settings(max_examples=300)
def test_no_shape_breaks_the_reader(field: str, junk: Any, kind: str, inside: Any) -> None:
    asset = typed(kind) | dict.fromkeys(("text", "enclosures", "caption", "name", "quote", "html"), inside)
    made = {**document(text("Words."), asset, hero=1, bylines=[{"href": "#/assets/nx-s1-1-1"}]), field: junk}
    with contextlib.suppress(Refused):
        assert cds.read(made).cds_id


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "no list of resources"),
        (b"null", "no list"),
        (b"7", "no list"),
        (b'{"resources": {}}', "no list"),
        (b"\xff\xfe{", "not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"resources": [' + b"9" * 5000 + b"]}", "not JSON"),
    ],
)
def test_useless_files_are_one_clear_refusal(app: Flask, tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "cds.json"
    path.write_bytes(content)
    status, said = run(app, path)
    assert status == 1
    assert len(said["refused"]) == 1
    assert why in said["refused"][0]["why"]


def test_a_missing_file_and_a_huge_one(app: Flask, tmp_path: Path) -> None:
    assert "cannot be read" in run(app, tmp_path / "none.json")[1]["refused"][0]["why"]
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(envelope.LARGEST_FILE + 1)
    assert run(app, huge)[1]["refused"] == [{"id": "", "why": "the file is larger than 100 MB"}]


def test_one_bad_document_stops_no_other(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "cds.json"
    bad = document(*six_paragraphs(), cds_id="nx-s1-bad", title=None)
    nul = document(text("NUL \x00 and a lone surrogate \ud800 inside."), cds_id="nx-s1-nul")
    path.write_text(json.dumps({"resources": [bad, None, 3, document(*six_paragraphs()), nul]}), encoding="utf-8")
    status, said = run(app, path, "--station", "classical")
    assert status == 0
    assert said["added"] == ["nx-s1-1", "nx-s1-nul"]
    assert [each["id"] for each in said["refused"]] == ["nx-s1-bad", "document 2", "document 3"]
    assert run(app, path)[1]["unchanged"] == ["nx-s1-1", "nx-s1-nul"]
    assert app.test_cli_runner().invoke(group, ["import", str(path), "--station", "none"]).exit_code == 2


@pytest.mark.skipif(not EDGES.exists(), reason="the CDS samples are not beside this repository")
def test_the_collected_edge_cases(app: Flask, tmp_path: Path) -> None:
    for case in json.loads(EDGES.read_text(encoding="utf-8"))["cases"]:
        path = tmp_path / "case.json"
        path.write_text(json.dumps(case["response"]), encoding="utf-8")
        _, said = run(app, path)
        assert bool(said["refused"]) == (case["name"] == "restricted_document"), (case["name"], said)
    stored = json.dumps([[story.blocks, story.image] for story in db.session.scalars(sa.select(Story))])
    assert "<script" not in stored
    assert "onclick" not in stored
    assert "javascript:" not in stored
    kinds = [block["type"] for story in db.session.scalars(sa.select(Story)) for block in story.blocks]
    assert "correction" in kinds


@pytest.mark.skipif(not REAL.exists(), reason="the CDS samples are not beside this repository")
def test_the_captured_story(house: House) -> None:
    made = json.loads(REAL.read_text(encoding="utf-8"))["resources"][0]
    assert take(house, made) == "added"
    story = row(made["id"])
    assert sum(bool(block.get("paragraph")) for block in story.blocks) == 24, "29 texts less 4 headings and a box"
    assert [block["type"] for block in story.blocks].count("image") == 5, "the sixth is the picture on top"
    assert db.session.get_one(Section, story.section_id).name == "Health", "the first topic whose name is known"
    assert take(house, made) == "unchanged"
