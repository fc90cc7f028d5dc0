"""A file of CDS answers as documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from station.news.cds.shapes import Refused

LARGEST_FILE = 50_000_000  # bytes; 300 documents, CDS's most for one answer, measure about 12 MB


def documents(path: Path) -> list[Any]:
    """What is in an answer's `resources`, or the one document of the file. Raises Refused for the whole file."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Refused(f"the file cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST_FILE:
        raise Refused(f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
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
    if isinstance(said, dict) and "id" in said and "profiles" in said:
        return [said]
    raise Refused("the file is not a CDS answer: it has no list of resources")
