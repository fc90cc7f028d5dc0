"""Filling in a form of the desk as a browser does: look at the page, then send it with its token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def token_of(browser: FlaskClient, page: str) -> str:
    """The form token of a page."""
    found = _TOKEN.search(browser.get(page).get_data(as_text=True))
    assert found, f"{page} has no form token"
    return found[1]


def send(browser: FlaskClient, page: str, data: Mapping[str, Any] | None = None, to: str = "") -> Any:
    """Open `page`, fill in `data` and send it there, or `to` another address of the same page."""
    return browser.post(to or page, data={"csrf_token": token_of(browser, page), **(data or {})})
