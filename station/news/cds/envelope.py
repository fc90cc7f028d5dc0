"""Files of CDS answers as documents: an answer, a list of documents, one document, or a folder of such files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from station.news.cds.shapes import Refused

LARGEST_FILE = 100_000_000  # bytes; 300 documents, CDS's most for one answer, measure about 15 MB
MOST_FILES = 5_000  # of a folder
Unread = tuple[str, str]  # a file's name, and why it cannot be read


def documents(path: Path) -> tuple[list[Any], list[Unread]]:
    """The documents of a file, or of every *.json below a folder with those of its files that cannot be read.

    Raises Refused when there is nothing to read at all.
    """
    if path.is_dir():
        return _of_folder(path)
    return _of_file(path, LARGEST_FILE)[0], []


def documents_in(stream: IO[bytes]) -> list[Any]:
    """The documents of a stream such as standard input. Raises Refused."""
    return _parsed(_bytes(lambda: stream, LARGEST_FILE))


def bytes_of(path: Path) -> bytes:
    """A file as it is. Raises Refused for one that cannot be read or is larger than 100 MB."""
    return _bytes(lambda: path.open("rb"), LARGEST_FILE)


def _of_folder(folder: Path) -> tuple[list[Any], list[Unread]]:
    files = sorted(each for each in folder.rglob("*.json") if each.is_file())
    if not files or len(files) > MOST_FILES:
        raise Refused(
            f"the folder has more than {MOST_FILES:,} files" if files else "the folder has no file that ends in .json"
        )
    found: list[Any] = []
    unread: list[Unread] = []
    room = LARGEST_FILE
    for file in files:
        try:
            some, size = _of_file(file, room)
        except Refused as refusal:
            unread.append((file.relative_to(folder).as_posix(), str(refusal)))
            continue
        found, room = found + some, room - size
    return found, unread


def _of_file(path: Path, room: int) -> tuple[list[Any], int]:
    raw = _bytes(lambda: path.open("rb"), room)
    return _parsed(raw), len(raw)


def _bytes(opened: Callable[[], IO[bytes]], most: int) -> bytes:
    try:
        with opened() as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise Refused(f"the file cannot be read: {error.strerror}") from error
    if len(raw) > most:
        raise Refused(f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
    return raw


def _parsed(raw: bytes) -> list[Any]:
    try:
        said = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused("the file is not UTF-8 text") from error
    except RecursionError as error:
        raise Refused("the file is not a CDS answer: it is nested too deeply") from error
    except ValueError as error:
        raise Refused(f"the file is not JSON: {error}") from error
    if isinstance(said, dict) and isinstance(said.get("resources"), list):
        return list(said["resources"])
    if _is_document(said):
        return [said]
    if isinstance(said, list) and any(map(_is_document, said)):
        return said
    raise Refused("the file is not a CDS answer: it has no list of resources")


def _is_document(said: Any) -> bool:
    return isinstance(said, dict) and "id" in said and "profiles" in said
