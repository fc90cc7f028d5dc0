"""A program of its own that opens one file of somebody else's and writes what is made of it: `python -m …darkroom`.

It reads a task as JSON from its standard input and answers with JSON: {"refused": why}, {"failed": why} where the
machine is to blame, or what was made. It knows no database and no secret, and bounds its own memory, time and files
before it opens anything: a picture that is a bomb, or that brings a decoder down, ends this process and no other.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError
from tinytag import TinyTag, TinyTagException

from station.news.policies.images import (
    AVIF_QUALITY,
    AVIF_SPEED,
    CROPS,
    JPEG_QUALITY,
    LONGEST_SIDE,
    MODERN,
    MOST_PIXELS,
    WIDTHS,
    Rendition,
    renditions,
)

MEMORY, SECONDS, FILES = 1_536 << 20, 120, 64
LARGEST_FILE = 64 << 20  # that is written; a recording is linked
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
ROOM = max(WIDTHS[-1], max(width for crop in CROPS for width in crop.widths)) * 2
WHITE = (255, 255, 255)
LYING = (5, 6, 7, 8)  # orientations of Exif that exchange width and height
_VIDEO = re.compile(rb"hdlr.{8}vide", re.DOTALL)
_COUNT = re.compile(r"\((\d+) pixels\)")
NO_SOUND = "It is no recording, or it is damaged. Export it again as MP3 or M4A."
Answer = dict[str, Any]


class Refused(Exception):
    """Why a file cannot be used, in words for the newsroom."""


def confine() -> None:
    """No more memory, time and file than one picture may take."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def develop(source: Path, folder: Path, focal: tuple[int, int], shapes: list[str] | None = None) -> Answer:
    """Make the files of a picture; of these shapes, or all. Raises Refused, and OSError where the disk is full."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        picture, (width, height) = _opened(source)
    wanted = [each for each in renditions(width, height, focal) if shapes is None or each.shape in shapes]
    made = [_write(picture, each, picture.width / width, folder) for each in wanted]
    return {"width": width, "height": height, "files": made}


def listen(source: Path, ext: str) -> Answer:
    """How long a recording is. Raises Refused for what is none."""
    if ext == "m4a":
        _look_into(source)
    with source.open("rb") as file:
        try:
            found = TinyTag.get(filename=f"sound.{ext}", file_obj=file, tags=False)
        except (TinyTagException, ValueError, LookupError, ArithmeticError) as error:
            raise Refused(NO_SOUND) from error
    seconds = round(found.duration or 0)
    if seconds < 1:
        raise Refused("It holds no sound. Export it again as MP3 or M4A.")
    return {"seconds": seconds, "files": []}


def _look_into(source: Path) -> None:
    """The boxes of an MPEG-4 file (ISO/IEC 14496-12): all there, whole, and none of them a film."""
    end, at, names = source.stat().st_size, 0, set()
    with source.open("rb") as file:
        while at < end:
            file.seek(at)
            head = file.read(16)
            size, name = int.from_bytes(head[:4], "big"), head[4:8]
            size = {0: end - at, 1: int.from_bytes(head[8:], "big")}.get(size, size)
            if size < 8 or at + size > end:
                raise Refused("It ends too early. Send it again.")
            if name == b"moov" and _VIDEO.search(head[8:] + file.read(size - len(head))):
                raise Refused("It is a video. Export its sound alone as M4A or MP3.")
            names.add(name)
            at += size
    if not {b"moov", b"mdat"} <= names:
        raise Refused(NO_SOUND)


def _opened(source: Path) -> tuple[Image.Image, tuple[int, int]]:
    """The first frame of a picture, upright, in sRGB, on white, with nothing else of its file; and its true size."""
    try:
        with Image.open(source, formats=FORMATS) as found:
            size = _measured(found)
            found.draft("RGB", (ROOM, ROOM))  # a JPEG is read no finer than it will be shown
            found.load()
            icc, upright = found.info.get("icc_profile"), ImageOps.exif_transpose(found)
    except Image.DecompressionBombError as error:
        raise Refused(_too_many(_pixels(str(error)))) from error
    except (UnidentifiedImageError, Image.DecompressionBombWarning) as error:
        raise Refused("It cannot be read as a picture. Save it again as JPEG or PNG.") from error
    except MemoryError:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError, ArithmeticError) as error:
        raise Refused("It is damaged or ends too early. Save it again and send that.") from error
    return _on_white(_srgb(_eight_bits(upright), icc)), size


def _measured(found: Image.Image) -> tuple[int, int]:
    """Width and height as it will stand. Raises Refused for more than may be opened."""
    if found.width * found.height > MOST_PIXELS or max(found.size) > LONGEST_SIDE:
        raise Refused(_too_many(found.width * found.height))
    lies = found.getexif().get(ExifTags.Base.Orientation, 1) in LYING
    return (found.height, found.width) if lies else found.size


def _too_many(pixels: int) -> str:
    return (
        f"It has {pixels / 1e6:,.0f} million pixels; at most {MOST_PIXELS // 1_000_000} million are taken, and "
        f"{LONGEST_SIDE:,} on a side. Save it smaller."
    )


def _pixels(said: str) -> int:
    """How many the library counted when it stopped."""
    found = _COUNT.search(said)
    return int(found[1]) if found else 2 * MOST_PIXELS


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of more than eight bits, scaled; a palette, with its colours."""
    if picture.mode.startswith(("I", "F")):
        wide = picture.convert("F")
        top = wide.getextrema()[1]
        deep = 65_535 if isinstance(top, float) and top > 255 else 255
        return wide.point(lambda value: value * (255 / deep)).convert("L")
    if picture.mode in ("P", "PA", "1"):
        return picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")
    return picture


def _srgb(picture: Image.Image, icc: bytes | None) -> Image.Image:
    """In sRGB; by the profile that it brings where that is a good one."""
    plain = "RGBA" if "A" in picture.mode or "a" in picture.mode or "transparency" in picture.info else "RGB"
    if icc and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            done = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=plain)
        except (ImageCms.PyCMSError, OSError, ValueError):
            done = None
        if done is not None:
            return done
    return picture.convert(plain)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, WHITE)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _write(picture: Image.Image, made: Rendition, scale: float, folder: Path) -> Answer:
    left, top, right, bottom = (side * scale for side in made.box)
    box = (left, top, min(right, picture.width), min(bottom, picture.height))
    small = picture.resize((made.width, made.height), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    small.info.clear()
    path = folder / made.name
    if made.ext == MODERN:
        small.save(path, "AVIF", quality=AVIF_QUALITY, speed=AVIF_SPEED, max_threads=1)
    else:
        small.save(path, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    shape = {"shape": made.shape, "width": made.width, "height": made.height, "ext": made.ext}
    return {**shape, "bytes": path.stat().st_size}


def answer(task: Answer) -> Answer:
    """What comes of a task: {"kind", "ext", "source", "folder", "focal", "shapes"}."""
    try:
        if task["kind"] == "audio":
            return listen(Path(task["source"]), task["ext"])
        return develop(Path(task["source"]), Path(task["folder"]), tuple(task["focal"]), task["shapes"])
    except Refused as why:
        return {"refused": str(why)}
    except MemoryError:
        return {"refused": "It takes more memory than a picture may. Save it smaller."}
    except OSError as error:
        return {"failed": error.strerror or str(error), "errno": error.errno}


if __name__ == "__main__":
    confine()
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
