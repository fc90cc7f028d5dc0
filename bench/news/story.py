"""The story page: its speed beside a bare Flask route with the same bytes, its SQL, its weight."""

from __future__ import annotations

import gzip
import html
import re

from bench.house import House, add_credit, house
from bench.news.calls import bare, beside, get, statements
from bench.registry import Result, measure
from bench.rounds import compare
from station.web.assets import FOLDER

LEAST_RATIO, MOST_BYTES = 0.6, 60 * 1024
TURNS = 3  # flights that share the slot
FACE = re.compile(r'url\("\.\./(fonts/[^"]+)"\)(?:[^}]*?unicode-range: ([^;]+);)?')
RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?")
STYLESHEET = re.compile(rb'<link rel="stylesheet" href="/assets/[0-9a-f]+/([^"]+)"')


@measure("story")
def story() -> list[Result]:
    """All numbers of the warm story page."""
    with house() as measured:
        body = get(measured.app.wsgi_app, measured.story)()
        results = [*_speed(measured), _queries(measured), _weight(body)]
        for number in range(1, TURNS):
            add_credit(measured, number)
        return [*results, *_in_turn(measured)]


def _speed(measured: House) -> list[Result]:
    app, etag = measured.app.wsgi_app, measured.app.test_client().get(measured.story).headers["ETag"]
    sold, unsold = get(app, measured.story), get(app, measured.unsold)
    known = get(app, measured.story, **{"If-None-Match": etag})
    assert b"Support comes from" in sold()
    assert b"Support comes from" not in unsold()
    took = compare([sold, bare(sold()), unsold, bare(unsold()), known, bare(b"")])
    return [
        beside("warm story, slot sold", took[0], took[1], LEAST_RATIO),
        beside("warm story, slot unsold", took[2], took[3], LEAST_RATIO),
        beside("warm story, unchanged (304)", took[4], took[5]),
    ]


def _in_turn(measured: House) -> list[Result]:
    call = get(measured.app.wsgi_app, measured.story)
    assert len({call() for _ in range(TURNS)}) == TURNS
    ours, base = compare([call, bare(call())])
    return [beside(f"warm story, {TURNS} flights in turn", ours, base, LEAST_RATIO)]


def _queries(measured: House) -> Result:
    call = get(measured.app.wsgi_app, measured.story)
    call()
    with statements(measured.app) as asked:
        for _ in range(100):
            call()
    return Result("warm story, SQL statements", len(asked) / 100, "a page", bar="0", met=not asked)


def _fonts(sheet: str, letters: set[int]) -> list[str]:
    """The fonts of a style sheet that a browser fetches for these letters: no range, or one of them in it."""
    return [
        name
        for name, ranges in FACE.findall(sheet)
        if not ranges
        or any(letters & {*range(int(low, 16), int(high or low, 16) + 1)} for low, high in RANGE.findall(ranges))
    ]


def _weight(body: bytes) -> Result:
    """What a browser loads for a story, photo aside: page and styles (gzip, level 6), fonts (packed already)."""
    sheets = [(FOLDER / name.decode()).read_bytes() for name in STYLESHEET.findall(body)]
    letters = set(map(ord, html.unescape(body.decode())))
    fonts = {name for sheet in sheets for name in _fonts(sheet.decode(), letters)}
    total = sum(len(gzip.compress(each, 6)) for each in (body, *sheets))
    total += sum((FOLDER / name).stat().st_size for name in fonts)
    return Result(
        "story page without its photo",
        round(total / 1024, 1),
        "KB",
        MOST_BYTES / 1024,
        round(total / MOST_BYTES, 2),
        f"{len(sheets)} styles, {len(fonts)} fonts",
        f"<= {MOST_BYTES // 1024} KB",
        total <= MOST_BYTES,
    )
