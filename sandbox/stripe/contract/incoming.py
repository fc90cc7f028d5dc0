"""Checks a decoded request body or query against the SDK's parameter types, and gives it real types.

docs.stripe.com/api/errors (parameter_unknown, parameter_missing, parameter_invalid_integer, …) and
docs.stripe.com/error-codes name the failures.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from sandbox.stripe.contract import sdk
from sandbox.stripe.contract.operations import Operation
from sandbox.stripe.contract.problem import Problem

OPTION_NAMES = frozenset(sdk.by_name("RequestOptions", "stripe._request_options").__annotations__)
_WRONG = object()


@cache
def _hints(kind: Any) -> dict[str, Any]:
    named = get_type_hints(kind, localns={"StripeContext": str, "Mapping": Mapping})
    return {name: part for name, part in named.items() if name not in OPTION_NAMES}


def check_request(operation: Operation, params: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The parameters with their types, and everything the API would refuse about their shape."""
    problems: list[Problem] = []
    kind = operation.params_type
    if kind is None:
        for name in params:
            problems.append(Problem("unknown", name, f"Received unknown parameter: {name}"))
        return params, problems
    return _record(kind, params, "", problems), problems


def _join(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def _record(kind: Any, value: dict[str, Any], where: str, problems: list[Problem]) -> dict[str, Any]:
    hints = _hints(kind)
    done: dict[str, Any] = {}
    for name, raw in value.items():
        path = _join(where, name)
        if name not in hints:
            problems.append(Problem("unknown", path, f"Received unknown parameter: {path}"))
            continue
        done[name] = _value(hints[name], raw, path, problems)
    for name in sorted(kind.__required_keys__ - value.keys() - OPTION_NAMES):
        path = _join(where, name)
        problems.append(Problem("missing", path, f"Missing required param: {path}."))
    return done


def _value(kind: Any, raw: Any, where: str, problems: list[Problem]) -> Any:
    members = sdk.flat_union(kind, "typing")
    if Any in members:
        return raw
    if isinstance(raw, dict):
        return _from_dict(members, raw, where, problems)
    if isinstance(raw, list):
        return _from_list(members, raw, where, problems)
    return _scalar(members, str(raw), where, problems)


def _from_dict(members: list[Any], raw: dict[str, Any], where: str, problems: list[Problem]) -> Any:
    for part in members:
        if sdk.is_typed_dict(part):
            return _record(part, raw, where, problems)
        if get_origin(part) is dict or sdk.is_untyped_map(part):
            inner = (get_args(part) or (str,))[-1]
            return {k: _value(inner, v, _join(where, k), problems) for k, v in raw.items()}
    problems.append(Problem("type", where, f"Invalid {where}: did not expect a hash"))
    return raw


def _from_list(members: list[Any], raw: list[Any], where: str, problems: list[Problem]) -> Any:
    for part in members:
        if get_origin(part) is list:
            inner = get_args(part)[0]
            return [_value(inner, v, f"{where}[{n}]", problems) for n, v in enumerate(raw)]
    problems.append(Problem("type", where, f"Invalid array: {where}"))
    return raw


def _scalar(members: list[Any], raw: str, where: str, problems: list[Problem]) -> Any:
    listed = sdk.listed_values(members)
    if raw in listed:
        return raw
    for part in members:
        found = _plain(part, raw)
        if found is not _WRONG:
            return found
    if str in members and not sdk.is_closed(members):
        if raw == "":
            text = f"You passed an empty string for '{where}'. We assume empty values are an attempt to"
            hint = f"unset a parameter; however '{where}' cannot be unset."
            problems.append(Problem("empty", where, f"{text} {hint}"))
        return raw
    problems.append(_refusal(members, listed, raw, where))
    return raw


def _refusal(members: list[Any], listed: set[Any], raw: str, where: str) -> Problem:
    if listed - {""}:
        names = ", ".join(sorted(str(v) for v in listed if v != ""))
        return Problem("enum", where, f"Invalid {where}: must be one of {names}")
    if int in members:
        return Problem("type", where, f"Invalid integer: {raw}")
    if bool in members:
        return Problem("type", where, f"Invalid boolean: {raw}")
    if any(get_origin(part) is list for part in members):
        return Problem("type", where, "Invalid array")
    return Problem("type", where, f"Invalid {where}: expected a hash" if str not in members else "Invalid value")


def _plain(part: Any, raw: str) -> Any:
    """The raw text read as one plain type, or _WRONG."""
    if part is bool:
        return {"true": True, "false": False}.get(raw.lower(), _WRONG)
    if part is int:
        digits = raw[1:] if raw.startswith("-") else raw
        return int(raw) if digits.isascii() and digits.isdigit() else _WRONG
    if part in (float, Decimal):
        try:
            number = Decimal(raw)
        except InvalidOperation:
            return _WRONG
        return float(number) if part is float else str(number)
    return _WRONG
