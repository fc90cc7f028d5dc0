"""The picture that the newsroom of the demonstration sent in itself: drawn here, made into its sizes as any other."""

from __future__ import annotations

import hashlib
import io
import random
from datetime import time
from typing import Any

from PIL import Image, ImageDraw

from station.core.ids import public_id
from station.core.runtime import settings
from station.demo.generator.calendar import Calendar
from station.demo.generator.rows import Rows
from station.news.media import shelf
from station.news.media.darkroom import develop
from station.news.models import Media, MediaKind, MediaState
from station.news.policies.images import name_of, renditions, stamp
from station.news.queries.media import media_view

WIDTH, HEIGHT, FINER = 1200, 800, 2
FOCAL = (64, 62)
Point = tuple[float, float]


def bus_stop() -> bytes:
    """A stop in the sun as a JPEG file: the same bytes each time."""
    across, down = WIDTH * FINER, HEIGHT * FINER
    drawn = Image.linear_gradient("L").resize((across, down))
    scene = Image.composite(Image.new("RGB", drawn.size, "#f2c08a"), Image.new("RGB", drawn.size, "#6fa8bf"), drawn)
    pen = ImageDraw.Draw(scene)

    def shape(colour: str, *points: Point) -> None:
        pen.polygon([(x * FINER, y * FINER) for x, y in points], fill=colour)

    pen.ellipse([FINER * side for side in (150, 90, 290, 230)], fill="#fff1c9")
    shape("#9a7d8d", (0, 520), (220, 430), (430, 500), (700, 400), (960, 480), (1200, 420), (1200, 600), (0, 600))
    shape("#cfa77d", (0, 560), (1200, 560), (1200, 800), (0, 800))
    shape("#4a4f58", (0, 690), (1200, 690), (1200, 800), (0, 800))
    shape("#6d5a4c", (640, 660), (960, 660), (1080, 690), (760, 690))
    for left in (640, 940):
        shape("#2d3a42", (left, 400), (left + 14, 400), (left + 14, 662), (left, 662))
    shape("#0b5c7a", (600, 380), (1000, 350), (1000, 380), (600, 410))
    shape("#2d3a42", (690, 600), (900, 600), (900, 614), (690, 614))
    shape("#5c4630", (330, 520), (346, 520), (350, 664), (326, 664))
    for x, y, wide in ((338, 470, 92), (286, 505, 58), (392, 508, 60)):
        pen.ellipse([FINER * side for side in (x - wide, y - wide * 0.7, x + wide, y + wide * 0.7)], fill="#53704a")
    made = io.BytesIO()
    scene.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(made, "JPEG", quality=88)
    return made.getvalue()


def own_picture(rows: Rows, calendar: Calendar, facts: dict[str, str]) -> dict[str, Any]:
    """Row and files of the picture; returns what its story holds."""
    at, drawn = calendar.at(calendar.first, time(12)), bus_stop()
    sha256 = hashlib.sha256(drawn).hexdigest()
    fresh = Rows(random.Random(sha256)).new_id(at)  # noqa: S311  # it draws from nobody's numbers
    row = Media(
        id=fresh,
        kind=MediaKind.IMAGE,
        state=MediaState.READY,
        why="",
        name="bus-stop.jpg",
        sha256=sha256,
        bytes=len(drawn),
        width=WIDTH,
        height=HEIGHT,
        seconds=None,
        focal_x=FOCAL[0],
        focal_y=FOCAL[1],
        files=_files(public_id("media", fresh), sha256, drawn),
        alt=facts["alt"],
        decorative=False,
        caption=facts["caption"],
        credit=facts["credit"],
        rights="Drawn for the demonstration.",
        not_after=None,
        received_at=at,
    )
    rows.put(Media, **{column.key: getattr(row, column.key) for column in Media.__table__.columns})
    rows.index("media", fresh, row.name, f"{row.caption} {row.credit} {row.alt} {row.rights}")
    return media_view(row).picture()


def _files(media_id: str, sha256: str, drawn: bytes) -> list[dict[str, Any]]:
    """What is made of it, which takes a moment and is kept: a later load of the same day finds it there."""
    stamps = {each: stamp(sha256, each.shape, FOCAL) for each in renditions(WIDTH, HEIGHT, FOCAL)}
    there = shelf.there(media_id)
    if any(f"{stamped}/{each.name}" not in there for each, stamped in stamps.items()):
        with shelf.arriving(io.BytesIO(drawn)) as arrived:
            shelf.keep(arrived)
        with shelf.workroom(media_id) as room:
            for made in develop(shelf.original(sha256), room, FOCAL)["files"]:
                shelf.publish(room / name_of(made), media_id, stamp(sha256, made["shape"], FOCAL), name_of(made))
    folder = settings().media / "public" / media_id
    return [
        {
            "shape": each.shape,
            "width": each.width,
            "height": each.height,
            "ext": each.ext,
            "bytes": (folder / stamped / each.name).stat().st_size,
            "stamp": stamped,
        }
        for each, stamped in stamps.items()
    ]
