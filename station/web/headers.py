"""Security headers of every answer (OWASP ASVS 5.0 V3). A view widens the policy for itself: `core.csp`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from itertools import count
from typing import TYPE_CHECKING, Any

from flask import Flask

from station.core import csp
from station.core.actor import request_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), usb=()",
}


def install(app: Flask) -> None:
    """Name every request and set these headers on every answer.

    It is done around Flask on plain lists, not in its hooks: there it cost a quarter of a warm story page.
    """
    settings = app.config["STATION"]
    headers = {**FIXED, csp.HEADER: csp.policy()}
    if settings.base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    app.wsgi_app = _Edge(app.wsgi_app, headers)  # type: ignore[method-assign]  # Flask's own way to wrap it


class _Edge:
    """Gives each request an id that its events, jobs, log lines and error page share, and each answer its headers."""

    def __init__(self, inner: WSGIApplication, headers: dict[str, str]) -> None:
        self._inner = inner
        self._run, self._count = secrets.token_hex(4), count(1)
        self._pairs = tuple((name.lower(), (name, value)) for name, value in headers.items())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = f"{self._run}-{os.getpid():x}-{next(self._count):x}"
        request_id.set(name)
        desk = environ.get("PATH_INFO", "").startswith("/desk")

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            said = {header.lower() for header, _ in headers}
            headers += [pair for lower, pair in self._pairs if lower not in said]
            headers.append(("X-Request-Id", name))
            if desk and "cache-control" not in said:
                headers.append(("Cache-Control", "no-store"))
            return start_response(status, headers, *error)

        return self._inner(environ, start)
