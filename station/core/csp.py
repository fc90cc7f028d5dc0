"""The content security policy: nothing but our own style, type and pictures, and what a page adds by itself.

A view that needs more says it on its own response, so that no other page gets it:

    response = make_response(render_template("accounts/sign_in.html"))
    csp.widen(response, csp.OWN_SCRIPTS)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from station.core.runtime import settings

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

HEADER = "Content-Security-Policy"
OWN_SCRIPTS = {"script-src": ("'self'",), "connect-src": ("'self'",)}  # files of ours, which may ask our server
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' https: data:; media-src 'self' https:; "
    "form-action 'self' https://checkout.stripe.com{checkout}; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'"
)


def policy() -> str:
    """The policy of a page that asks for nothing more: no script, no frame, no connection."""
    sandbox = settings().stripe_api_base
    return _POLICY.format(checkout=f" {sandbox}" if sandbox else "")


def widen(response: Response, more: Mapping[str, Collection[str]]) -> None:
    """Add sources to this response's policy, by directive: {"frame-src": ("'self'", "https://js.stripe.com")}.

    A directive that is new begins with these sources alone; 'none' goes when a source comes. May be called again,
    with more. Raises ValueError for an 'unsafe-…' source, and for one that would end the directive.
    """
    said = response.headers.get(HEADER, policy()).split(";")
    directives = {name: sources for name, *sources in map(str.split, said)}
    for name, wanted in more.items():
        for source in wanted:
            if source.startswith("'unsafe-") or not source.isascii() or set(source) & set(" ;,"):
                raise ValueError(f"{source!r} may not stand in {name}")
        known = directives.get(name, [])
        directives[name] = list(dict.fromkeys(each for each in [*known, *wanted] if each != "'none'"))
    response.headers[HEADER] = "; ".join(" ".join([name, *sources]) for name, sources in directives.items())
