"""The files of a backup: each is taken once, none that the database names is left out, and all come back."""

from __future__ import annotations

import errno
import fcntl
import io
import json
import os
import shutil
import tarfile
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from station.core.actor import COMMAND
from station.core.db import db
from station.core.events import recent_events
from station.news.media import shelf
from station.news.queries.media import files_missing, library
from station.news.services.media import delete
from station.web.cli import backup_command, restore_command
from station.web.commands import backup, dumps, files
from station.web.commands.dumps import BackupError
from station.web.commands.files import Returned
from tests.web.disaster import lose_everything, picture

Outbox = Callable[[], int]


@pytest.fixture(autouse=True)
def media(own_shelf: Path) -> Path:
    return own_shelf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture
def evening(media: Path, outbox: Outbox, folder: Path) -> Path:
    """A backup with a picture."""
    picture(outbox)
    return backup.backup(folder / "evening.backup").file


def lying(root: Path) -> dict[str, bytes]:
    return {path: (root / path).read_bytes() for path, _ in shelf.lying(root)}


def original(root: Path) -> Path:
    return next(root / path for path, _ in shelf.lying(root) if path.startswith("originals/"))


def taken_of(made: backup.Made) -> files.Taken:
    assert made.taken is not None
    return made.taken


def rewrite(file: Path, **changes: Any) -> Path:
    """The same backup with another manifest; what is None is left out."""
    with tarfile.open(file) as tar:
        said, data = (tar.extractfile(name) for name in ("manifest.json", "data"))
        assert said
        assert data
        manifest, whole = {**json.load(said), **changes}, data.read()
    kept = json.dumps({name: value for name, value in manifest.items() if value is not None}).encode()
    target = file.with_name("changed.backup")
    with tarfile.open(target, "w:gz") as tar:
        for name, raw in (("manifest.json", kept), ("data", whole)):
            entry = tarfile.TarInfo(name)
            entry.size = len(raw)
            tar.addfile(entry, io.BytesIO(raw))
    return target


def empty() -> bool:
    db.session.rollback()
    return dumps.contents() is None


# What goes in.


def test_each_file_is_copied_once(media: Path, outbox: Outbox, folder: Path) -> None:
    picture(outbox)
    first = taken_of(backup.backup(folder / "first.backup"))
    assert (first.fresh, first.left) == (len(first.files), {})
    assert lying(folder / files.STORE) == lying(media)
    before = {path: (folder / files.STORE / path).stat() for path in first.files}
    picture(outbox, "#0b5c7a")
    second = taken_of(backup.backup(folder / "second.backup"))
    assert (len(second.files), second.fresh) == (2 * len(first.files), len(first.files))
    assert {path: (folder / files.STORE / path).stat() for path in first.files} == before
    assert list((folder / files.STORE / "incoming").iterdir()) == []
    assert taken_of(backup.backup(folder / "third.backup")).fresh == 0


@pytest.mark.any_database
def test_the_store_shows_originals_to_nobody(evening: Path) -> None:
    store = evening.parent / files.STORE
    assert store.stat().st_mode & 0o077 == 0
    assert original(store).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("moment", ["deleted before", "deleted after", "came before", "came after"])
