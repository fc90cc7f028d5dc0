"""One API request from bytes to answer: docs.stripe.com/api (authentication, errors, versioning)."""

from __future__ import annotations

import base64
import hmac
import time
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.wrappers import Request

from sandbox.stripe import api  # noqa: F401  (registers the handlers)
from sandbox.stripe.api.registry import ROUTES, Call
from sandbox.stripe.contract import Operation, check_request, check_response, find_operation, sdk
from sandbox.stripe.contract.problem import Problem
from sandbox.stripe.core import formdata, idempotency
from sandbox.stripe.core.answers import Answer
from sandbox.stripe.core.errors import ApiError, KeptError, invalid
from sandbox.stripe.core.expand import expand
from sandbox.stripe.core.faults import Fault
from sandbox.stripe.core.shapes import new_id
from sandbox.stripe.core.world import Origin, Sandbox

CODES = {"unknown": "parameter_unknown", "missing": "parameter_missing", "empty": "parameter_invalid_empty"}

NO_TYPES = ("/v1/checkout/", "/v1/payment_intents", "/v1/setup_intents")


def answer(sandbox: Sandbox, request: Request) -> Answer:
    request_id = new_id("req_", 14)
    fault = sandbox.faults.for_request(request.method, request.path)
    try:
        authenticate(sandbox, request)
        _version(request)
        sandbox.permissions.check(request.method, request.path, sandbox.settings.account)
        if fault is not None:
            refuse_early(fault)
        done = _perform(sandbox, request, request_id, fault)
    except ApiError as error:
        done = Answer(error.status, {"error": error.body}, request_id)
    if fault is not None and fault.kind == "hang":
        sandbox.stopping.wait(fault.seconds)
    done.cut = fault is not None and fault.kind == "cut"
    return done


def authenticate(sandbox: Sandbox, request: Request) -> None:
    """docs.stripe.com/api/authentication: the key as a bearer token or as the Basic user name."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[0]
        except ValueError:
            given = ""
    if scheme.lower() not in ("bearer", "basic") or not given:
        text = "You did not provide an API key. You need to provide your API key in the Authorization header."
        raise ApiError(401, "invalid_request_error", text)
    wanted = sandbox.settings.api_key
    if wanted is None and given.startswith(("sk_test_", "rk_test_")):
        return
    if wanted is None or not hmac.compare_digest(wanted.encode(), given.encode()):
        shown = f"{given[:8]}{'*' * 8}{given[-4:]}" if len(given) > 16 else "*" * len(given)
        raise ApiError(401, "invalid_request_error", f"Invalid API Key provided: {shown}")


def _version(request: Request) -> None:
    """docs.stripe.com/api/versioning. A request without the header is taken as the account's own version."""
    given = request.headers.get("Stripe-Version")
    if given is not None and given != sdk.API_VERSION:
        raise invalid(f"Invalid Stripe API version: {given}. The sandbox speaks {sdk.API_VERSION} only.")


def refuse_early(fault: Fault) -> None:
    if fault.kind == "error_before":
        raise ApiError(500, "api_error", "Sandbox fault: nothing was done.")
    if fault.kind == "rate_limit":
        text = "Request rate limit exceeded. Sandbox fault: nothing was done."
        raise ApiError(429, "invalid_request_error", text, code="rate_limit")


def decoded(request: Request) -> dict[str, Any]:
    if request.mimetype == "multipart/form-data":
        return _upload(request)
    try:
        body = request.get_data().decode("utf-8") if request.method == "POST" else ""
        pairs = parse_qsl(request.query_string.decode("ascii"), keep_blank_values=True)
        return formdata.decode([*pairs, *parse_qsl(body, keep_blank_values=True)])
    except ValueError as error:
        raise invalid(f"Invalid request: {error}") from None


def _upload(request: Request) -> dict[str, Any]:
    """docs.stripe.com/file-upload: the one body that is not form-encoded."""
    raw = formdata.decode(request.form.items(multi=True))
    for name, part in request.files.items():
        data = base64.b64encode(part.read()).decode()
        raw[name] = {"filename": part.filename or "upload", "data": data}
    return raw


