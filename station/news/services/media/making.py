"""What a worker makes of a file: the sizes of a picture, the length of a recording; and what it removes."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.core import events, search
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import public_id
from station.core.outbox import Job, Queue, enqueue
from station.news.media import shelf
from station.news.media.process import Hindered, Made, Unusable, open_apart
from station.news.models import Media, MediaKind, MediaState
from station.news.policies.images import CROPS, SOUND, WHOLE, name_of, stamp
from station.news.policies.media import HEAD, LONGEST_SOUND, MEDIA, MediaEdge, sniff
from station.news.services.media.using import renew_stories

MAKE = Job("news.make_media", Queue.REPORTS, lease=300, attempts=12)
DROP = Job("news.drop_media", Queue.REPORTS, lease=120)
SHAPES = (WHOLE, *(crop.name for crop in CROPS))
GONE = "Its file is missing on this server. Send it again."


@dataclass(frozen=True)
class _Task:
    """A row as it was when the work began: what is made belongs to this and to nothing later."""

    id: UUID
    kind: MediaKind
    state: MediaState
    sha256: str
    focal: tuple[int, int]
    files: list[dict[str, Any]]

    @property
    def public_id(self) -> str:
        return public_id("media", self.id)

    def stamp(self, shape: str) -> str:
        return stamp(self.sha256, shape, self.focal)


def make_files(media_id: UUID, actor: Actor) -> None:
    """Make what is missing of a picture or a recording, and say in its row what came of it; nothing for an unknown.

    May run again at any point. Raises Hindered (disk full, machine in trouble): the row says so, and it is tried
    again.
    """
    task = _task(media_id)
    if task is None or not (shapes := _missing(task)):
        return
    source = shelf.original(task.sha256)
    if not source.is_file():
        _refuse(task, GONE, actor)
        return
    try:
        with shelf.workroom(f"{task.public_id}-{task.sha256[:12]}") as room:
            made = _open(task, source, room, shapes)
            files = _publish(task, made, room)
    except Unusable as problem:
        _refuse(task, str(problem), actor)
    except (Hindered, OSError) as trouble:
        said = trouble.strerror or str(trouble) if isinstance(trouble, OSError) else str(trouble)
        _wait(task, said)
        raise Hindered(said) from trouble
    else:
        _ready(task, made, files, actor)


def make_missing() -> int:
    """Have a worker look at every picture and recording whose files are not there; returns how many."""
    many = 0
    for media_id in db.session().scalars(sa.select(Media.id).where(Media.state != MediaState.REFUSED)).all():
        task = _task(media_id)
        if task and _missing(task):
            with transaction():
                enqueue(MAKE, media_id=str(media_id))
            many += 1
    return many


def drop_files(media_id: UUID, sha256: str) -> None:
    """Remove the files of what was deleted; its original only where nobody has sent the same file since."""
    session = db.session()
    if session.get(Media, media_id) is None:
        again = session.scalar(sa.select(Media.id).where(Media.sha256 == sha256))
        shelf.drop(public_id("media", media_id), None if again else sha256)


def findable(row: Media) -> None:
    """Put a row into the index as it is now, inside a transaction."""
    search.index("media", row.id, row.name, f"{row.caption} {row.credit} {row.alt} {row.rights}")


def _task(media_id: UUID) -> _Task | None:
    """The row, read and let go of: opening a file takes longer than a transaction should be open."""
    session = db.session()
    session.rollback()
    row = session.get(Media, media_id)
    if row is None:
        return None
    found = _Task(row.id, row.kind, row.state, row.sha256, (row.focal_x, row.focal_y), list(row.files))
    session.rollback()
    return found


def _missing(task: _Task) -> tuple[str, ...]:
    """The shapes that have to be made; none of what was refused."""
    shapes = SHAPES if task.kind is MediaKind.IMAGE else (SOUND,)
    if task.state is not MediaState.READY:
        return shapes if task.state is MediaState.RECEIVED else ()
    there = shelf.there(task.public_id)
    return tuple(shape for shape in shapes if not _whole(task, shape, there))


def _whole(task: _Task, shape: str, there: set[str]) -> bool:
    mine = [each for each in task.files if each["shape"] == shape and each["stamp"] == task.stamp(shape)]
    return bool(mine) and all(f"{each['stamp']}/{name_of(each)}" in there for each in mine)


def _open(task: _Task, source: Path, room: Path, shapes: tuple[str, ...]) -> Made:
    with source.open("rb") as file:
        ext = sniff(file.read(HEAD)).ext
    made = open_apart(task.kind, ext, source, room, task.focal, shapes)
    if made.seconds and made.seconds > LONGEST_SOUND:
        raise Unusable(f"It is longer than {LONGEST_SOUND // 3600} hours. Send it in parts.")
    if task.kind is MediaKind.IMAGE:
        return made
    copy = room / f"{SOUND}.{ext}"
    shutil.copyfile(source, copy)
    sound = {"shape": SOUND, "width": 0, "height": 0, "ext": ext, "bytes": copy.stat().st_size}
    return Made(**{**asdict(made), "files": [sound]})


def _publish(task: _Task, made: Made, room: Path) -> list[dict[str, Any]]:
    stamped = [{**each, "stamp": task.stamp(each["shape"])} for each in made.files]
    for each in stamped:
        shelf.publish(room / name_of(each), task.public_id, each["stamp"], name_of(each))
    return stamped


def _ready(task: _Task, made: Made, files: list[dict[str, Any]], actor: Actor) -> None:
    with transaction() as session:
        row = session.get(Media, task.id, with_for_update=True)
        if row is None or row.sha256 != task.sha256 or (row.focal_x, row.focal_y) != task.focal:
            return  # another job knows of what came since
        shapes = {each["shape"] for each in files}
        row.files = [each for each in row.files if each["shape"] not in shapes] + files
        row.width, row.height, row.seconds, row.why = made.width, made.height, made.seconds, ""
        if row.state is MediaState.RECEIVED:
            row.state = MEDIA.move(row.state, MediaEdge.MAKE)
            events.record("news.media.ready", actor, [Subject("media", row.id)], {"name": row.name})
        session.flush()
        renew_stories(session, row, actor)


def _refuse(task: _Task, why: str, actor: Actor) -> None:
    with transaction() as session:
        row = session.get(Media, task.id, with_for_update=True)
        if row is None or row.sha256 != task.sha256:
            return
        row.why = why[:300]
        if row.state is MediaState.RECEIVED:
            row.state = MEDIA.move(row.state, MediaEdge.REFUSE)
            said = {"name": row.name, "why": why}
            events.record("news.media.refused", actor, [Subject("media", row.id)], said)


def _wait(task: _Task, why: str) -> None:
    with transaction() as session:
        row = session.get(Media, task.id, with_for_update=True)
        if row is not None and row.sha256 == task.sha256:
            row.why = f"This server could not do it ({why[:200]}). It is tried again by itself."
