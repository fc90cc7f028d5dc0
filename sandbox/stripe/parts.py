"""The two parts of a sandbox's application: what it knows, and who carries its webhooks."""

from __future__ import annotations

from flask import Flask, current_app

from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.webhooks.courier import Courier


def parts_of(app: Flask) -> tuple[Sandbox, Courier]:
    """The sandbox and the courier of an application."""
    return app.extensions["sandbox"], app.extensions["courier"]


def sandbox() -> Sandbox:
    """The sandbox of this request."""
    return parts_of(current_app)[0]


def courier() -> Courier:
    """The courier of this request's sandbox."""
    return parts_of(current_app)[1]
