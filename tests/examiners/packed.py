"""Station as readers meet it in production: text comes gzipped, which is nginx's work there (deploy/nginx.conf)."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from typing import Any

from wsgi import app as station

PACKED = ("text/", "application/javascript", "application/json", "application/rss+xml", "image/svg+xml")


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application that gunicorn serves for Lighthouse."""
    said: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], None]:
        said[:] = [status, headers, error]
        return lambda _more: None

    answer = station(environ, start)
    body = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    status, headers, error = said
    kind = dict(headers).get("Content-Type", "")
    if body and kind.startswith(PACKED) and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body = gzip.compress(body, 6)
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        headers = [*kept, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        headers.append(("Content-Length", str(len(body))))
    start_response(status, headers, error)
    return [body]
