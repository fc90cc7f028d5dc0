"""`station backup` and `station restore`: a file that holds a database and says what is in it, and files beside it.

The file is a gzipped tar of `manifest.json` (engine, migration, rows, ledger, SHA-256 of the data, files) and `data`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import flask_migrate

from station.core import bulletin, clock, events, fingerprint
from station.core.actor import COMMAND
from station.core.db import transaction
from station.core.runtime import settings
from station.web.commands import dumps, files, migrations
from station.web.commands.dumps import BackupError, Contents
from station.web.commands.files import Returned, Taken

FORMAT = 1
MANIFEST, DATA = "manifest.json", "data"
SUFFIX = ".backup"
WITHOUT = (
    "This backup holds no pictures and recordings: it was made before backups did, or with --only database. "
    "What lies below STATION_MEDIA stays as it is."
)
UNREADABLE = (tarfile.TarError, EOFError, zlib.error, OSError, KeyError, ValueError, TypeError)


@dataclass(frozen=True)
class Made:
    """A backup that was written: where, what of the database, and what of the files (None: it was to have none)."""

    file: Path
    held: Contents
    taken: Taken | None


def backup(target: Path, keep: int = 0, with_files: bool = True) -> Made:
    """Write a backup to a new file, or into a folder under the time's name; its files go into the store beside it.

    In a folder, `keep` deletes all but so many of the newest, and then what no backup there names. A file that cannot
    be taken is said in the backup and does not stop it. Raises BackupError, OSError; then no backup is left behind.
    """
    folder = target if target.is_dir() or keep else target.parent
    _refuse_taken(target)
    if not folder.is_dir():
        raise BackupError(f"There is no folder {folder}.")
    with _workroom(folder) as room, files.store_in(folder) if with_files else nullcontext() as store:
        taken = Taken()
        if store:
            files.take(store, taken)
        at = clock.now()
        held = dumps.dump(room / DATA)
        if store:
            files.take(store, taken)
            files.take_named(store, taken, held.named)
        file = target / f"station-{at:%Y%m%dT%H%M%SZ}{SUFFIX}" if target.is_dir() else target
        _pack(room, _manifest(at, room / DATA, held, taken if store else None), room / "whole")
        _refuse_taken(file)
        os.replace(room / "whole", file)
        if keep:
            _keep(folder, keep, store)
    return Made(file, held, taken if store else None)


def restore(file: Path, replace: bool = False, with_files: bool = True) -> Contents:
    """Put a backup into the database of the settings, and bring it to this code's migration; returns what was in it.

    Refuses a file that is damaged, of the other engine or of a newer Station, and without `replace` a database with
    rows in it, and (`with_files`) other files where the backup's belong. The files themselves are put back after
    that, by put_back(). Raises BackupError; then nothing has changed.
    """
    with _workroom(None) as room:
        manifest = _unpack(file, room / DATA)
        held = _fitting(manifest)
        if not replace:
            _refuse_to_replace(manifest["files"] if with_files else None)
        dumps.load(room / DATA)
    found = dumps.contents()
    if found != held:
        raise BackupError(f"What is in the database now is not what the backup says: {_differing(held, found)}")
    if held.revision != migrations.head():
        flask_migrate.upgrade()
    with transaction():
        said = {"taken_at": manifest["taken_at"], "environment": manifest["environment"]}
        events.record("house.database.restored", COMMAND, [], said)
    fingerprint.forget()
    bulletin.forget()
    return held


def put_back(file: Path, replace: bool = False) -> Returned | None:
    """Put the files of a backup below STATION_MEDIA; None for a backup without files.

    It may run again, also while everything runs. What could not be taken and is not there is among the faults, too.
    Raises BackupError, and OSError for STATION_MEDIA itself; then nothing has changed.
    """
    manifest = _read(file)
    if manifest["files"] is None:
        return None
    done = files.put_back(file.parent / files.STORE, manifest["files"], replace)
    media = settings().media
    done.faults |= {path: why for path, why in _left_out(manifest).items() if not (media / path).is_file()}
    return done


def verify(file: Path) -> tuple[Contents, Returned | None]:
    """Look at all of a backup as a restore would, its files too, and change nothing. Raises BackupError."""
    with _workroom(None) as room:
        manifest = _unpack(file, room / DATA)
    held = _fitting(manifest)
    if manifest["files"] is None:
        return held, None
    faults = files.faults(file.parent / files.STORE, manifest["files"])
    return held, Returned(0, len(manifest["files"]) - len(faults), faults | _left_out(manifest))


def _refuse_taken(file: Path) -> None:
    if file.exists() and not file.is_dir():
        raise BackupError(f"{file} is there already. Choose another name; no backup is ever written over.")


def _refuse_to_replace(named: dict[str, int] | None) -> None:
    if dumps.contents() is not None:
        raise BackupError("This database is not empty. To put the backup in the place of all of it: --replace")
    if other := files.in_the_way(named or {}):
        raise BackupError(
            f"Below {settings().media} something else lies where {len(other)} files of this backup belong, for "
            f"example {other[0]}. To put the backup's in their place: --replace"
        )


def _left_out(manifest: dict[str, Any]) -> dict[str, str]:
    return {path: f"it is not in the backup: {why}" for path, why in manifest["left"].items()}


def _keep(folder: Path, keep: int, store: Path | None) -> None:
    """Delete all but the newest backups of a folder, and then of the store what no backup in the folder names.

    Where a backup cannot be read, nothing of the store is deleted.
    """
    for old in sorted(folder.glob(f"station-*{SUFFIX}"))[:-keep]:
        old.unlink()
    wanted: set[str] = set()
    for each in folder.iterdir() if store else ():
        try:
            if each.is_file():
                wanted |= (_read(each)["files"] or {}).keys()
        except BackupError:
            if each.suffix == SUFFIX:
                return
    if store:
        files.sweep(store, wanted)


@contextmanager
def _workroom(beside: Path | None) -> Iterator[Path]:
    """A folder for nobody else's eyes, gone afterwards; beside the target, so that the last step is a rename."""
    before = os.umask(0o077)
    try:
        with tempfile.TemporaryDirectory(prefix=".station-", dir=beside) as room:
            yield Path(room)
    finally:
        os.umask(before)


