"""The files of a backup: pictures and recordings, in a folder beside it that has the shape of STATION_MEDIA.

No file ever changes under its path, so all backups of a folder share one store, and each file is copied once. A file
appears there, and where it is put back, by being renamed. Below the two folders no link is followed.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path, PurePosixPath

from station.core.runtime import settings
from station.news.media import shelf
from station.web.commands.dumps import BackupError

STORE = "station-files"
SPARE = 1 << 28  # bytes that stay free: the database may be on the same disk
FULL = (errno.ENOSPC, errno.EDQUOT)
IN_WORDS = {
    errno.ENOENT: "it is not there",
    errno.ELOOP: "it is a symbolic link",
    errno.ENOSPC: "the disk is full",
    errno.EACCES: "it may not be read or written here",
}


class Unfit(OSError):
    """What is wrong with a file or its place, in words."""


@dataclass
class Taken:
    """The files of one backup, path below STATION_MEDIA to bytes; how many were new; what is not in it, and why."""

    files: dict[str, int] = field(default_factory=dict)
    fresh: int = 0
    left: dict[str, str] = field(default_factory=dict)


@dataclass
class Returned:
    """How many files were put back, how many were there as they should be, and why each of the others is neither."""

    put: int = 0
    there: int = 0
    faults: dict[str, str] = field(default_factory=dict)


@contextmanager
def store_in(folder: Path) -> Iterator[Path]:
    """The store of a folder of backups, for one backup at a time. Raises BackupError, and OSError."""
    store = folder / STORE
    store.mkdir(exist_ok=True)
    with (store / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup is being written into {folder}. Wait until it is done.") from None
        shutil.rmtree(store / "incoming", ignore_errors=True)  # what one that was killed left
        yield store


def take(store: Path, taken: Taken) -> None:
    """Copy into a store what it does not have of STATION_MEDIA.

    What cannot be copied is left out, with the reason: it must not cost the backup of the database. Before the
    database is copied this finds what will be deleted meanwhile, and after it what came meanwhile.
    """
    media, taken.left = settings().media, {}
    found = dict(shelf.lying(media, lambda error: _folder_fault(error, taken.left)))
    missing = {path: size for path, size in found.items() if _size(store, path) != size}
    failed = _copy_all(media, store, missing)
    taken.fresh += len(missing) - len(failed)
    taken.files |= {path: size for path, size in found.items() if path not in failed}
    taken.left |= {path: why for path, why in failed.items() if _is_at(media, path)}  # it may be deleted meanwhile


def take_named(store: Path, taken: Taken, named: Set[str]) -> None:
    """Count in what the copied database names and an earlier backup took; say of the rest that it was nowhere."""
    for path in sorted(named - taken.files.keys()):
        size = _size(store, path)
        if size is None or size < 0:
            taken.left.setdefault(path, "the database names it, and it is not below STATION_MEDIA")
        else:
            taken.files[path] = size


def sweep(store: Path, wanted: Set[str]) -> None:
    """Take out of a store what no backup names."""
    for path, _ in list(shelf.lying(store)):
        if path not in wanted:
            with suppress(OSError):  # behind a link nothing is deleted, and a folder that is not empty stays
                (_folder(store, path) / PurePosixPath(path).name).unlink()
                for folder in list((store / path).parents)[: path.count("/")]:
                    folder.rmdir()


def read(said: object) -> dict[str, int] | None:
    """The files that a manifest names; None for a backup without files. Raises ValueError for no list of ours."""
    if said is None:
        return None
    if not isinstance(said, dict):
        raise ValueError("its list of files is none")
    for path, size in said.items():
        if not shelf.is_ours(path) or type(size) is not int or size < 0:
            raise ValueError(f"it names a file that cannot be one of ours: {path!r}")
    return said


def in_the_way(files: Mapping[str, int]) -> list[str]:
    """The paths below STATION_MEDIA at which something else lies than these files."""
    return [path for path, size in files.items() if _size(settings().media, path) not in (size, None)]


def put_back(store: Path, files: Mapping[str, int], replace: bool) -> Returned:
    """Put files where they belong below STATION_MEDIA, and look at every one: its bytes, and an original's SHA-256.

    What lies there already and is whole stays; what is not whole is written over only to `replace`. Nothing is
    deleted. Raises OSError where STATION_MEDIA cannot be used.
    """
    media, done, wanted = settings().media, Returned(), {}
    for path, size in files.items():
        fault = _fault(media, path, size)
        if not fault:
            done.there += 1
        elif _is_at(media, path) and not replace:
            done.faults[path] = f"{fault} where it lies; --replace puts the backup's in its place"
        else:
            wanted[path] = size
    media.mkdir(parents=True, exist_ok=True)
    failed = _copy_all(store, media, wanted)
    done.faults |= failed
    done.put = len(wanted) - len(failed)
    return done


def faults(store: Path, files: Mapping[str, int]) -> dict[str, str]:
    """Why files of a store are not those that a backup names."""
    found = {path: _fault(store, path, size) for path, size in files.items()}
    return {path: why for path, why in found.items() if why}


def lines(reasons: Mapping[str, str], most: int = 20) -> list[str]:
    """A line for each file, up to so many."""
    more = len(reasons) - most
    return [*(f"{path}: {why}" for path, why in list(reasons.items())[:most]), *[f"And {more} more."] * (more > 0)]


def _copy_all(source: Path, target: Path, files: Mapping[str, int]) -> dict[str, str]:
    """Copy files; returns those that could not be, with the reason. Where the space is too small, none is begun."""
    needed, free = sum(files.values()), shutil.disk_usage(target).free
    if files and needed + SPARE > free:
        return dict.fromkeys(
            files, f"no space: {_gb(needed)} and {_gb(SPARE)} to spare are needed, {_gb(free)} are free"
        )
    failed, full = {}, ""
    for path, size in files.items():
        try:
            if full:
                failed[path] = full
            else:
                _copy(source, target, path, size)
        except OSError as error:
            failed[path] = _in_words(error)
            full = failed[path] if error.errno in FULL else ""
    return failed


def _copy(source: Path, target: Path, path: str, size: int) -> None:
    """Copy one file, whole or not at all. Raises OSError."""
    with _opened(source, path) as file:
        handle, name = tempfile.mkstemp(dir=_folder(target, "incoming/", make=True))
        try:
            digest, copied = hashlib.sha256(), 0
            with os.fdopen(handle, "wb") as copy:
                while part := file.read(shelf.CHUNK):
                    digest.update(part)
                    copied += copy.write(part)
                copy.flush()
                os.fsync(copy.fileno())
            if why := _not_whole(path, copied, size, digest.hexdigest()):
                raise Unfit(why)
            os.chmod(name, 0o600 if shelf.promised(path) else 0o644)
            os.replace(name, _folder(target, path, make=True) / PurePosixPath(path).name)
        finally:
            Path(name).unlink(missing_ok=True)


def _fault(root: Path, path: str, size: int) -> str:
    """Why a file is not the one that it should be; empty for one that is."""
    try:
        with _opened(root, path) as file:
            found = os.fstat(file.fileno()).st_size
            sha256 = shelf.promised(path)
            return _not_whole(path, found, size, hashlib.file_digest(file, "sha256").hexdigest() if sha256 else "")
    except OSError as error:
        return _in_words(error)


def _not_whole(path: str, found: int, size: int, sha256: str) -> str:
    if found != size:
        return f"it has {found} bytes and should have {size}"
    return "it is damaged: its SHA-256 is not its name" if shelf.promised(path) not in ("", sha256) else ""


def _opened(root: Path, path: str) -> BufferedReader:
    """A plain file below a folder, open to be read. Raises OSError, also for a link on the way."""
    way = _folder(root, path) / PurePosixPath(path).name
    file = os.fdopen(os.open(way, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise Unfit("it is no plain file")
    return file


def _folder(root: Path, path: str, make: bool = False) -> Path:
    """The folder of a path below another. Raises OSError where a step on the way is a link."""
    at = root
    for part in path.split("/")[:-1]:
        at = at / part
        if make:
            at.mkdir(exist_ok=True)
        if at.is_symlink():
            raise Unfit("a folder on its way is a symbolic link")
    return at


def _size(root: Path, path: str) -> int | None:
    """The bytes of a file below a folder; None where there is nothing, -1 for what is no plain file."""
    try:
        found = (_folder(root, path) / PurePosixPath(path).name).lstat()
    except FileNotFoundError:
        return None
    except OSError:
        return -1
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def _is_at(root: Path, path: str) -> bool:
    return _size(root, path) is not None


def _folder_fault(error: OSError, left: dict[str, str]) -> None:
    """Note a folder that cannot be read; one that is not there holds nothing."""
    if not isinstance(error, FileNotFoundError):
        left[str(error.filename)] = _in_words(error)


def _in_words(error: OSError) -> str:
    return IN_WORDS.get(error.errno or 0) or error.strerror or str(error)


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
