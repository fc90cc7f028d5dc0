"""`station backup` and `station restore`: one file that holds a database and says what is in it.

The file is a gzipped tar of `manifest.json` (engine, migration, rows, ledger, SHA-256 of the data) and `data`.
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
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import flask_migrate

from station.core import bulletin, clock, events, fingerprint
from station.core.actor import COMMAND
from station.core.db import transaction
from station.web.commands import dumps, migrations
from station.web.commands.dumps import BackupError, Contents

FORMAT = 1
MANIFEST, DATA = "manifest.json", "data"
SUFFIX = ".backup"
UNREADABLE = (tarfile.TarError, EOFError, zlib.error, OSError, KeyError, ValueError, TypeError)


def backup(target: Path, keep: int = 0) -> tuple[Path, Contents]:
    """Write a backup to a new file, or into a folder under the time's name; returns where, and what is in it.

    In a folder, `keep` deletes all but so many of the newest. Raises BackupError; then no file is left behind.
    """
    file = target / f"station-{clock.now():%Y%m%dT%H%M%SZ}{SUFFIX}" if target.is_dir() else target
    if file.exists():
        raise BackupError(f"{file} is there already. Choose another name; no backup is ever written over.")
    if not file.parent.is_dir():
        raise BackupError(f"There is no folder {file.parent}.")
    with _workroom(file.parent) as room:
        held = dumps.dump(room / DATA)
        manifest = {
            "format": FORMAT,
            "engine": dumps.engine_name(),
            "taken_at": clock.now().isoformat(timespec="seconds"),
            "environment": str(fingerprint.stored()) if held.rows.get("fingerprint") else "unknown",
            "sha256": _digest(room / DATA),
            **held.plain(),
        }
        _pack(room, manifest, room / "whole")
        os.replace(room / "whole", file)
    for old in sorted(file.parent.glob(f"station-*{SUFFIX}"))[:-keep] if keep and target.is_dir() else ():
        old.unlink()
    return file, held


def restore(file: Path, replace: bool = False) -> Contents:
    """Put a backup into the database of the settings, and bring it to this code's migration; returns what was in it.

    Refuses a file that is damaged, of the other engine or of a newer Station, and a database with rows in it unless
    `replace`. Raises BackupError; then nothing has changed.
    """
    with _workroom(None) as room:
        manifest = _unpack(file, room / DATA)
        held = _fitting(manifest)
        if not replace and dumps.contents() is not None:
            raise BackupError("This database is not empty. To put the backup in the place of all of it: --replace")
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


def _unpack(file: Path, data: Path) -> dict[str, Any]:
    """The manifest of a backup, and its data in a file. Raises BackupError when they do not belong together."""
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    try:
        with tarfile.open(file, "r:gz") as tar:
            manifest: dict[str, Any] = json.load(_member(tar, MANIFEST))
            with data.open("wb") as copy:
                shutil.copyfileobj(_member(tar, DATA), copy)
        if manifest["sha256"] != _digest(data) or manifest["format"] != FORMAT:
            raise ValueError("its sum is another one")
    except UNREADABLE as error:
        raise BackupError(f"{file} is not a backup of Station, or it is damaged ({error}).") from error
    return manifest


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
