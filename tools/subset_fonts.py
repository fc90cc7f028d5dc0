"""Cut the two house typefaces down to what Station's pages print.

    npm pack @fontsource-variable/source-serif-4 @fontsource-variable/public-sans
    python tools/subset_fonts.py PACKAGES station/static/fonts

PACKAGES is the folder that holds `source-serif-4/` and `public-sans/` unpacked. The script keeps the letters
and typographic marks of English, Spanish and the names in the news, limits the weight axis to 400-700,
writes woff2 files named after the package's version, copies the licences, and prints the `@font-face` numbers that
make the fallback faces take the same room (so text does not move when the web font arrives).

Names like Dvořák, Łódź and Đặng need letters that most pages lack. Those go to further files, and the script prints
the `unicode-range` of every file: the ranges do not overlap, so a browser fetches a file only for a letter in it.
"""

from __future__ import annotations

import argparse
import json
import shutil
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FAMILIES = {"source-serif-4": ["kern", "liga", "lnum", "tnum"], "public-sans": ["kern", "tnum", "ss01"]}
MARKS = "–—‘’“”…•€™−′″→↑↓\u2009\u202f\u2011\u00a0¡¿§©«®°±·»¼½¾×"
# Letters of English and Spanish, and of the names in the news; each costs a reader about 60 bytes a face.
LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÍÎÑÓÔÕÖØÚÜàáâãäåæçèéêëìíîïñòóôõöøùúûüßŒœ"
TEXT = {*range(0x20, 0x7F), *map(ord, MARKS), *map(ord, LETTERS)}
# The further files: their name, the package's file they are cut from, their letters.
WESTERN = {*range(0xA1, 0x100), *map(ord, "ıʻʼ")} - TEXT - {0xAD}  # the soft hyphen has no shape
EASTERN = {*range(0x100, 0x180), *map(ord, "ƏəǦǧȘșȚțẀẁẂẃẄẅẞ")} - TEXT - WESTERN
EXTENSIONS = {
    "ext": ("latin-ext", EASTERN),
    "ext-west": ("latin", WESTERN),
    "ext-viet": ("vietnamese", {*range(0x1EA0, 0x1EFA), *map(ord, "ƠơƯư₫")} - EASTERN),
}
MUST_HOLD = "áéíóúüñ¿¡“”‘’—–…€©\u00a0ČčĐđĞğıŁłŐőŘřŠšŻżȘșȚțÝýÐðÞþẠạẶặƠơƯư"
WEIGHTS = (400, 700)

# Average advance in 1/1000 em of the faces readers already have, weighted by ENGLISH below.
ENGLISH = (
    "the president of the county commission said on tuesday that the water agreement, signed in march, "
    "would reach about 40,000 homes across the valley before summer. she thanked members of the station."
)
FALLBACKS = {
    "source-serif-4": ["Georgia", "Times New Roman", "DejaVu Serif"],
    "public-sans": ["Arial", "DejaVu Sans"],
}
FALLBACK_ADVANCE = {
    "Georgia": 463.6,
    "Times New Roman": 411.1,
    "DejaVu Serif": 528.0,
    "Arial": 459.0,
    "DejaVu Sans": 525.9,
}


def subset(source: Path, target: Path, features: list[str], letters: set[int]) -> TTFont:
    """Write the small font to `target` and return it."""
    font = TTFont(source)
    options = Options(flavor="woff2", layout_features=[*features, "ccmp", "locl", "mark"], hinting=False)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    cutter = Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    whole = BytesIO()
    font.flavor = None
    font.save(whole)
    font = instancer.instantiateVariableFont(TTFont(whole), {"wght": WEIGHTS})
    lost = [mark for mark in MUST_HOLD if ord(mark) in letters and ord(mark) not in font.getBestCmap()]
    if lost:
        raise SystemExit(f"{source.name}: the subset has lost {lost}")
    font.flavor = "woff2"
    font.save(target)
    return font


def unicode_range(own: set[int], others: set[int]) -> str:
    """The characters of one file in CSS. The base file, always fetched, also claims what no file holds in between."""
    runs: list[list[int]] = []
    for letter in sorted(own):
        if runs and not others & set(range(runs[-1][1] + 1, letter)):
            runs[-1][1] = letter
        else:
            runs.append([letter, letter])
    return ", ".join(f"U+{low:X}" if low == high else f"U+{low:X}-{high:X}" for low, high in runs)


def advance(font: TTFont) -> float:
    """Average width of English text at the default weight, in 1/1000 em."""
    cmap, widths = font.getBestCmap(), font["hmtx"]
    total = sum(widths[cmap[ord(letter)]][0] for letter in ENGLISH)
    return float(1000 * total / len(ENGLISH) / font["head"].unitsPerEm)


def fallback_face(font: TTFont, local: str) -> str:
    """The descriptors of a metric-matched fallback."""
    adjust = advance(font) / FALLBACK_ADVANCE[local]
    em = font["head"].unitsPerEm * adjust
    up, down, gap = (font["hhea"].ascent / em, -font["hhea"].descent / em, font["hhea"].lineGap / em)
    return (
        f"{local}: size-adjust: {adjust:.2%}; ascent-override: {up:.2%}; "
        f"descent-override: {down:.2%}; line-gap-override: {gap:.2%};"
    )


def extend(package: Path, folder: Path, family: str, version: str) -> None:
    """Write the further files of a family and print the range of each, and of the base file beside them."""
    rare: set[int] = set()
    for name, (part, letters) in EXTENSIONS.items():
        target = folder / f"{family}-{name}-{version}.woff2"
        source = package / "files" / f"{family}-{part}-wght-normal.woff2"
        held = set(subset(source, target, ["kern"], letters).getBestCmap())
        rare |= held
        print(f"{target.name}: {target.stat().st_size / 1000:.1f} kB")
        print(f"  unicode-range: {unicode_range(held, set(range(0x110000)) - held)};")
    print(f"{family}-{version}.woff2")
    print(f"  unicode-range: {unicode_range(TEXT, rare)};")


def main() -> None:
    """Subset every family of the house."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("packages", type=Path, help="folder with the unpacked font packages")
    parser.add_argument("target", type=Path, help="folder the woff2 files go to")
    given = parser.parse_args()
    given.target.mkdir(parents=True, exist_ok=True)
    for family, features in FAMILIES.items():
        package = given.packages / family
        version = json.loads((package / "package.json").read_text())["version"]
        target = given.target / f"{family}-{version}.woff2"
        font = subset(package / "files" / f"{family}-latin-wght-normal.woff2", target, features, TEXT)
        shutil.copy(package / "LICENSE", given.target / f"{family}-OFL.txt")
        print(f"{target.name}: {target.stat().st_size / 1000:.1f} kB")
        for local in FALLBACKS[family]:
            print("  " + fallback_face(font, local))
        extend(package, given.target, family, version)


if __name__ == "__main__":
    main()
