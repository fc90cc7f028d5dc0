"""Warm pages are answered before Flask: no routing, no hooks, no view. That is most of what a warm page would cost.

Flask sees each address first, after every change of anything, with every query and every method but GET; it decides
what is let in and what an address means (docs/news/speed.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from station.news import pages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def install(app: Flask) -> None:
    """Stand before the application. What is said about every answer (headers, request id) goes around this."""
    app.wsgi_app = _Front(app)  # type: ignore[method-assign]  # Flask's own way to wrap it


class _Front:
    def __init__(self, app: Flask) -> None:
        self._app, self._inner = app, app.wsgi_app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET" and not environ.get("QUERY_STRING") and not environ.get("SCRIPT_NAME"):
            asked = pages.asked_before(environ)
            if asked is not None:
                with self._app.app_context():
                    answer = pages.again(asked, environ)
                if answer is not None:
                    return answer(environ, start_response)
        return self._inner(environ, start_response)
