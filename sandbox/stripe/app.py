"""The sandbox as a Flask application: the API under /v1, the hosted page, the controls, a page for people."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, request

from sandbox.stripe import parts
from sandbox.stripe.api.dispatch import answer
from sandbox.stripe.browser import frames, wire
from sandbox.stripe.core.answers import send
from sandbox.stripe.core.world import DEFAULT_SECRET, Sandbox, Settings
from sandbox.stripe.flows import timers
from sandbox.stripe.pages import checkout, controls, invoice, overview, scenery, secure
from sandbox.stripe.webhooks.courier import Courier

API_METHODS = ["GET", "POST", "DELETE"]
LARGEST_BODY = 6_000_000
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def create_sandbox(
    state_path: str | Path | None = None,
    webhook_url: str | None = None,
    webhook_secret: str = DEFAULT_SECRET,
    api_key: str | None = None,
    public_url: str = "http://127.0.0.1:8420",
    deliver: str = "auto",
    seed: int = 1,
    webhook_events: tuple[str, ...] = ("*",),
) -> Flask:
    """A sandbox; `app.extensions["sandbox"]` and `["courier"]` are its parts.

    `api_key=None` takes any key that starts with sk_test_ or rk_test_. `deliver` is `auto` (a background
    thread, start it with `courier.start()`) or `manual` (only when told to). `webhook_events` are the types that
    the endpoint at `webhook_url` subscribes to.
    """
    if api_key is not None and not api_key.startswith(("sk_test_", "rk_test_")):
        raise ValueError("the sandbox only takes test keys")
    settings = Settings(
        public_url.rstrip("/"), api_key, webhook_url, webhook_secret, webhook_events, deliver=deliver, seed=seed
    )
    sandbox = Sandbox(settings, Path(state_path) if state_path else None)
    app = Flask(
        "sandbox.stripe",
        root_path=str(Path(__file__).parent),
        template_folder="pages/templates",
        static_folder="pages/static",
        static_url_path="/_sandbox/static",
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.extensions["sandbox"] = sandbox
    app.extensions["courier"] = Courier(sandbox)
    for part in (checkout, secure, invoice, controls, overview, scenery, frames, wire):
        app.register_blueprint(part.blueprint)
    app.add_url_rule("/v1/<path:rest>", "api", _api, methods=API_METHODS)
    app.before_request(_only_here)
    app.after_request(_headers)
    return app


def _only_here() -> tuple[str, int] | None:
    """A page on the web cannot reach the sandbox under a name of its own."""
    sandbox = parts.sandbox()
    known = {"127.0.0.1", "localhost", "::1", urlsplit(sandbox.settings.public_url).hostname}
    if urlsplit(f"//{request.host}").hostname not in known:
        return "The sandbox answers on this machine only.\n", 403
    timers.run_due(sandbox)
    return None


def _api(rest: str) -> Response:
    del rest
    return send(answer(parts.sandbox(), request), request)


def _headers(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["Referrer-Policy"] = "same-origin"
    return response
