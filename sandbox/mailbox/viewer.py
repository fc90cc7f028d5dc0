"""The web side: messages newest first, each with its text and its HTML as a mail program would show it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, Response, abort, render_template

from sandbox.mailbox.store import Store, Stored

PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
# a message is somebody's HTML: no script, no request to anywhere, an origin of its own
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"


def make_viewer(store: Store) -> Flask:
    """The viewer's application. Reads the folder at each request; changes nothing."""
    app = Flask(__name__)
    app.jinja_env.filters["kept_at"] = _kept_at

    @app.get("/")
    def inbox() -> str:
        return render_template("inbox.html", messages=store.newest())

    @app.get("/message/<name>")
    def message(name: str) -> str:
        return render_template("message.html", stored=_found(store, name))

    @app.get("/message/<name>/html")
    def html(name: str) -> Response:
        return Response(_found(store, name).html, headers={"Content-Security-Policy": MAIL_POLICY})

    @app.get("/message/<name>/source")
    def source(name: str) -> Response:
        _found(store, name)
        return Response((store.folder / name).read_bytes(), mimetype="text/plain")

    @app.after_request
    def close_the_page(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app


def _found(store: Store, name: str) -> Stored:
    return store.read(name) or abort(404)


def _kept_at(name: str) -> str:
    """The time in a message's file name."""
    return datetime.fromtimestamp(int(name[:13]) / 1000, UTC).strftime("%b %-d, %Y, %H:%M:%S UTC")
