"""An API answer before it is sent, and how it leaves."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any

from flask import Request, Response

from sandbox.stripe.contract import sdk
from sandbox.stripe.core.shapes import Obj


@dataclass
class Answer:
    status: int
    body: Obj
    request_id: str
    replayed: bool = False
    cut: bool = False


def send(done: Answer, request: Request) -> Response:
    """The response; with `cut` the connection is closed under it, so that the caller never learns what happened."""
    if done.cut:
        _hang_up(request.environ)
    response = Response(json.dumps(done.body, indent=2) + "\n", done.status, content_type="application/json")
    response.headers["Request-Id"] = done.request_id
    response.headers["Stripe-Version"] = sdk.API_VERSION
    if "Idempotency-Key" in request.headers:
        response.headers["Idempotency-Key"] = request.headers["Idempotency-Key"]
    if done.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _hang_up(environ: dict[str, Any]) -> None:
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
