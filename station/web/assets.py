"""Static files under addresses that hold their content's hash, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from flask import Blueprint, Response, abort, request, send_from_directory

from config import ROOT
from station.accounts.guards import public

FOLDER = ROOT / "station" / "static"
REMARKS = re.compile(r"/\*.*?\*/\s*", re.DOTALL)

assets = Blueprint("assets", __name__)
public(assets, "static files are for everyone")


@cache
def _names() -> frozenset[str]:
    """The files there are, each by its one name: "css/./x.css" would be hashed and kept as another."""
    return frozenset(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())


@cache
def digest(name: str) -> str:
    """The first letters of a file's hash."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


@cache
def sheet(name: str) -> str:
    """A style sheet as it is sent: without its remarks, a tenth of what readers would wait for."""
    return REMARKS.sub("", (FOLDER / name).read_text(encoding="utf-8"))


def asset(name: str) -> str:
    """The address of a static file. Raises FileNotFoundError for one that is not there."""
    return f"/assets/{digest(name)}/{name}"


@assets.get("/assets/<stamp>/<path:name>")
def file(stamp: str, name: str) -> Response:
    """A static file. An outdated stamp still answers, but is not kept.

    A stylesheet names its fonts relatively, so that they come under its own stamp; a font's file never changes.
    """
    if name not in _names():
        abort(404)
    response = _sent(name)
    fresh = stamp == digest(name) or name.startswith("fonts/")
    if name.endswith(".png"):  # the pictures of podcasts: shown on pages of others
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
    return response


def _sent(name: str) -> Response:
    if not name.endswith(".css"):
        return send_from_directory(FOLDER, name)
    response = Response(sheet(name), mimetype="text/css")
    response.add_etag()
    response.make_conditional(request, accept_ranges=True, complete_length=len(response.data))
    return response


@assets.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it unasked."""
    return send_from_directory(FOLDER, "img/favicon.svg", max_age=86400)
