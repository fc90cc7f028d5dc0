"""Checks JSON that leaves the sandbox (answers, events) against the SDK's object classes.

A field the SDK does not know, a field it declares without `Optional` that is missing or null, and a value of
another type are problems. The SDK writes both "nullable" and "may be absent" as `Optional`, so an absent
optional field is not one.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, get_args, get_origin

from sandbox.stripe.contract import sdk
from sandbox.stripe.contract.operations import Operation
from sandbox.stripe.contract.problem import Problem

_DECIMAL = re.compile(r"-?\d+(\.\d+)?")


def check_response(operation: Operation, body: dict[str, Any]) -> list[Problem]:
    """What is wrong with the answer to an operation."""
    kind = operation.answer_type
    problems: list[Problem] = []
    if isinstance(kind, tuple) and kind[0] == "list":
        _page(body, [kind[1]], operation.module, "", problems, True)
    elif isinstance(kind, tuple):
        chosen = next((k for k in kind if getattr(k, "OBJECT_NAME", "") == body.get("object")), kind[0])
        _instance(body, chosen, "", problems, True)
    else:
        _instance(body, kind, "", problems, True)
    return problems


def check_object(body: Any, *, closed: bool = True) -> list[Problem]:
    """What is wrong with any API object, chosen by its `object` field."""
    if not isinstance(body, dict):
        return [Problem("type", "", "not an object")]
    cls = sdk.object_class(str(body.get("object")))
    if cls is None:
        return [Problem("type", "object", f"no API object is called {body.get('object')!r}")]
    problems: list[Problem] = []
    _instance(body, cls, "", problems, closed)
    return problems


def check_event(event: dict[str, Any]) -> list[Problem]:
    """What is wrong with an event and the snapshot inside it (docs.stripe.com/api/events/object)."""
    problems = check_object(event)
    if event.get("object") != "event":
        problems.append(Problem("type", "object", "not an event"))
    if event.get("api_version") != sdk.API_VERSION:
        problems.append(Problem("enum", "api_version", f"{event.get('api_version')!r} is not the pinned version"))
    data = event.get("data")
    inner = data.get("object") if isinstance(data, dict) else None
    return problems + [Problem(p.kind, f"data.object.{p.where}", p.message) for p in check_object(inner)]


def _instance(body: Any, cls: Any, where: str, problems: list[Problem], closed: bool) -> None:
    if not isinstance(body, dict):
        problems.append(Problem("type", where, f"expected {cls.__name__}, got {type(body).__name__}"))
        return
    known = sdk.fields(cls)
    if body.get("deleted") is True and set(body) == {"id", "object", "deleted"}:
        return
    for name, value in body.items():
        path = f"{where}.{name}" if where else name
        if name not in known:
            problems.append(Problem("unknown", path, f"{cls.__name__} has no such field"))
        else:
            _value(value, known[name], cls.__module__, path, problems, closed)
    for name, kind in known.items():
        if name not in body and not sdk.is_optional(kind):
            problems.append(Problem("missing", f"{where}.{name}" if where else name, "required and absent"))


def _value(value: Any, kind: Any, module: str, where: str, problems: list[Problem], closed: bool) -> None:
    members = sdk.flat_union(kind, module)
    if value is None:
        if type(None) not in members and Any not in members:
            problems.append(Problem("type", where, "null where the SDK has no Optional"))
        return
    if Any in members:
        return
    if isinstance(value, dict):
        _dict(value, members, module, where, problems, closed)
    elif isinstance(value, list):
        _list(value, members, module, where, problems, closed)
    else:
        _scalar(value, members, where, problems, closed)


def _dict(value: Any, members: list[Any], module: str, where: str, problems: list[Problem], closed: bool) -> None:
    classes = [part for part in members if sdk.is_object_class(part) and not sdk.is_untyped_map(part)]
    for part in members:
        if sdk.is_list_object(part):
            _page(value, [sdk.resolve(a, module) for a in get_args(part)], module, where, problems, closed)
            return
        if sdk.is_untyped_map(part) or get_origin(part) is dict:
            inner = (get_args(part) or (Any,))[-1]
            for name, item in value.items():
                _value(item, inner, module, f"{where}.{name}", problems, closed)
            return
    if not classes:
        problems.append(Problem("type", where, "an object where the SDK has none"))
        return
    named = [part for part in classes if getattr(part, "OBJECT_NAME", None) == value.get("object")]
    _instance(value, (named or classes)[0], where, problems, closed)


def _list(value: Any, members: list[Any], module: str, where: str, problems: list[Problem], closed: bool) -> None:
    for part in members:
        if get_origin(part) is list:
            for n, item in enumerate(value):
                _value(item, get_args(part)[0], module, f"{where}[{n}]", problems, closed)
            return
    problems.append(Problem("type", where, "an array where the SDK has none"))


def _page(body: Any, kinds: list[Any], module: str, where: str, problems: list[Problem], closed: bool) -> None:
    """A page of objects: docs.stripe.com/api/pagination."""
    prefix = f"{where}." if where else ""
    extra = set(body) - {"object", "data", "has_more", "url", "total_count", "next_page"}
    for name in sorted(extra):
        problems.append(Problem("unknown", prefix + name, "a list has no such field"))
    wanted = {"object": str, "data": list, "has_more": bool, "url": str}
    for name, kind in wanted.items():
        if not isinstance(body.get(name), kind):
            problems.append(Problem("missing", prefix + name, f"a list needs {name}"))
    for n, item in enumerate(body.get("data") or []):
        members = [leaf for kind in kinds for leaf in sdk.flat_union(kind, module)]
        _dict(item, members, module, f"{prefix}data[{n}]", problems, closed)


def _scalar(value: Any, members: list[Any], where: str, problems: list[Problem], closed: bool) -> None:
    listed = sdk.listed_values(members)
    if isinstance(value, (str, bool)) and value in listed:
        return
    if isinstance(value, str):
        if Decimal in members and _DECIMAL.fullmatch(value):
            return
        if str in members and not (closed and sdk.is_closed(members)):
            return
        message = "not one of the listed values" if listed else "a text where the SDK has none"
        problems.append(Problem("enum" if listed else "type", where, f"{value!r}: {message}"))
        return
    fits = (int, float) if type(value) is int else (type(value),)
    if not any(kind in members for kind in fits):
        problems.append(Problem("type", where, f"{type(value).__name__} where the SDK has none"))
