"""Has a file opened in a process of its own, without our environment, and says what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Any

from config import ROOT
from station.news.models import MediaKind

PROGRAM = "station.news.media.darkroom"
PATIENCE = 150  # seconds; it is bounded to 120 of the processor's by itself


class Unusable(Exception):
    """Why a file cannot be used, in words for the newsroom."""


class Hindered(Exception):
    """What kept the machine from the work. It may go better the next time."""


@dataclass(frozen=True)
class Made:
    """What a file is, and which files were made of it: shape, width, height, ext, bytes."""

    files: list[dict[str, Any]]
    width: int | None = None
    height: int | None = None
    seconds: int | None = None


def open_apart(
    kind: MediaKind,
    ext: str,
    source: Path,
    folder: Path,
    focal: tuple[int, int] = (50, 50),
    shapes: Sequence[str] | None = None,
) -> Made:
    """Open a picture or a recording, and make files of these shapes, or all, in a folder.

    Raises Unusable for a file that is to blame, and Hindered where the machine is.
    """
    task = {
        "kind": kind.value,
        "ext": ext,
        "source": str(source),
        "folder": str(folder),
        "focal": focal,
        "shapes": list(shapes) if shapes is not None else None,
    }
    said = _run(json.dumps(task))
    if "refused" in said:
        raise Unusable(said["refused"])
    if "failed" in said:
        raise Hindered(said["failed"])
    return Made(**said)


def _run(task: str) -> dict[str, Any]:
    # only what Python needs: a decoder that is taken over finds no secret in its environment
    known = {"PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "2", "LANG": "C.UTF-8"}
    try:
        done = subprocess.run(  # noqa: S603  # our own words
            [sys.executable, "-m", PROGRAM],
            input=task,
            cwd=ROOT,
            env=known,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise Unusable("It takes longer to open than a picture may. Save it again, smaller.") from late
    if done.returncode in (-SIGKILL, -SIGTERM):
        raise Hindered("the process that opens files was killed")
    if done.returncode < 0:
        raise Unusable("It brings the decoder down. Save it again as JPEG or PNG, and send that.")
    if done.returncode:
        if "MemoryError" in done.stderr or "failed to map" in done.stderr:
            raise Unusable("It takes more memory than a picture may. Save it smaller.")
        raise Hindered(done.stderr.strip().rpartition("\n")[2][:300] or "the process that opens files failed")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
