"""Make the typefaces of PDFs from those of the pages.

    python tools/paper_fonts.py

Typst reads TrueType, not woff2, and embeds what a document prints. So every face of station/static/fonts is cut from
its variable files at the weights that paper uses, the further letters (Dvořák, Łódź, Đặng) are put into the same
file, and the result is written to station/receipts/pdf/fonts with the licence beside it. Run it after
tools/subset_fonts.py has written new files.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
SOURCE, TARGET = ROOT / "station/static/fonts", ROOT / "station/receipts/pdf/fonts"
FACES = {"source-serif-4": {"Regular": 400, "SemiBold": 600}, "public-sans": {"Regular": 400, "Bold": 700}}


def cut(source: Path, weight: int, target: Path) -> Path:
    """One weight of a variable woff2 file, as TrueType."""
    font = instancer.instantiateVariableFont(TTFont(source), {"wght": weight})
    font.flavor = None
    for table in ("GDEF", "STAT", "HVAR", "avar", "MVAR", "DSIG"):
        if table in font:
            del font[table]
    font.save(target)
    return target


def named(font: TTFont, family: str, style: str, weight: int, made: int) -> TTFont:
    """The font under the family's own name, by which a template asks for it. `made`: its date."""
    names, own, whole = font["name"], weight in (400, 700), f"{family} {style}"
    names.names = [n for n in names.names if n.nameID in (0, 5, 13, 14)]
    said = {1: family if own else whole, 2: style if own else "Regular", 4: whole, 16: family, 17: style}
    for identity, words in {**said, 6: whole.replace(" ", "").replace(style, f"-{style}")}.items():
        names.setName(words, identity, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if weight >= 700 else 0x40
    font["head"].macStyle = 1 if weight >= 700 else 0
    font["head"].created = font["head"].modified = made
    font.recalcTimestamp = False
    return font


def main() -> None:
    """Write every face of paper."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for family, weights in FACES.items():
        files = sorted(SOURCE.glob(f"{family}-*.woff2"), key=lambda p: ("-ext" in p.name, p.name))
        title = " ".join(word.capitalize() for word in family.split("-"))
        for style, weight in weights.items():
            with tempfile.TemporaryDirectory() as folder:
                parts = [str(cut(file, weight, Path(folder, f"{n}.ttf"))) for n, file in enumerate(files)]
                made = TTFont(files[0])["head"].created
                font = named(Merger().merge(parts), title, style, weight, made)
            target = TARGET / f"{family}-{style.lower()}.ttf"
            font.save(target)
            print(f"{target.name}: {target.stat().st_size / 1000:.1f} kB, {len(font.getBestCmap())} characters")
        shutil.copy(SOURCE / f"{family}-OFL.txt", TARGET)


if __name__ == "__main__":
    main()