def test_what_the_copied_database_names_is_in_it(
    media: Path, outbox: Outbox, folder: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Pictures come and go while a backup is made: right before the database is copied, and right after."""
    picture(outbox)
    dump = dumps.dump

    def happens() -> None:
        if moment.startswith("came"):
            picture(outbox, "#0b5c7a")
        else:
            delete(library()[0].id, COMMAND)
            outbox()
            assert lying(media) == {}

    def meanwhile(target: Path) -> dumps.Contents:
        if moment.endswith("before"):
            happens()
        held = dump(target)
        if moment.endswith("after"):
            happens()
        return held

    monkeypatch.setattr(dumps, "dump", meanwhile)
    made = backup.backup(folder / "evening.backup")
    assert made.held.named <= taken_of(made).files.keys()
    assert bool(made.held.named) == (moment != "deleted before")
    assert taken_of(made).left == {}


def test_a_file_that_is_lost_is_taken_from_an_earlier_backup(media: Path, evening: Path) -> None:
    before = lying(media)
    shutil.rmtree(media)
    later = taken_of(backup.backup(evening.with_name("later.backup")))
    assert (later.files.keys(), later.left) == (before.keys(), {})


def test_the_command_counts_what_it_took(app: Flask, media: Path, outbox: Outbox, folder: Path) -> None:
    picture(outbox)
    said = app.test_cli_runner().invoke(backup_command, [str(folder)])
    assert said.exit_code == 0
    assert f"{len(lying(media))} files (" in said.output
    assert f"{len(lying(media))} of them new." in said.output
    alone = app.test_cli_runner().invoke(backup_command, [str(folder / "alone"), "--only", "database"])
    assert (alone.exit_code, "tables, no files." in alone.output) == (0, True)


# What cannot be taken is said, and does not cost the backup of the database.


def test_no_space(app: Flask, outbox: Outbox, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(outbox)
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(files.SPARE))
    said = app.test_cli_runner().invoke(backup_command, [str(folder / "evening.backup")])
    assert said.exit_code == 1
    assert "files are not in this backup" in said.output
    assert "no space: 0.0 GB and 0.3 GB to spare are needed, 0.3 GB are free" in said.output
    assert lying(folder / files.STORE) == {}
    monkeypatch.undo()
    restored = app.test_cli_runner().invoke(restore_command, [str(folder / "evening.backup"), "--replace"])
    assert restored.exit_code == 0, "what was left out lies where it was"


@pytest.mark.any_database
def test_a_disk_that_fills_stops_the_copying(
    media: Path, outbox: Outbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(outbox)
    tried, copy = [], files._copy

    def full(source: Path, target: Path, path: str, size: int) -> None:
        tried.append(path)
        if len(tried) % 3 == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        copy(source, target, path, size)

    monkeypatch.setattr(files, "_copy", full)
    taken = taken_of(backup.backup(folder / "evening.backup"))
    assert len(tried) == 6, "three before the database, three after it"
    assert set(taken.left.values()) == {"the disk is full"}
    assert taken.files.keys() == lying(folder / files.STORE).keys()
    assert taken.files.keys() | taken.left.keys() == lying(media).keys()


@pytest.mark.any_database
@pytest.mark.parametrize("kind", ["unreadable", "link", "other bytes", "gone", "pipe"])
def test_a_file_that_cannot_be_taken(
    app: Flask, media: Path, outbox: Outbox, folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    picture(outbox)
    bad = original(media)
    if kind == "unreadable":
        refuse_to_open(bad, monkeypatch)
    elif kind == "other bytes":
        bad.write_bytes(bad.read_bytes()[::-1])
    else:
        bad.rename(media / "elsewhere")
    if kind == "link":
        bad.symlink_to(media / "elsewhere")
    elif kind == "pipe":
        os.mkfifo(bad)
    said = app.test_cli_runner().invoke(backup_command, [str(folder / "evening.backup")])
    reason = {"unreadable": "may not be read", "other bytes": "its SHA-256 is not its name"}
    assert said.exit_code == 1
    assert "1 files are not in this backup" in said.output
    assert reason.get(kind, "it is not below STATION_MEDIA") in said.output
    assert not any(path.startswith("originals/") for path in lying(folder / files.STORE))


def refuse_to_open(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system does for a file of somebody else's, also where the tests run as root."""
    opened = os.open

    def refuse(path: Any, *rest: Any, **more: Any) -> int:
        if Path(path) == bad:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)


@pytest.mark.any_database
def test_a_folder_that_is_a_link_is_not_followed(media: Path, outbox: Outbox, folder: Path) -> None:
    picture(outbox)
    (media / "originals").rename(media / "elsewhere")
    (media / "originals").symlink_to(media / "elsewhere")
    taken = taken_of(backup.backup(folder / "evening.backup"))
    assert set(taken.left.values()) == {"a folder on its way is a symbolic link"}
    assert not any(path.startswith("originals/") for path in taken.files)


