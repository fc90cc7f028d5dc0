"""Filling in a form of the desk as a browser does: look at the page, then send it with its token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_SEEN = re.compile(r'name="seen"[^>]*value="([0-9a-f]{32})"')  # policies.seen.mark()


def token_of(browser: FlaskClient, page: str) -> str:
    """The form token of a page."""
    return _token(browser.get(page).get_data(as_text=True), page)


def seen_on(browser: FlaskClient, page: str) -> str:
    """The mark of the row that a page shows, which its form carries; empty where there is none."""
    found = _SEEN.search(browser.get(page).get_data(as_text=True))
    return found[1] if found else ""


def send(browser: FlaskClient, page: str, data: Mapping[str, Any] | None = None, to: str = "") -> Any:
    """Open `page`, fill in `data` and send it there, or `to` another address of the same page."""
    shown = browser.get(page).get_data(as_text=True)
    seen = _SEEN.search(shown)
    carried = {"csrf_token": _token(shown, page), **({"seen": seen[1]} if seen else {})}
    return browser.post(to or page, data={**carried, **(data or {})})


def _token(shown: str, page: str) -> str:
    found = _TOKEN.search(shown)
    assert found, f"{page} has no form token"
    return found[1]
