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
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from station.core.runtime import settings
from station.news.policies.media import HEAD, LARGEST_REQUEST, TYPES

CHUNK = 1 << 20
_ORIGINAL = re.compile(r"originals/([0-9a-f]{2})/(\1[0-9a-f]{62})")
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
    return settings().media / original_path(sha256)


def original_path(sha256: str) -> str:
    """The path of an original below STATION_MEDIA."""
    return f"originals/{sha256[:2]}/{sha256}"


def public_path(media_id: str, stamp: str, name: str) -> str:
    """The path below STATION_MEDIA of a file that readers fetch."""
    return f"public/{media_id}/{stamp}/{name}"


def promised(path: str) -> str:
    """The SHA-256 that a path promises: an original's; none of what was made of one."""
    found = _ORIGINAL.fullmatch(path)
    return found[2] if found else ""


def is_ours(path: str) -> bool:
    """Whether a file of ours can have this path below STATION_MEDIA, or below a folder of its shape."""
    top, *rest = path.split("/")
    return bool(promised(path)) or (top == "public" and len(rest) == 3 and _is_public(*rest))


def lying(root: Path, trouble: Callable[[OSError], None] | None = None) -> Iterator[tuple[str, int]]:
    """Every file of ours below a folder of this shape: its path there, and its bytes. Links are none of ours.

    `trouble` hears of folders that cannot be read.
    """
    for top in ("originals", "public"):
        for folder, _, names in os.walk(root / top, onerror=trouble):
            for name in names:
                path = Path(folder, name)
                below = path.relative_to(root).as_posix()
                with suppress(FileNotFoundError):  # it was deleted meanwhile
                    found = path.lstat()
                    if is_ours(below) and stat.S_ISREG(found.st_mode):
                        yield below, found.st_size


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
    if not _is_public(media_id, stamp, name):
        return None
    path = settings().media / public_path(media_id, stamp, name)
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


def _is_public(media_id: str, stamp: str, name: str) -> bool:
    return bool(_ID.fullmatch(media_id) and _STAMP.fullmatch(stamp) and _NAME.fullmatch(name))


def _folder(name: str) -> Path:
    folder = settings().media / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
