"""What no honest browser sends is refused at the door, with a 400, before any view or database sees it."""

from __future__ import annotations

from flask import Flask, abort, request


def install(app: Flask) -> None:
    """Refuse NUL characters in addresses, queries and forms: PostgreSQL cannot store them."""

    @app.before_request
    def refuse() -> None:
        if b"%00" in request.query_string or "\x00" in request.path:
            abort(400)
        form = request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data")
        if form and any("\x00" in value for values in request.form.listvalues() for value in values):
            abort(400)