@pytest.mark.any_database
def test_two_at_once(app: Flask, evening: Path) -> None:
    with (evening.parent / files.STORE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = app.test_cli_runner().invoke(backup_command, [str(evening.with_name("second.backup"))])
    assert (said.exit_code, "Another backup is being written into" in said.output) == (1, True)
    assert not evening.with_name("second.backup").exists()


@pytest.mark.any_database
def test_one_that_was_killed_looks_like_nothing(
    media: Path, outbox: Outbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of a file: no backup is there, no half file under its name, and the next one is whole."""
    picture(outbox)
    with monkeypatch.context() as patch:
        patch.setattr(files, "_not_whole", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # as after SIGKILL
        with pytest.raises(KeyboardInterrupt):
            backup.backup(folder / "evening.backup")
    assert not (folder / "evening.backup").exists()
    assert lying(folder / files.STORE) == {}
    assert len(list((folder / files.STORE / "incoming").iterdir())) == 1
    taken = taken_of(backup.backup(folder / "evening.backup"))
    assert (lying(folder / files.STORE), taken.left) == (lying(media), {})
    assert list((folder / files.STORE / "incoming").iterdir()) == []


# What goes out.


def test_what_no_backup_names_leaves_with_the_last_that_did(
    media: Path, outbox: Outbox, folder: Path, later: Callable[..., None]
) -> None:
    picture(outbox)
    kept = backup.backup(folder / "kept").file
    backup.backup(folder, keep=1)
    gone = lying(media).keys()
    delete(library()[0].id, COMMAND)
    outbox()
    picture(outbox, "#0b5c7a")
    later(hours=1)
    backup.backup(folder, keep=1)
    assert lying(folder / files.STORE).keys() == gone | lying(media).keys(), "one by another name still names it"
    kept = kept.rename(folder / "kept.backup")
    kept.write_bytes(b"nobody can read it")
    later(hours=1)
    backup.backup(folder, keep=1)
    assert gone <= lying(folder / files.STORE).keys(), "who knows what it names"
    kept.unlink()
    later(hours=1)
    backup.backup(folder, keep=1)
    assert lying(folder / files.STORE) == lying(media)


@pytest.mark.any_database
def test_a_disk_that_is_lost_for_days_empties_no_store(
    media: Path, outbox: Outbox, folder: Path, later: Callable[..., None]
) -> None:
    picture(outbox)
    before = lying(media)
    backup.backup(folder, keep=2)
    shutil.rmtree(media)
    for _ in range(3):
        later(hours=1)
        backup.backup(folder, keep=2)
    assert lying(folder / files.STORE) == before


# What comes back.


def test_everything_is_back_as_it_was(client: FlaskClient, media: Path, settings: Settings, evening: Path) -> None:
    before, modes = lying(media), {path: (media / path).stat().st_mode for path in lying(media)}
    lose_everything(settings)
    backup.restore(evening)
    assert backup.put_back(evening) == Returned(put=len(before))
    assert (lying(media), files_missing()) == (before, [])
    assert {path: (media / path).stat().st_mode for path in before} == modes
    assert client.get(str(library()[0].picture()["url"])).status_code == 200
    assert backup.put_back(evening) == Returned(there=len(before)), "once more is no harm"


def test_the_command_says_what_it_did(app: Flask, media: Path, settings: Settings, evening: Path) -> None:
    many = len(lying(media))
    lose_everything(settings)
    said = app.test_cli_runner().invoke(restore_command, [str(evening)])
    assert said.exit_code == 0
    assert f"{many} files put back, 0 were there already.\nNow the books are checked." in said.output


@pytest.mark.parametrize("how", ["older", "--only database"])
def test_a_backup_without_files(
    app: Flask, media: Path, settings: Settings, evening: Path, how: str, folder: Path
) -> None:
    """It restores the rows, says so, and `station check` names the picture that is missing."""
    before = lying(media)
    shutil.rmtree(folder / files.STORE)
    if how == "older":
        file = rewrite(evening, files=None, left=None)
    else:
        file = backup.backup(folder / "alone.backup", with_files=False).file
    assert not (folder / files.STORE).exists()
    lose_everything(settings)
    said = app.test_cli_runner().invoke(restore_command, [str(file)])
    assert said.exit_code == 1
    assert "This backup holds no pictures and recordings" in said.output
    assert "(noon.jpg) misses " in said.output
    assert " files and its original." in said.output
    for path, data in before.items():
        (media / path).parent.mkdir(parents=True, exist_ok=True)
        (media / path).write_bytes(data)
    said = app.test_cli_runner().invoke(restore_command, [str(file), "--replace"])
    assert said.exit_code == 0


@pytest.mark.any_database
def test_other_files_are_not_written_over_unasked(media: Path, settings: Settings, evening: Path) -> None:
    before, mine = lying(media), original(media)
    lose_everything(settings)
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"somebody else's")
    with pytest.raises(BackupError, match=r"1 files of this backup belong, for example originals/.*--replace"):
        backup.restore(evening)
    assert empty()
    assert mine.read_bytes() == b"somebody else's"
    backup.restore(evening, with_files=False)
    said = backup.put_back(evening)
    assert said
    assert list(said.faults.values()) == [
        f"it has 15 bytes and should have {len(before[str(mine.relative_to(media))])} where it lies; --replace puts "
        "the backup's in its place"
    ]
    assert mine.read_bytes() == b"somebody else's"
    backup.restore(evening, replace=True)
    assert backup.put_back(evening, replace=True) == Returned(put=1, there=len(before) - 1)
    assert lying(media) == before


@pytest.mark.any_database
def test_a_damaged_original_is_mended_when_asked(media: Path, evening: Path) -> None:
    before, bad = lying(media), original(media)
    bad.write_bytes(bad.read_bytes()[::-1])
    said = backup.put_back(evening)
    assert said
    assert "damaged" in said.faults[str(bad.relative_to(media))]
    assert backup.put_back(evening, replace=True) == Returned(put=1, there=len(before) - 1)
    assert lying(media) == before


def test_nothing_that_came_since_is_deleted(media: Path, outbox: Outbox, evening: Path) -> None:
    picture(outbox, "#0b5c7a")
    before = lying(media)
    backup.restore(evening, replace=True)
    backup.put_back(evening, replace=True)
    assert lying(media) == before


@pytest.mark.any_database
@pytest.mark.parametrize("kind", ["missing", "damaged", "cut", "link", "no store"])
def test_what_is_not_beside_the_backup_is_named(
    app: Flask, media: Path, settings: Settings, evening: Path, tmp_path: Path, kind: str
) -> None:
    """The rows are back all the same; what is brought later is put back without the rows."""
    before, store = lying(media), evening.parent / files.STORE
    shutil.copytree(store, tmp_path / "copy")
    bad = original(store)
    if kind == "damaged":
        bad.write_bytes(bad.read_bytes()[::-1])
    elif kind == "cut":
        bad.write_bytes(bad.read_bytes()[:99])
    elif kind == "no store":
        shutil.rmtree(store)
    else:
        bad.rename(tmp_path / "elsewhere")
    if kind == "link":
        bad.symlink_to(tmp_path / "elsewhere")
    lose_everything(settings)
    run = app.test_cli_runner()
    looked = run.invoke(restore_command, [str(evening), "--verify"])
    assert (looked.exit_code, empty()) == (1, True)
    said = run.invoke(restore_command, [str(evening)])
    assert said.exit_code == 1
    many = len(before) if kind == "no store" else 1
    reasons = {"damaged": "its SHA-256 is not its name", "cut": "it has 99 bytes", "link": "it is a symbolic link"}
    for output in (looked.output, said.output):
        assert f"{many} files are missing or damaged:" in output
        assert reasons.get(kind, "it is not there") in output
    assert f"{len(before) - many} files put back" in said.output
    assert f"station restore {evening} --only files" in said.output
    shutil.rmtree(store, ignore_errors=True)
    shutil.copytree(tmp_path / "copy", store)
    again = run.invoke(restore_command, [str(evening), "--only", "files"])
    assert again.exit_code == 0
    assert f"{many} files put back, {len(before) - many} were there already." in again.output
    assert lying(media) == before


def test_verify_changes_nothing(app: Flask, media: Path, settings: Settings, evening: Path) -> None:
    many = len(lying(media))
    lose_everything(settings)
    said = app.test_cli_runner().invoke(restore_command, [str(evening), "--verify"])
    assert (said.exit_code, f"{many} files are beside it, whole." in said.output) == (0, True)
    assert (empty(), lying(media)) == (True, {})
    backup.restore(evening)
    bare = app.test_cli_runner().invoke(restore_command, [str(rewrite(evening, files=None)), "--verify"])
    assert (bare.exit_code, backup.WITHOUT in bare.output) == (0, True)


HASH = "ab" * 32


ESCAPING = (
    {"../../etc/passwd": 1},
    {"/etc/passwd": 1},
    {f"originals/../{HASH}": 1},
    {f"originals/cd/{HASH}": 1},
    {f"originals/ab/{HASH}/../../x": 1},
    {f"public/media_{'0' * 26}/{'a' * 16}/../800.jpg": 1},
    {f"public/media_{'0' * 26}/{'a' * 16}/800.jpg\n": 1},
    {f"public/../{'a' * 16}/800.jpg": 1},
    {"incoming/x": 1},
    {f"originals/ab/{HASH}": "1"},
    {f"originals/ab/{HASH}": True},
    {f"originals/ab/{HASH}": -1},
    [f"originals/ab/{HASH}"],
    "originals",
)


@pytest.mark.any_database
def test_a_path_that_escapes_is_refused(media: Path, evening: Path) -> None:
    before = lying(media)
    for named in ESCAPING:
        file = rewrite(evening, files=named)
        for act in (lambda given: backup.restore(given, replace=True), backup.put_back, backup.verify):
            with pytest.raises(BackupError, match="not a backup of Station, or it is damaged"):
                act(file)
    assert lying(media) == before
    assert "house.database.restored" not in {event.name for event in recent_events(10)}


@pytest.mark.any_database
def test_a_link_where_files_belong_leads_nowhere(
    media: Path, settings: Settings, evening: Path, tmp_path: Path
) -> None:
    lose_everything(settings)
    (tmp_path / "outside").mkdir()
    media.mkdir(parents=True)
    (media / "public").symlink_to(tmp_path / "outside")
    with pytest.raises(BackupError, match="--replace"):
        backup.restore(evening)
    backup.restore(evening, with_files=False)
    said = backup.put_back(evening, replace=True)
    assert said
    assert set(said.faults.values()) == {"a folder on its way is a symbolic link"}
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_restore_without_space(
    media: Path, settings: Settings, evening: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_everything(settings)
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1000))
    backup.restore(evening)
    said = backup.put_back(evening)
    assert said
    assert (said.put, {why[:9] for why in said.faults.values()}, lying(media)) == (0, {"no space:"}, {})


@pytest.mark.any_database
def test_a_folder_that_is_a_file(app: Flask, settings: Settings, media: Path, evening: Path) -> None:
    lose_everything(settings)
    media.write_bytes(b"")
    backup.restore(evening, with_files=False)
    said = app.test_cli_runner().invoke(restore_command, [str(evening), "--only", "files"])
    assert (said.exit_code, f"{media}: File exists" in said.output) == (1, True)
    (evening.parent / "other").mkdir()
    (evening.parent / "other" / files.STORE).write_bytes(b"")
    said = app.test_cli_runner().invoke(backup_command, [str(evening.parent / "other")])
    assert (said.exit_code, "File exists" in said.output) == (1, True)
    assert [each.name for each in (evening.parent / "other").iterdir()] == [files.STORE]
