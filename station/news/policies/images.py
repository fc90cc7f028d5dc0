"""Rules of pictures, on plain numbers: which files are made of one, and which part of it a crop keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

WIDTHS = (480, 800, 1200, 1600)
NEARLY = 0.9  # a width that is nearly the picture's own is left out for it
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 30_000
WHOLE, SOUND = "whole", "sound"
MODERN, PLAIN = "avif", "jpg"
RECIPE = 1  # raise it when what is made of a picture changes: every file then gets a new address
JPEG_QUALITY, AVIF_QUALITY, AVIF_SPEED = 80, 60, 7

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Crop:
    """A shape that pages elsewhere want: its name, its ratio, and how wide it is made."""

    name: str
    across: int
    down: int
    widths: tuple[int, ...]


CROPS = (
    Crop("wide", 16, 9, (1200,)),  # OpenGraph
    Crop("card", 4, 3, (800,)),
    Crop("square", 1, 1, (480,)),
)


@dataclass(frozen=True)
class Rendition:
    """A file to make: of which part, in which size, as what."""

    shape: str
    width: int
    height: int
    ext: str
    box: Box

    @property
    def name(self) -> str:
        """What it is called in the folder of its stamp."""
        return file_name(self.shape, self.width, self.ext)


def file_name(shape: str, width: int, ext: str) -> str:
    """800.avif is the whole picture, square-480.jpg a crop, sound.mp3 a recording."""
    if shape == SOUND:
        return f"{SOUND}.{ext}"
    return f"{width}.{ext}" if shape == WHOLE else f"{shape}-{width}.{ext}"


def name_of(file: Mapping[str, Any]) -> str:
    """What a file that was made is called, by what is written down of it."""
    return file_name(file["shape"], file["width"], file["ext"])


def stamp(sha256: str, shape: str, focal: tuple[int, int]) -> str:
    """What the address of a file changes with: the original, the recipe and, of a crop, the focal point."""
    said = f"{sha256}/{RECIPE}" if shape in (WHOLE, SOUND) else f"{sha256}/{RECIPE}/{focal[0]}/{focal[1]}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def widths_of(width: int) -> tuple[int, ...]:
    """How wide the files of a picture are: never wider than itself."""
    own = min(width, WIDTHS[-1])
    return (*(each for each in WIDTHS if each < own * NEARLY), own)


def renditions(width: int, height: int, focal: tuple[int, int]) -> Iterator[Rendition]:
    """Every file to make of a picture of this size."""
    whole = (0.0, 0.0, float(width), float(height))
    for each in widths_of(width):
        for ext in (MODERN, PLAIN):
            yield Rendition(WHOLE, each, max(1, round(height * each / width)), ext, whole)
    for crop in CROPS:
        box = crop_box(width, height, crop, focal)
        for each in sorted({max(1, min(wanted, int(box[2] - box[0]))) for wanted in crop.widths}):
            yield Rendition(crop.name, each, max(1, round(each * crop.down / crop.across)), PLAIN, box)


def crop_box(width: int, height: int, crop: Crop, focal: tuple[int, int]) -> Box:
    """The largest part of a picture with the crop's ratio that lies to its focal point (percent) as the whole does.

    That is what browsers do with `object-fit: cover` and `object-position`, so a page can show it beforehand. The
    focal point is always inside.
    """
    across = min(float(width), height * crop.across / crop.down)
    down = min(float(height), width * crop.down / crop.across)
    left, top = (width - across) * focal[0] / 100, (height - down) * focal[1] / 100
    return left, top, left + across, top + down
