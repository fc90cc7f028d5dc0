"""Draws the pictures of podcasts from the house's own colours and faces: one for each brand, one for each show of the
demonstration. Square, 1400 pixels, PNG without transparency, as podcast directories want them.

    PYTHONPATH=. .venv/bin/python tools/podcast_art.py

Needs Chromium, as the journeys do. The files are committed; run it when a colour, a face or a show has changed.
"""

from __future__ import annotations

import html
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from config import ROOT
from station.demo.airtime import PROGRAMS
from station.news.policies import slugify
from station.news.policies.podcasts import BRANDS, artwork_of

STATIC = ROOT / "station" / "static"
SIDE = 1400
NEEDLES = {"news": (88.9 - 87) / 22, "classical": (89.7 - 87) / 22}  # where 88.9 and 89.7 stand on the dial
CROWD = 24  # letters of a name from which on it is set smaller

PAGE = """<!doctype html><html lang="en" data-brand="{brand}"><head><meta charset="utf-8"><title>Art</title>
<link rel="stylesheet" href="static/css/tokens.css"><style>
@font-face {{ font-family: "Source Serif 4"; font-weight: 200 900;
  src: url("static/fonts/source-serif-4-5.3.1.woff2"); }}
html, body {{ margin: 0; }}
body {{ position: relative; inline-size: {side}px; block-size: {side}px; overflow: hidden; background: var(--bar); }}
svg {{ position: absolute; inset: 0; }}
p {{ position: absolute; inset: 120px 120px auto; margin: 0; color: var(--bar-ink);
  font: 600 {size}px/1.02 var(--serif); letter-spacing: -0.02em; text-wrap: balance; }}
</style></head><body>{drawing}{name}</body></html>"""


def drawing(turn: int, needle: float, bare: bool) -> str:
    """The dial along the foot, its needle, and waves that go out from it; `turn` makes each show's its own."""
    foot, at = SIDE - 170, 120 + needle * (SIDE - 240)
    middle = SIDE / 2 if bare else SIDE * 0.72
    waves = "".join(
        f'<circle cx="{at}" cy="{foot}" r="{180 + (110 + turn * 9) * n}" fill="none" stroke="var(--bar-ink2)" '
        f'stroke-width="{max(3, 26 - n * (2 + turn % 3))}" opacity="{0.62 - n * 0.05:.2f}"/>'
        for n in range(9 if bare else 5)
    )
    ticks = "".join(
        f'<path d="M{120 + n * 29} {foot}v{-70 if n % 5 == 0 else -36}" stroke="var(--bar-ink2)" stroke-width="6"/>'
        for n in range(41)
    )
    return (
        f'<svg viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}">{waves}{ticks}'
        f'<path d="M{at} {foot + 60}V{middle}" stroke="var(--needle)" stroke-width="18" stroke-linecap="round"/>'
        "</svg>"
    )


def draw(page: Page, folder: Path, brand: str, name: str, turn: int, to: Path) -> None:
    size = 210 if len(name) < 12 else 180 if len(name) < CROWD else 140
    said = f"<p>{html.escape(name)}</p>" if name else ""
    art = drawing(turn, NEEDLES[brand], not name)
    (folder / "art.html").write_text(PAGE.format(brand=brand, side=SIDE, size=size, drawing=art, name=said))
    page.goto((folder / "art.html").as_uri())
    page.evaluate("document.fonts.ready")
    page.screenshot(path=to, type="png")
    print(f"{to.relative_to(ROOT)}: {to.stat().st_size:,} bytes")


def main() -> None:
    with TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        shutil.copytree(STATIC, folder / "static")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome")
        )
        page = browser.new_page(viewport={"width": SIDE, "height": SIDE}, color_scheme="light")
        for brand in BRANDS:
            draw(page, folder, brand, "", 3, STATIC / artwork_of(brand))
            shows = [name for name, *_rest, podcast in PROGRAMS[brand] if podcast]
            for turn, name in enumerate(shows):
                draw(page, folder, brand, name, turn, STATIC / f"img/demo/podcast-{slugify(name)}.png")
        browser.close()


if __name__ == "__main__":
    main()
