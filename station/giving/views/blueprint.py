"""The blueprint of the public pages, and what all of them say about themselves."""

from __future__ import annotations

from flask import Blueprint, Response

from station.accounts.guards import public

views = Blueprint("giving", __name__)
public(views, "anyone may give, and a donor has no account; a thank-you page's address carries 74 random bits")
views.csrf_exempt_because = (  # type: ignore[attr-defined]  # read by web.app
    "no cookie speaks for a donor here; a signed attempt token and the sender's own site are checked instead"
)


def private(response: Response) -> None:
    """Nobody's cache keeps this answer for somebody else, and no search engine lists it."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"  # its address is the key to it
