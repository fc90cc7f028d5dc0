"""Pictures and recordings of our own, as readers' browsers fetch them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, send_file

from station.accounts.guards import public
from station.news.media import shelf
from station.news.policies.media import TYPES

files = Blueprint("media", __name__)
public(files, "pictures and recordings of pages that anybody may read")


@files.get("/media/<media_id>/<media_stamp>/<media_file>")
def file(media_id: str, media_stamp: str, media_file: str) -> Response:
    """A file that was made of a picture, or a recording, in whole or in part. Its address changes when it does."""
    path = shelf.public_file(media_id, media_stamp, media_file) or abort(404)
    kind = TYPES[media_file.rpartition(".")[2]]
    response = send_file(path, mimetype=kind, etag=f"{media_stamp}-{media_file}", conditional=True)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cross-Origin-Resource-Policy"] = (
        "cross-origin"  # feeds are read, and podcasts played, elsewhere
    )
    return response