def _pack(room: Path, manifest: dict[str, Any], whole: Path) -> None:
    raw = json.dumps(manifest, indent=1).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mtime = len(raw), int(clock.now().timestamp())
    with tarfile.open(whole, "w:gz", compresslevel=6) as tar:
        tar.addfile(entry, io.BytesIO(raw))
        tar.add(room / DATA, DATA)
    with whole.open("rb") as written:
        os.fsync(written.fileno())


def _manifest(at: datetime, data: Path, held: Contents, taken: Taken | None) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "engine": dumps.engine_name(),
        "taken_at": at.isoformat(timespec="seconds"),
        "environment": str(fingerprint.stored()) if held.rows.get("fingerprint") else "unknown",
        "sha256": _digest(data),
        **held.plain(),
        "files": taken.files if taken else None,
        "left": taken.left if taken else {},
    }


def _read(file: Path) -> dict[str, Any]:
    """The manifest of a backup; its `files` are checked, and None where it is to have none. Raises BackupError."""
    with _opened(file) as tar:
        return _said(tar)


def _unpack(file: Path, data: Path) -> dict[str, Any]:
    """The manifest of a backup, and its data in a file. Raises BackupError when they do not belong together."""
    with _opened(file) as tar:
        manifest = _said(tar)
        with data.open("wb") as copy:
            shutil.copyfileobj(_member(tar, DATA), copy)
        if manifest["sha256"] != _digest(data):
            raise ValueError("its sum is another one")
    return manifest


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    """A backup to read from; what goes wrong meanwhile is a BackupError in words."""
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    try:
        with tarfile.open(file, "r:gz") as tar:
            yield tar
    except UNREADABLE as error:
        if isinstance(error, OSError) and error.errno:
            raise BackupError(f"{file} cannot be read or unpacked: {error.strerror}.") from error
        raise BackupError(f"{file} is not a backup of Station, or it is damaged ({error}).") from error


def _said(tar: tarfile.TarFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.load(_member(tar, MANIFEST))
    if manifest["format"] != FORMAT:
        raise ValueError("its format is another one")
    return {**manifest, "files": files.read(manifest.get("files")), "left": dict(manifest.get("left", {}))}


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _fitting(manifest: dict[str, Any]) -> Contents:
    """What the backup holds, if this Station and this database can take it."""
    engine, revision = manifest["engine"], manifest["revision"]
    if engine != dumps.engine_name():
        raise BackupError(f"This backup is of {engine}, DATABASE_URL names {dumps.engine_name()}.")
    if revision not in migrations.known():
        raise BackupError(
            f"This backup is of a newer Station: its migration is {revision}, this program knows up to "
            f"{migrations.head()}. Install that Station first."
        )
    return Contents(revision, manifest["rows"], manifest["ledger"])


def _differing(held: Contents, found: Contents | None) -> str:
    before, now = held.plain(), found.plain() if found else {}
    return ", ".join(f"{name} {before[name]} and {now.get(name)}" for name in before if before[name] != now.get(name))
