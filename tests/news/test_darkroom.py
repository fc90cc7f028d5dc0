"""Opening files of others: every sort that is taken, and what must not bring anything down."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from station.news.media.process import Made, Unusable, open_apart
from station.news.models import MediaKind
from tests.news import sent_files
from tests.news.sent_files import GREEN, RED, encoded, picture

FAR = 40  # of 255: what an encoder may change in an even colour


@pytest.fixture
def opened(tmp_path: Path) -> Any:
    """Open bytes as the worker does, in a process of its own; the folder with what was made."""

    def open_file(data: bytes, kind: MediaKind = MediaKind.IMAGE, ext: str = "jpg", **more: Any) -> tuple[Made, Path]:
        source, folder = tmp_path / "sent", tmp_path / "made"
        source.write_bytes(data)
        folder.mkdir(exist_ok=True)
        return open_apart(kind, ext, source, folder, **more), folder

    return open_file


def near(found: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) <= FAR for one, other in zip(found, wanted, strict=True))


def halves(folder: Path, name: str) -> tuple[Any, Any]:
    """The colours of the middle of the left and of the right half."""
    with Image.open(folder / name) as made:
        return made.getpixel((made.width // 4, made.height // 2)), made.getpixel(
            (made.width * 3 // 4, made.height // 2)
        )


def test_a_photo_becomes_its_sizes_and_crops(opened: Any) -> None:
    made, folder = opened(picture(size=(2000, 1200)))
    assert (made.width, made.height) == (2000, 1200)
    sizes = {}
    for path in folder.iterdir():
        with Image.open(path) as each:
            sizes[path.name] = each.size
    assert sizes == {
        **{f"{width}.{ext}": (width, width * 3 // 5) for width in (480, 800, 1200, 1600) for ext in ("avif", "jpg")},
        "wide-1200.jpg": (1200, 675),
        "card-800.jpg": (800, 600),
        "square-480.jpg": (480, 480),
    }
    assert {each["bytes"] for each in made.files} == {path.stat().st_size for path in folder.iterdir()}
    left, right = halves(folder, "800.jpg")
    assert near(left, RED)
    assert near(right, GREEN)


@pytest.mark.parametrize(
    "data",
    [
        picture("PNG"),
        picture("PNG", mode="P"),
        picture("GIF"),
        picture("WEBP", lossless=True),
        picture("AVIF"),
        picture("JPEG", mode="CMYK"),
        picture("PNG", mode="RGBA"),
        picture(icc_profile=sent_files.swapped_profile()),
        picture(icc_profile=b"no profile at all"),
    ],
    ids=["png", "palette", "gif", "webp", "avif", "cmyk", "rgba", "wrong profile", "no profile"],
)
def test_every_sort_of_file_comes_out_with_its_colours(opened: Any, data: bytes) -> None:
    _, folder = opened(data)
    for name in ("800.jpg", "800.avif"):
        left, right = halves(folder, name)
        assert near(left, RED)
        assert near(right, GREEN)


def test_sixteen_bits_of_grey_are_scaled_not_cut(opened: Any) -> None:
    deep = Image.new("I;16", (400, 200), 32_768)
    deep.paste(65_535, (0, 0, 200, 200))
    _, folder = opened(encoded(deep, "PNG"))
    left, right = halves(folder, "400.jpg")
    assert near(left, (255, 255, 255))
    assert near(right, (128, 128, 128))


def test_what_is_see_through_stands_on_white(opened: Any) -> None:
    _, folder = opened(encoded(Image.new("RGBA", (300, 200), (0, 0, 0, 0)), "PNG"))
    assert near(halves(folder, "300.jpg")[0], (255, 255, 255))


@pytest.mark.parametrize(("orientation", "first"), [(1, RED), (3, GREEN)])
def test_a_photo_stands_upright(opened: Any, orientation: int, first: tuple[int, int, int]) -> None:
    _, folder = opened(sent_files.turned(orientation))
    assert near(halves(folder, "800.jpg")[0], first)


def test_a_photo_held_upright_is_higher_than_wide(opened: Any) -> None:
    made, folder = opened(sent_files.turned(6))
    assert (made.width, made.height) == (600, 1000)
    with Image.open(folder / "480.jpg") as small:
        assert small.size == (480, 800)
        assert near(small.getpixel((240, 100)), RED)  # its left side is up


def test_nothing_of_camera_place_or_comment_is_left(opened: Any) -> None:
    sent = sent_files.turned(6) + b"<html><script>alert(1)</script></html>"
    assert b"Camera maker" in sent
    _, folder = opened(sent)
    for path in folder.iterdir():
        with Image.open(path) as made:
            assert dict(made.getexif()) == {}
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(made.info)
        assert b"Camera maker" not in path.read_bytes()
        assert b"<script" not in path.read_bytes()


def test_of_a_moving_picture_the_first_frame_is_taken(opened: Any) -> None:
    frames = [Image.new("RGB", (300, 200), colour) for colour in (RED, GREEN)]
    for kind in ("GIF", "WEBP", "PNG"):
        _, folder = opened(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))
        assert near(halves(folder, "300.jpg")[0], RED), kind


def test_the_focal_point_decides_what_a_crop_keeps(opened: Any) -> None:
    wide = picture(size=(1200, 300))
    for focal, colour in (((0, 50), RED), ((100, 50), GREEN)):
        made, folder = opened(wide, focal=focal, shapes=["square"])
        assert [each["shape"] for each in made.files] == ["square"]
        assert {near(each, colour) for each in halves(folder, "square-300.jpg")} == {True}


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (17, 5)])
def test_odd_sizes_are_pictures_too(opened: Any, size: tuple[int, int]) -> None:
    made, folder = opened(picture("PNG", size=size))
    assert (made.width, made.height) == size
    for path in folder.iterdir():
        with Image.open(path) as small:
            small.load()
            assert small.width <= size[0]


def test_a_bomb_is_refused_before_it_goes_off(opened: Any) -> None:
    data = sent_files.bomb()
    assert len(data) < 200_000
    with pytest.raises(Unusable, match="900 million pixels"):
        opened(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_what_ends_too_early_is_refused(opened: Any, kind: str) -> None:
    rows = Image.effect_noise((400, 300), 80).convert("RGB")  # so that the file is long enough to be cut
    whole = encoded(rows, kind)
    with pytest.raises(Unusable, match=r"damaged|cannot be read"):
        opened(whole[: len(whole) // 2])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_damaged_files_are_pictures_or_refused(opened: Any, kind: str) -> None:
    chance = random.Random(kind)
    whole = bytearray(encoded(Image.effect_noise((120, 90), 80).convert("RGB"), kind))
    for _ in range(4):
        hurt = bytearray(whole)
        for _ in range(30):
            hurt[chance.randrange(12, len(hurt))] = chance.randrange(256)
        with suppress(Unusable):  # anything else would be the machine's trouble
            assert opened(bytes(hurt))[0].files


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"%!PS-Adobe"])
def test_a_beginning_is_no_picture(opened: Any, data: bytes) -> None:
    with pytest.raises(Unusable):
        opened(data)


def test_other_formats_that_the_library_knows_stay_closed(opened: Any) -> None:
    for kind in ("TIFF", "BMP", "PPM", "TGA"):
        with pytest.raises(Unusable, match="cannot be read"):
            opened(picture(kind))


def test_the_length_of_a_recording_is_read(opened: Any) -> None:
    made, _ = opened(sent_files.mp3(7), MediaKind.AUDIO, "mp3")
    assert (made.seconds, made.files) == (7, [])
    made, _ = opened(sent_files.m4a(9), MediaKind.AUDIO, "m4a")
    assert made.seconds == 9


@pytest.mark.parametrize(
    ("data", "ext", "said"),
    [
        (b"ID3" + b"\0" * 200, "mp3", "no sound|no recording"),
        (b"\xff\xfb\x90\x00" * 3, "mp3", "no sound|no recording"),
        (sent_files.m4a(0), "m4a", "no sound|no recording"),
        (sent_files.m4a(9)[:60], "m4a", "too early"),
        (sent_files.m4a(9)[:-64], "m4a", "too early"),
        (sent_files.m4a(9, handler=b"vide"), "m4a", "a video"),
    ],
)
def test_what_is_no_recording_is_refused(opened: Any, data: bytes, ext: str, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        opened(data, MediaKind.AUDIO, ext)


def test_the_largest_picture_that_is_taken_fits_into_its_memory(opened: Any) -> None:
    made, _ = opened(encoded(Image.new("RGBA", (7000, 7000), (9, 9, 9, 128)), "PNG", compress_level=1))
    assert (made.width, made.height) == (7000, 7000)
