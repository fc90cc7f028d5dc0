"""Rules of what is sent in: what a file is by its first bytes, how large it may be, what it is called, its states."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from unicodedata import category

from station.core.graphs import Edge, Graph
from station.news.models import MediaKind
from station.news.models import MediaState as S

MEGABYTE = 1_000_000
LARGEST = {MediaKind.IMAGE: 25 * MEGABYTE, MediaKind.AUDIO: 250 * MEGABYTE}
LARGEST_REQUEST = 251 * MEGABYTE  # the largest file and what a browser writes around it
HEAD = 512  # bytes that tell what a file is
LONGEST_NAME = 200
LONGEST_SOUND = 12 * 3600  # seconds
TYPES = {"avif": "image/avif", "jpg": "image/jpeg", "mp3": "audio/mpeg", "m4a": "audio/mp4"}
PICTURES_TAKEN, SOUNDS_TAKEN = "JPEG, PNG, WebP, AVIF and GIF", "MP3 and M4A"
_AVIF, _SOUND = (b"avif", b"avis"), (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"dash")
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|!--|svg|html|head|body|script)", re.IGNORECASE)


class NotTaken(Exception):
    """Why a file is not taken, and what would be, in words for the newsroom."""


@dataclass(frozen=True)
class Sniffed:
    """What a file says that it is. Whether that is so, the one who opens it finds out."""

    kind: MediaKind
    ext: str


class MediaEdge(StrEnum):
    MAKE = "make"
    REFUSE = "refuse"
    REPLACE = "replace"


MEDIA: Graph[S] = Graph(
    "a picture or a recording",
    S,
    S.RECEIVED,
    (
        Edge(MediaEdge.MAKE, (S.RECEIVED,), S.READY, "a worker has opened it and made the files that readers fetch"),
        Edge(MediaEdge.REFUSE, (S.RECEIVED,), S.REFUSED, "it cannot be opened, or is larger than it may be"),
        Edge(
            MediaEdge.REPLACE,
            (S.RECEIVED, S.READY, S.REFUSED),
            S.RECEIVED,
            "another file was sent in its place; what was made before stays in use until that one is ready",
        ),
    ),
)


def sniff(head: bytes) -> Sniffed:
    """What the first bytes of a file say. Raises NotTaken for what is neither a picture nor a recording of ours."""
    found = _picture(head) or _sound(head)
    if found is None:
        raise NotTaken(f"{_unlike(head)} Pictures are {PICTURES_TAKEN}; recordings are {SOUNDS_TAKEN}.")
    return found


def check_size(kind: MediaKind, size: int) -> None:
    """Raises NotTaken for a file that is larger than its kind may be."""
    if size > LARGEST[kind]:
        what = "picture" if kind is MediaKind.IMAGE else "recording"
        raise NotTaken(
            f"This {what} has {size / MEGABYTE:,.0f} MB; at most {LARGEST[kind] // MEGABYTE} MB are taken. "
            "Save it smaller and send it again."
        )


def clean_name(text: str) -> str:
    """What a file is called, without folders and without what no keyboard types; its end stays when it is long."""
    last = re.split(r"[/\\]", text)[-1]
    shown = " ".join("".join(letter for letter in last if category(letter)[0] != "C").split())
    if len(shown) <= LONGEST_NAME:
        return shown or "unnamed"
    dot = shown.rfind(".")
    end = shown[dot:] if dot >= len(shown) - 8 else ""
    return shown[: LONGEST_NAME - len(end) - 1] + "…" + end


def renewed(value: Any, prefix: str, fresh: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """A story's picture or blocks, with `fresh(piece)` for each piece whose url begins with `prefix`."""
    if isinstance(value, list):
        return [renewed(each, prefix, fresh) for each in value]
    if not isinstance(value, dict):
        return value
    if str(value.get("url", "")).startswith(prefix):
        return fresh(value)
    return {name: renewed(each, prefix, fresh) for name, each in value.items()}


def _picture(head: bytes) -> Sniffed | None:
    ext = ""
    if head.startswith(b"\xff\xd8\xff"):
        ext = "jpg"
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        ext = "png"
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        ext = "webp"
    elif head[:6] in (b"GIF87a", b"GIF89a"):
        ext = "gif"
    elif head[4:8] == b"ftyp" and _brands(head) & set(_AVIF):
        ext = "avif"
    return Sniffed(MediaKind.IMAGE, ext) if ext else None


def _sound(head: bytes) -> Sniffed | None:
    if head.startswith(b"ID3") or _mpeg_layer_3(head):
        return Sniffed(MediaKind.AUDIO, "mp3")
    if head[4:8] == b"ftyp" and head[8:12] in _SOUND:
        return Sniffed(MediaKind.AUDIO, "m4a")
    return None


def _mpeg_layer_3(head: bytes) -> bool:
    """A frame of MPEG audio, layer III: eleven bits of sync, a version, the layer."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4
    return version != 1 and layer == 1 and 0 < rate < 15


def _brands(head: bytes) -> set[bytes]:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))}


def _unlike(head: bytes) -> str:
    """What is wrong with a file that is not taken, as far as its first bytes tell."""
    if not head:
        return "This file is empty: nothing of it arrived."
    if b"<svg" in head.lower():
        return "This is an SVG drawing, which can hold programs. Export it as PNG."
    if _MARKUP.match(head):
        return "This is a web page, whatever its name says."
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return "This is a HEIC photo. Export it as JPEG."
    if head[:4] == b"%PDF":
        return "This is a PDF."
    return "This is no picture and no recording that is known here, whatever its name says."
