"""Error pages: what happened and what to do. They ask no database, so that they work without one."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from station.core.actor import request_id
from station.licensee.queries import NotEstablished
from station.news.pages import keeping
from station.news.pages.moved import follow, was_perhaps_kept

log = logging.getLogger(__name__)

WORDS = {
    400: ("That request could not be read", "Go back, reload the page and send it again."),
    403: ("This page is not yours to open", "Sign in with an account that has the role for it, or ask an admin."),
    404: ("There is no such page", "Check the address, or start from the front page."),
    405: ("This page does not take that kind of request", "Go back and use the page's own buttons."),
    410: ("This story is no longer here", "It was withdrawn by its publisher. The front page has today's stories."),
    413: ("That was too large to take", "Send something smaller."),
    429: ("Too many tries in a short time", "Wait a few minutes, then try again. Nothing was charged."),
    500: (
        "Something went wrong on our side",
        "We have been told. If you were giving, nothing more will be charged "
        "without a receipt in your mailbox; wait a minute and try again.",
    ),
    503: (
        "We are busy for a moment",
        "Wait a minute and send it again. Nothing was lost and nothing was charged twice.",
    ),
}


def install(app: Flask) -> None:
    """Answer every error with a page of its own."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(sa.exc.OperationalError, _database)
    app.register_error_handler(sa.exc.ProgrammingError, _database)  # PostgreSQL: a table that is not there
    app.register_error_handler(NotEstablished, _not_established)
    app.register_error_handler(Exception, _bug)


def page(status: int, title: str = "", what_next: str = "", *, shared: bool = False) -> Response:
    """The error page of a status, in words of its own where they are given; as JSON for a script that asked.

    A `shared` one replaces what caches kept of the address: it is the same for everybody, so it names no request.
    """
    known = WORDS.get(status, WORDS[400 if status < 500 else 500])
    title, message = title or known[0], what_next or known[1]
    g.no_database = True
    if request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json":
        response = make_response(jsonify(message=f"{title}. {message}", reference=request_id.get()), status)
    else:
        reference = "" if shared else request_id.get()
        text = render_template("shell/error.html", title=title, message=message, reference=reference)
        response = make_response(text, status)
    response.headers["Cache-Control"] = keeping.NO_PAGE if shared and response.mimetype == "text/html" else "no-store"
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if error.code == 404 and (elsewhere := follow()):
        return elsewhere
    response = page(error.code, shared=error.code in (404, 410) and was_perhaps_kept())
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _csrf(error: CSRFError) -> Response:
    return page(400, "This form has expired", "Go back, reload the page and send it again; nothing was changed.")


def _database(error: sa.exc.DBAPIError) -> Response:
    if isinstance(error, sa.exc.ProgrammingError) and type(error.orig).__name__ != "UndefinedTable":
        return _bug(error)
    log.error("database: %s: %s", _where(), error.orig)
    return page(503)


def _not_established(error: NotEstablished) -> Response:
    return page(503, "This station has not been set up yet", str(error))


def _bug(error: Exception) -> Response:
    log.exception("unhandled: %s", _where())
    return page(500)


def _where() -> str:
    """The rule of the address, never the address: that may hold a link's key, or a line break of somebody's own."""
    return f"{request.method} {request.url_rule or 'an unknown address'} ({request_id.get()})"
