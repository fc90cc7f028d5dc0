"""Rules of pictures and recordings, on plain values."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from station.news.models import MediaKind
from station.news.policies.images import CROPS, WIDTHS, Crop, crop_box, name_of, renditions, stamp, widths_of
from station.news.policies.media import LARGEST, LONGEST_NAME, MEDIA, NotTaken, check_size, clean_name, renewed, sniff
from tests.news import sent_files

SIDES = st.integers(1, 30_000)
PERCENT = st.integers(0, 100)


@given(SIDES)
@example(480)
@example(481)
@example(1600)
def test_no_file_is_wider_than_its_picture(width: int) -> None:
    found = widths_of(width)
    assert list(found) == sorted(set(found))
    assert found[-1] == min(width, WIDTHS[-1])
    assert all(wide / narrow > 1.1 for narrow, wide in pairwise(found))


@given(SIDES, SIDES, PERCENT, PERCENT, st.sampled_from(CROPS))
def test_a_crop_lies_inside_keeps_its_focal_point_and_is_as_large_as_can_be(
    width: int, height: int, x: int, y: int, crop: Crop
) -> None:
    left, top, right, bottom = crop_box(width, height, crop, (x, y))
    assert -1e-6 <= left < right <= width + 1e-6
    assert -1e-6 <= top < bottom <= height + 1e-6
    assert left - 1e-6 <= width * x / 100 <= right + 1e-6
    assert top - 1e-6 <= height * y / 100 <= bottom + 1e-6
    assert (right - left) / (bottom - top) == pytest.approx(crop.across / crop.down)
    assert right - left == pytest.approx(width) or bottom - top == pytest.approx(height)


@given(SIDES, SIDES, PERCENT, PERCENT)
def test_files_have_names_of_their_own_and_sizes_that_exist(width: int, height: int, x: int, y: int) -> None:
    made = list(renditions(width, height, (x, y)))
    assert len({each.name for each in made}) == len(made)
    assert all(1 <= each.width <= width and each.height >= 1 for each in made)
    whole = [each for each in made if each.shape == "whole"]
    assert {each.ext for each in whole} == {"avif", "jpg"}


def test_an_address_changes_with_what_it_shows_and_with_nothing_else() -> None:
    one, other = "a" * 64, "b" * 64
    assert stamp(one, "whole", (50, 50)) == stamp(one, "whole", (10, 90))
    assert stamp(one, "wide", (50, 50)) != stamp(one, "wide", (10, 90))
    assert stamp(one, "whole", (50, 50)) != stamp(other, "whole", (50, 50))
    assert name_of({"shape": "sound", "width": 0, "ext": "mp3"}) == "sound.mp3"


@pytest.mark.parametrize(
    ("head", "kind", "ext"),
    [
        (sent_files.picture("JPEG"), "image", "jpg"),
        (sent_files.picture("PNG"), "image", "png"),
        (sent_files.picture("WEBP"), "image", "webp"),
        (sent_files.picture("AVIF"), "image", "avif"),
        (sent_files.picture("GIF"), "image", "gif"),
        (sent_files.mp3(), "audio", "mp3"),
        (b"ID3\x04\0\0\0\0\0\0", "audio", "mp3"),
        (sent_files.m4a(), "audio", "m4a"),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, kind: str, ext: str) -> None:
    found = sniff(head[:512])
    assert (found.kind, found.ext) == (kind, ext)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a web page"),
        (b"  \n<html>", "a web page"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">', "SVG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"%PDF-1.7", "PDF"),
        (b"MZ\x90\0", "no picture and no recording"),
        (b"\xff\xfe<\0h\0t\0m\0l\0", "no picture and no recording"),
        (b"RIFF\0\0\0\0WAVEfmt ", "no picture and no recording"),
    ],
)
def test_what_is_not_taken_says_what_it_is_and_what_would_be(head: bytes, said: str) -> None:
    with pytest.raises(NotTaken, match=said) as caught:
        sniff(head)
    assert "JPEG" in str(caught.value)
    assert "MP3" in str(caught.value)


@given(st.binary(max_size=512))
def test_any_bytes_are_something_or_are_refused_in_words(head: bytes) -> None:
    with suppress(NotTaken):
        assert sniff(head).kind in MediaKind


def test_a_size_is_bounded_by_kind() -> None:
    check_size(MediaKind.IMAGE, LARGEST[MediaKind.IMAGE])
    with pytest.raises(NotTaken, match="picture has 26 MB; at most 25 MB"):
        check_size(MediaKind.IMAGE, 26_000_000)
    with pytest.raises(NotTaken, match="recording has 300 MB"):
        check_size(MediaKind.AUDIO, 300_000_000)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\me\\IMG 1.JPG", "IMG 1.JPG"),
        ("a\x00b\u202egnp.jpg", "abgnp.jpg"),
        ("", "unnamed"),
        ("/", "unnamed"),
        ("x" * 10_000 + ".jpeg", "x" * 194 + "….jpeg"),
    ],
)
def test_names_are_cleaned(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_can_be_kept(sent: str) -> None:
    kept = clean_name(sent)
    assert 0 < len(kept) <= LONGEST_NAME
    assert kept.isprintable() or "\u00a0" in kept or kept == kept.strip()
    assert clean_name(kept) == kept


def test_states_begin_and_never_end() -> None:
    assert MEDIA.start == "received"
    assert MEDIA.final == ()


def test_pieces_of_a_story_are_renewed_wherever_they_stand() -> None:
    old = {"type": "image", "url": "/media/x/1/800.jpg"}
    other = {"type": "image", "url": "/media/xy/1/800.jpg"}
    blocks = [{"type": "text", "html": "/media/x/"}, old, {"type": "gallery", "images": [other, old]}]
    new = renewed(blocks, "/media/x/", lambda piece: {**piece, "url": "new"})
    assert new == [blocks[0], {**old, "url": "new"}, {"type": "gallery", "images": [other, {**old, "url": "new"}]}]
    assert renewed(None, "/media/x/", lambda piece: piece) is None
