"""The story page: its speed beside a bare Flask route with the same bytes, its SQL, its weight."""

from __future__ import annotations

import gzip
import html
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response
from werkzeug.test import create_environ

from bench.house import House, house
from bench.registry import Result, measure
from bench.rounds import compare, cost
from station.core.db import db
from station.web.assets import FOLDER

LEAST_RATIO, MOST_BYTES = 0.5, 60 * 1024
FACE = re.compile(r'url\("\.\./(fonts/[^"]+)"\)(?:[^}]*?unicode-range: ([^;]+);)?')
RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?")
STYLESHEET = re.compile(rb'<link rel="stylesheet" href="/assets/[0-9a-f]+/([^"]+)"')


@measure("story")
def story() -> list[Result]:
    """All numbers of the warm story page."""
    with house() as measured:
        body = _get(measured.app, measured.story)()
        return [*_speed(measured, body), _queries(measured), _weight(body)]


def bare(path: str, body: bytes) -> Flask:
    """The baseline: a Flask application with one route and nothing else, answering the same bytes."""
    app = Flask("bare", static_folder=None)

    @app.get(path)
    def page() -> Response:
        return Response(body, mimetype="text/html")

    return app


def _get(app: Flask, path: str, **headers: str) -> Callable[[], bytes]:
    """A call of the application as an application server makes it, without a network."""
    template = create_environ(path, headers=headers)

    def call() -> bytes:
        said: list[str] = []
        answered: list[bytes] = []

        def start(status: str, _headers: Any, _error: Any = None) -> Callable[[bytes], object]:
            said.append(status)
            return answered.append

        answer: Iterable[bytes] = app.wsgi_app(dict(template), start)
        body = b"".join(answer)
        close = getattr(answer, "close", None)
        if close:
            close()
        assert said[0][:3] in ("200", "304"), said
        return body

    return call


def _speed(measured: House, body: bytes) -> list[Result]:
    path = f"/{'x'.join(measured.story.split('/')[1:])}"
    etag = measured.app.test_client().get(measured.story).headers["ETag"]
    calls = [
        _get(measured.app, measured.story),
        _get(bare(path, body), path),
        _get(measured.app, measured.story, **{"If-None-Match": etag}),
    ]
    ours, base, known = compare(calls)
    page, plain, unchanged = cost(ours), cost(base), cost(known)
    ratios = cost([b / a for a, b in zip(ours, base, strict=True)])
    return [
        Result(
            "warm story page, CPU",
            round(page.micros, 1),
            "us",
            round(plain.micros, 1),
            round(ratios.micros, 2),
            f"{ratios.low:.2f} to {ratios.high:.2f}",
            f"ratio >= {LEAST_RATIO}",
            ratios.micros >= LEAST_RATIO,
        ),
        Result(
            "warm story page, unchanged (304), CPU",
            round(unchanged.micros, 1),
            "us",
            round(plain.micros, 1),
            round(plain.micros / unchanged.micros, 2),
            f"{unchanged.low:.0f} to {unchanged.high:.0f} us",
        ),
    ]


def _queries(measured: House) -> Result:
    asked: list[str] = []
    reader = threading.get_ident()  # the bulletin's own thread looks for news twice a second

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.get_ident() == reader:
            asked.append(statement)

    with measured.app.app_context():
        engine = db.engine
    call = _get(measured.app, measured.story)
    call()
    sa.event.listen(engine, "before_cursor_execute", count)
    for _ in range(100):
        call()
    sa.event.remove(engine, "before_cursor_execute", count)
    return Result("warm story page, SQL statements", len(asked) / 100, "a page", bar="0", met=not asked)


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
