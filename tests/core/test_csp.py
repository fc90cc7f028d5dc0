"""The policy of a page, and what a view may add to it."""

from __future__ import annotations

import pytest
from flask import Flask, Response

from station.core import csp


def directives(response: Response) -> dict[str, str]:
    return dict(each.strip().partition(" ")[::2] for each in response.headers[csp.HEADER].split(";"))


def test_a_view_adds_sources_to_its_own_answer_only(app: Flask) -> None:
    response = Response()
    csp.widen(response, csp.OWN_SCRIPTS)
    csp.widen(response, {"script-src": ("https://js.stripe.com", "'self'"), "frame-src": ["https://js.stripe.com"]})
    said = directives(response)
    assert said["script-src"] == "'self' https://js.stripe.com"
    assert said["connect-src"] == "'self'"
    assert said["frame-src"] == "https://js.stripe.com"
    assert said["default-src"] == "'none'"
    assert "script-src" not in csp.policy()


def test_none_ends_where_a_source_begins(app: Flask) -> None:
    response = Response()
    csp.widen(response, {"frame-ancestors": ("'self'",)})
    assert directives(response)["frame-ancestors"] == "'self'"
    assert directives(response)["base-uri"] == "'none'"


@pytest.mark.parametrize(
    "source", ["'unsafe-inline'", "'unsafe-eval'", "'self'; script-src *", "https://a b", "ünsafe"]
)
def test_what_would_weaken_or_break_the_policy_is_refused(app: Flask, source: str) -> None:
    with pytest.raises(ValueError, match="may not stand in"):
        csp.widen(Response(), {"script-src": (source,)})
