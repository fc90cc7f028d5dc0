"""Files as people send them in, good and bad, made here."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms

RED, GREEN = (200, 30, 30), (30, 160, 60)


def picture(kind: str = "JPEG", size: tuple[int, int] = (1000, 600), mode: str = "RGB", **how: Any) -> bytes:
    """A picture whose left half is red and whose right half is green (grey where it has no colours)."""
    made = Image.new("RGB", size, RED)
    made.paste(GREEN, (size[0] // 2, 0, *size))
    return encoded(made.convert(mode) if mode != "RGB" else made, kind, **how)


def encoded(made: Image.Image, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    made.save(out, kind, **how)
    return out.getvalue()


def turned(orientation: int, size: tuple[int, int] = (1000, 600)) -> bytes:
    """A photo as a phone writes it that was held another way, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera maker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (36.0, 10.0, 30.0)
    return picture(size=size, exif=exif)


def bomb(side: int = 30_000) -> bytes:
    """A PNG of so many pixels across and down, in a few kilobytes: all of them black, one bit each."""
    line = b"\0" * (1 + side // 8)
    packed = zlib.compressobj(9)
    data = b"".join(packed.compress(line) for _ in range(side)) + packed.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def swapped_profile() -> bytes:
    """A profile that is none of sRGB's: Lab."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def mp3(seconds: int = 3) -> bytes:
    """Silence: frames of MPEG 1 layer III at 128 kbit/s and 44.1 kHz, each 417 bytes and 26 ms long."""
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413
    return frame * round(seconds * 44_100 / 1152)


def m4a(seconds: int = 3, handler: bytes = b"soun") -> bytes:
    """An MPEG-4 file that says how long it is, with a track of this kind, and holds nothing."""
    mdhd = _box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 1000, seconds * 1000, 0x55C4, 0))
    hdlr = _box(b"hdlr", b"\0" * 8 + handler + b"\0" * 13)
    decoder = b"\x04\x0d\x40\x15\0\0\0" + struct.pack(">II", 128_000, 128_000)
    esds = _box(b"esds", b"\0" * 4 + b"\x03\x12\0\x01\0" + decoder)
    entry = _box(b"mp4a", b"\0" * 6 + struct.pack(">HHHIHHHHI", 1, 0, 0, 0, 2, 16, 0, 0, 44_100 << 16) + esds)
    stsd = _box(b"stsd", struct.pack(">II", 0, 1) + entry)
    minf = _box(b"minf", _box(b"stbl", stsd))
    trak = _box(b"trak", _box(b"mdia", mdhd + hdlr + minf))
    mvhd = _box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000) + b"\0" * 80)
    return _box(b"ftyp", b"M4A \0\0\0\0M4A isom") + _box(b"moov", mvhd + trak) + _box(b"mdat", b"\0" * 64)


def _box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + name + data


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
