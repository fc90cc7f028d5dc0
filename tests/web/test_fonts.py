"""The site's own fonts: names from everywhere, and each letter in one file only."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations

import pytest
from flask.testing import FlaskClient
from fontTools.ttLib import TTFont

from station.web.assets import FOLDER, digest

FACE = re.compile(
    r'@font-face \{\s*font-family: "([^"]+)";[^}]*url\("\.\./(fonts/[^"]+)"\)[^}]*unicode-range: ([^;]+);[^}]*\}'
)
FAMILIES = ("Source Serif 4", "Public Sans")
COMPOSERS = (
    "Antonín Dvořák, Leoš Janáček, Bedřich Smetana, Karol Szymanowski, Witold Lutosławski, Béla Bartók, "
    "George Enescu, Ștefan Niculescu, Constantin Silvestri ț, Jean Sibelius, Camille Saint-Saëns, "
    "Đặng Thái Sơn, Łódź, Ősz, Çelik, Vítězslav Novák, Nový, Jón Leifs, Þorkell Sigurbjörnsson, "
    "Kadıköylü Ağır İ, Hawaiʻi"
)


@cache
def faces(family: str) -> dict[str, set[int]]:
    """The files of a family, and the characters each claims."""
    sheet = (FOLDER / "css/base.css").read_text(encoding="utf-8")
    return {name: claimed(ranges) for found, name, ranges in FACE.findall(sheet) if found == family}


def claimed(ranges: str) -> set[int]:
    """The characters of a unicode-range."""
    every: set[int] = set()
    for part in ranges.split(","):
        low, _, high = part.strip().removeprefix("U+").partition("-")
        every |= {*range(int(low, 16), int(high or low, 16) + 1)}
    return every


@cache
def held(name: str) -> frozenset[int]:
    """The characters a file has."""
    with TTFont(FOLDER / name) as font:
        return frozenset(font.getBestCmap())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_letter_of_composers_names_is_in_the_file_that_claims_it(family: str) -> None:
    for letter in set(COMPOSERS):
        claims = [name for name, letters in faces(family).items() if ord(letter) in letters]
        assert len(claims) == 1, (letter, claims)
        assert ord(letter) in held(claims[0]), (letter, claims)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_ranges_of_a_family_do_not_overlap_and_leave_no_letter_of_a_file_out(family: str) -> None:
    assert len(faces(family)) == 4
    for (one, left), (other, right) in combinations(faces(family).items(), 2):
        assert not left & right, (one, other)
    for name, letters in faces(family).items():
        assert held(name) <= letters, name
        if "-ext-" in name:
            assert letters == held(name), f"{name} would be fetched for letters it does not have"


@pytest.mark.parametrize("family", FAMILIES)
def test_an_english_or_spanish_page_needs_one_file(family: str) -> None:
    ordinary = "El niño cantó “¿Qué?” — ¡Así! Über-café, 40 °C… Bartók & Saint-Saëns €5\u00a0\u202f’"
    assert len({name for name, letters in faces(family).items() if letters & set(map(ord, ordinary))}) == 1


def test_fonts_are_served_under_the_style_sheets_stamp_and_stay_small(client: FlaskClient) -> None:
    for name in (name for family in FAMILIES for name in faces(family)):
        answer = client.get(f"/assets/{digest('css/base.css')}/{name}")
        assert answer.status_code == 200
        assert answer.mimetype == "font/woff2"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "-ext-" not in name or len(answer.data) <= 25_000
