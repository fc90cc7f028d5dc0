"""Where files lie, below STATION_MEDIA.

`originals/ab/<sha256>` is what was sent, which no page shows. `public/<media id>/<stamp>/<name>` is what was made of
it, under the path of its address. `incoming/` holds what is not whole yet. A file appears by being renamed: whole, or
not at all.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from station.core.runtime import settings
from station.news.policies.media import HEAD, LARGEST_REQUEST, TYPES

CHUNK = 1 << 20
_ID = re.compile(r"media_[0-9a-z]{26}")
_STAMP = re.compile(r"[0-9a-f]{16}")
_NAME = re.compile(rf"(?:[a-z]+-)?[0-9]{{1,6}}\.(?:{'|'.join(TYPES)})|sound\.(?:{'|'.join(TYPES)})")


@dataclass(frozen=True)
class Arrived:
    """A file that has come in and is not kept yet."""

    path: Path
    sha256: str
    size: int
    head: bytes


@contextmanager
def arriving(stream: IO[bytes]) -> Iterator[Arrived]:
    """Write down what comes in; gone afterwards unless it was kept. Raises OSError where the disk takes no more."""
    handle, name = tempfile.mkstemp(dir=_folder("incoming"))
    path, digest, size, head = Path(name), hashlib.sha256(), 0, b""
    try:
        with os.fdopen(handle, "wb") as file:
            while size <= LARGEST_REQUEST and (part := stream.read(CHUNK)):
                head = (head + part)[:HEAD] if len(head) < HEAD else head
                digest.update(part)
                size += len(part)
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        yield Arrived(path, digest.hexdigest(), size, head)
    finally:
        path.unlink(missing_ok=True)


def keep(arrived: Arrived) -> None:
    """Put what came in where originals lie. The same file twice is one."""
    target = original(arrived.sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(arrived.path, target)


def original(sha256: str) -> Path:
    """Where an original lies, or would."""
    return settings().media / "originals" / sha256[:2] / sha256


@contextmanager
def workroom(name: str) -> Iterator[Path]:
    """An empty folder to make files in, gone afterwards. What a worker that was killed left under its name goes."""
    room = _folder("incoming") / f"making-{name}"
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir()
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def publish(file: Path, media_id: str, stamp: str, name: str) -> None:
    """Move a file that was made to where readers fetch it. Once more is no harm."""
    folder = settings().media / "public" / media_id / stamp
    folder.mkdir(parents=True, exist_ok=True)
    file.chmod(0o644)
    os.replace(file, folder / name)


def public_file(media_id: str, stamp: str, name: str) -> Path | None:
    """What lies under an address that a reader asks for; None for what is no address of ours, or is not there."""
    if not (_ID.fullmatch(media_id) and _STAMP.fullmatch(stamp) and _NAME.fullmatch(name)):
        return None
    path = settings().media / "public" / media_id / stamp / name
    return path if path.is_file() else None


def there(media_id: str) -> set[str]:
    """Which files of a picture lie where readers fetch them, as `stamp/name`."""
    folder = settings().media / "public" / media_id
    return {f"{path.parent.name}/{path.name}" for path in folder.glob("*/*")}


def drop(media_id: str, sha256: str | None) -> None:
    """Remove what was made, and the original where it is named."""
    shutil.rmtree(settings().media / "public" / media_id, ignore_errors=True)
    if sha256:
        with suppress(FileNotFoundError):
            original(sha256).unlink()


def _folder(name: str) -> Path:
    folder = settings().media / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
