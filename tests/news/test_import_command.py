"""`station news import` and `station news render` as a shell sees them: what goes in, what comes out, the status."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from config import ROOT
from station.core.db import db
from station.news.cli import group
from station.news.models import Story
from tests import loaded
from tests.conftest import BESIDE, needs
from tests.news.cds_documents import RESTRICTED, document, six_paragraphs

SHAPE = {"added", "updated", "unchanged", "retracted", "refused", "left_out"}
CDS = BESIDE / "cds"


def run(app: Flask, *args: str, stdin: bytes | None = None) -> tuple[int, dict[str, Any]]:
    result = app.test_cli_runner().invoke(group, ["import", *args], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    said = json.loads(result.stdout)
    assert set(said) == SHAPE
    assert result.stderr == ""
    return result.exit_code, said


def told(cds_id: str, **more: Any) -> dict[str, Any]:
    return {**document(*six_paragraphs(), cds_id=cds_id), "title": f"Story {cds_id}", **more}


def put(path: Path, what: Any) -> str:
    path.write_text(json.dumps(what), encoding="utf-8")
    return str(path)


def test_every_shape_of_a_file(app: Flask, tmp_path: Path) -> None:
    for what, added in [
        (told("nx-s1-1"), ["nx-s1-1"]),
        ([told("nx-s1-2"), told("nx-s1-3")], ["nx-s1-2", "nx-s1-3"]),
        ({"resources": [told("nx-s1-4")], "attributes": {}}, ["nx-s1-4"]),
        ({"resources": []}, []),
    ]:
        status, said = run(app, put(tmp_path / "a.json", what))
        assert (status, said["added"], said["refused"]) == (0, added, [])
    status, said = run(app, "-", stdin=json.dumps({"resources": [told("nx-s1-5")]}).encode())
    assert (status, said["added"]) == (0, ["nx-s1-5"])
    status, said = run(app, "-", stdin=b"")
    assert (status, [each["id"] for each in said["refused"]]) == (1, [""])


def test_a_folder(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    put(tmp_path / "b.json", {"resources": [told("nx-s1-2")]})
    put(tmp_path / "inner" / "a.json", told("nx-s1-1"))
    (tmp_path / "notes.txt").write_text("no document")
    (tmp_path / "c.json").write_text("{")
    status, said = run(app, str(tmp_path))
    assert (status, said["added"]) == (0, ["nx-s1-2", "nx-s1-1"])
    assert [each["id"] for each in said["refused"]] == ["c.json"]
    assert "not JSON" in said["refused"][0]["why"]
    empty = tmp_path / "empty"
    empty.mkdir()
    status, said = run(app, str(empty))
    assert (status, said["refused"][0]["why"]) == (1, "the folder has no file that ends in .json")


def test_each_outcome_is_printed_and_a_rehearsal_writes_none(app: Flask, tmp_path: Path) -> None:
    first = [told("nx-s1-1"), told("nx-s1-2"), told("nx-s1-3")]
    assert run(app, put(tmp_path / "a.json", first))[1]["added"] == ["nx-s1-1", "nx-s1-2", "nx-s1-3"]
    second = [
        told("nx-s1-1", teaser="New", editorialLastModifiedDateTime="2026-03-02T08:00:00-05:00"),
        told("nx-s1-2"),
        told("nx-s1-3", **{RESTRICTED: True}),
        told("nx-s1-4"),
        told("nx-s1-5", title=None),
        7,
    ]
    file = put(tmp_path / "b.json", second)
    rehearsed = run(app, file, "--dry-run")
    status, said = run(app, file)
    assert (status, said) == rehearsed
    assert said == {
        "added": ["nx-s1-4"],
        "updated": ["nx-s1-1"],
        "unchanged": ["nx-s1-2"],
        "retracted": ["nx-s1-3"],
        "refused": [{"id": "nx-s1-5", "why": "title is missing"}, {"id": "document 6", "why": "it is not an object"}],
        "left_out": {},
    }
    result = app.test_cli_runner().invoke(group, ["import", file, "--text"])
    assert result.exit_code == 0
    assert "refused    nx-s1-5: title is missing" in result.stdout


def test_wrong_commands(app: Flask, tmp_path: Path) -> None:
    for args in (
        [],
        ["a.json", "--id", "1"],
        ["--id", "1", "--query", "a=b"],
        ["a.json", "--station", "none"],
        ["--x"],
    ):
        result = app.test_cli_runner().invoke(group, ["import", *args])
        assert (result.exit_code, result.stdout) == (2, ""), args
        assert "Error: " in result.stderr


def test_a_story_is_rendered_by_either_id(app: Flask, tmp_path: Path) -> None:
    run(app, put(tmp_path / "a.json", told("nx-s1-1")))
    row = db.session.scalars(sa.select(Story)).one()
    shown = [app.test_cli_runner().invoke(group, ["render", name]) for name in ("nx-s1-1", "NX-S1-1")]
    assert [each.exit_code for each in shown] == [0, 0]
    assert all("<h1" in each.stdout and row.headline in each.stdout for each in shown)
    for unknown in ("nx-s1-9", "", "\udcff", "story_" + "0" * 26):
        result = app.test_cli_runner().invoke(group, ["render", unknown])
        assert (result.exit_code, result.stdout) == (1, ""), unknown
        assert "There is no story" in result.stderr
    run(app, put(tmp_path / "b.json", told("nx-s1-1", **{RESTRICTED: True})))
    gone = app.test_cli_runner().invoke(group, ["render", "nx-s1-1"])
    assert (gone.exit_code, "answers 410" in gone.stderr) == (1, True)


def shell(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with a database of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("STATION", "DATABASE"))}
    clean |= {"STATION_HOME": str(home), "STATION_MODE": "development", "PYTHONPATH": str(ROOT)}
    return loaded.run(("-m", "station", *args), clean, 120)


def test_a_database_without_tables_and_one_without_a_licensee(tmp_path: Path) -> None:
    file = put(tmp_path / "a.json", told("nx-s1-1"))
    answer = shell(tmp_path / "home", "news", "import", file)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.strip().endswith("type: station db upgrade")
    assert "Traceback" not in answer.stderr
    assert shell(tmp_path / "home", "db", "upgrade").returncode == 0
    answer = shell(tmp_path / "home", "news", "import", file)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.strip().startswith("no licensee yet: run")
    assert "Traceback" not in answer.stderr


TAKEN = {
    "cds_query_audio_segments.json": 2,
    "cds_story_full_nx-s1-5956869.json": 1,
    "derived/seed_page_as_cds_document.json": 1,
    "derived/story_api_2013_blog_post_after_edit.json": 1,
    "derived/story_api_2013_blog_posts.json": 1,
    "derived/story_api_2013_program_segments.json": 1,
}


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_files_of_real_documents(app: Flask, name: str) -> None:
    needs((CDS / name).exists(), "the CDS samples beside this repository")
    status, said = run(app, str(CDS / name))
    assert status == 0
    assert len(said["added"]) >= TAKEN[name]
    assert said["refused"] == []
    assert run(app, str(CDS / name))[1]["unchanged"] == said["added"]


def test_files_that_are_no_answers_are_refused_by_name(app: Flask) -> None:
    needs(CDS.exists(), "the CDS samples beside this repository")
    for path in sorted(CDS.rglob("*.json")):
        name = path.relative_to(CDS).as_posix()
        if name not in TAKEN:
            status, said = run(app, str(path))
            assert status == 1, name
            assert said["refused"][0]["why"].startswith("the file is not a CDS answer"), name
    status, said = run(app, str(CDS))
    assert status == 0
    assert len(said["refused"]) == len(list(CDS.rglob("*.json"))) - len(TAKEN)
