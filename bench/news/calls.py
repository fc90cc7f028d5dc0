"""Pages called as an application server calls them, and beside each the bare Flask route that it is compared with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response
from werkzeug.test import create_environ

from bench.registry import Result
from bench.rounds import cost
from station.core.db import db

Call = Callable[[], bytes]
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def get(app: Wsgi, path: str, **headers: str) -> Call:
    """A call of a WSGI application without a network. It returns the body; anything but 200 and 304 is an error."""
    template = create_environ(path, headers=headers)

    def call() -> bytes:
        said: list[str] = []

        def start(status: str, _headers: Any, _error: Any = None) -> Callable[[bytes], object]:
            said.append(status)
            return lambda _more: None

        answer = app(dict(template), start)
        body = b"".join(answer)
        close = getattr(answer, "close", None)
        if close:
            close()
        assert said[0][:3] in ("200", "304"), said
        return body

    return call


def bare(body: bytes, mimetype: str = "text/html") -> Call:
    """The baseline: a Flask application with one route and nothing else, answering these bytes."""
    app = Flask("bare", static_folder=None)

    @app.get("/a-page")
    def page() -> Response:
        return Response(body, mimetype=mimetype)

    return get(app.wsgi_app, "/a-page")


def beside(name: str, ours: Sequence[float], base: Sequence[float], least: float | None = None) -> Result:
    """CPU microseconds of a page and of its bare route, in interleaved rounds, and the ratio of each round."""
    page, plain = cost(ours), cost(base)
    ratio = cost([b / a for a, b in zip(ours, base, strict=True)])
    return Result(
        f"{name}, CPU",
        round(page.micros, 1),
        "us",
        round(plain.micros, 1),
        round(ratio.micros, 2),
        f"{ratio.low:.2f} to {ratio.high:.2f}",
        f"ratio >= {least}" if least else "",
        ratio.micros >= least if least else None,
    )


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What this thread says to the database. (The bulletin's own thread looks for news twice a second.)"""
    asked: list[str] = []
    reader = threading.get_ident()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.get_ident() == reader:
            asked.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