def _perform(sandbox: Sandbox, request: Request, request_id: str, fault: Fault | None) -> Answer:
    raw = decoded(request)
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    sandbox.requests.append(
        {
            "method": request.method,
            "path": request.path,
            "params": raw,
            "at": time.time(),
            "idempotency_key": key,
            "version": request.headers.get("Stripe-Version"),
        }
    )
    operation = find_operation(request.method, request.path)
    if operation is None:
        sandbox.violated("request", f"{request.method} {request.path}", ["no such operation in the SDK"])
        text = f"Unrecognized request URL ({request.method}: {request.path})."
        raise ApiError(404, "invalid_request_error", text)
    params = _checked(sandbox, operation, raw, request)
    print_ = idempotency.fingerprint(request.method, request.path, raw)
    with sandbox.store.lock:
        kept = idempotency.recall(sandbox.store, key, print_, sandbox.now()) if key else None
        if kept is not None:
            return Answer(kept["status"], kept["body"], request_id, replayed=True)
        call = Call(sandbox, _args(operation, request.path), params, request.path)
        done = _run(sandbox, operation, call, Origin(request_id, key))
        if fault is not None and fault.kind == "error_after":
            text = "Sandbox fault: the work was done, the answer was lost."
            done = Answer(500, {"error": {"type": "api_error", "message": text}}, request_id)
        if key and (done.status == 200 or done.status in (402, 500)):
            idempotency.keep(sandbox.store, key, print_, sandbox.now(), done.status, done.body)
    return done


def _args(operation: Operation, path: str) -> dict[str, str]:
    found = operation.pattern.match(path)
    return found.groupdict() if found else {}


def _checked(sandbox: Sandbox, operation: Operation, raw: dict[str, Any], request: Request) -> dict[str, Any]:
    if "payment_method_types" in raw and operation.path.startswith(NO_TYPES):
        _removed_types(sandbox, operation, "Stripe-Version" in request.headers)
        raw = {name: value for name, value in raw.items() if name != "payment_method_types"}
    params, problems = check_request(operation, raw)
    if problems:
        sandbox.violated("request", operation.name, [str(problem) for problem in problems])
        first: Problem = problems[0]
        code = CODES.get(first.kind, "parameter_invalid_integer" if "integer" in first.message else None)
        raise invalid(first.message, first.where, code)
    return params


def _removed_types(sandbox: Sandbox, operation: Operation, versioned: bool) -> None:
    """docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents

    A request that names no version (Stripe's own command line) may be of an older one: there it is ignored.
    """
    if versioned:
        sandbox.violated("request", operation.name, ["unknown payment_method_types: removed in 2026-09-30.endive"])
        text = "The payment_method_types parameter is no longer supported. Use dynamic payment methods, or "
        raise invalid(
            f"{text}allowed_payment_method_types.", "payment_method_types", "payment_method_types_no_longer_supported"
        )


def _run(sandbox: Sandbox, operation: Operation, call: Call, origin: Origin) -> Answer:
    found = ROUTES.get(operation.name)
    request_id = str(origin.request_id)
    if found is None:
        text = f"The sandbox does not have `{operation.name}` yet."
        raise ApiError(400, "invalid_request_error", text, code="sandbox_not_implemented")
    for name in sorted(call.params.keys() - found.uses):
        sandbox.ignored.add(f"{operation.name}: {name}")
    kept: KeptError | None = None
    with sandbox.action(origin):
        try:
            body = found.handler(call)
            body = expand(sandbox.store, body, call.params.get("expand") or [])
        except KeptError as error:
            kept = error
    if kept is not None:
        return Answer(kept.status, {"error": kept.body}, request_id)
    sandbox.violated("response", operation.name, [str(problem) for problem in check_response(operation, body)])
    return Answer(200, body, request_id)
