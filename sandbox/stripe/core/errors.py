"""Errors as the API sends them: docs.stripe.com/api/errors and docs.stripe.com/error-codes."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer other than 200; `body` is what goes under `error`."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"type": kind, "message": message}
        self.body.update({name: value for name, value in more.items() if value is not None})
        if "code" in self.body:
            self.body["doc_url"] = f"https://docs.stripe.com/error-codes/{self.body['code'].replace('_', '-')}"


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    return ApiError(400, "invalid_request_error", message, param=param, code=code)


def missing(param: str) -> ApiError:
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def no_such(kind: str, identifier: str, param: str = "id") -> ApiError:
    """docs.stripe.com/error-codes#resource-missing: 404 for an id in the path, 400 for one in a parameter."""
    status = 404 if param == "id" else 400
    message = f"No such {kind.replace('_', ' ').replace('.', ' ')}: '{identifier}'"
    return ApiError(status, "invalid_request_error", message, param=param, code="resource_missing")


class KeptError(ApiError):
    """An error answer whose effects stay: the attempt was made, and events tell of it."""
