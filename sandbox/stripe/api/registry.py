"""Handlers by operation, and what most of them share: look-ups, lists, metadata."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sandbox.stripe.core.errors import invalid, no_such
from sandbox.stripe.core.shapes import Obj, page
from sandbox.stripe.core.world import Sandbox

ALWAYS = frozenset({"expand"})


@dataclass
class Call:
    """One request, its parameters already checked and typed."""

    sandbox: Sandbox
    args: dict[str, str]
    params: dict[str, Any]
    path: str

    def load(self, table: str, placeholder: str) -> Obj:
        """The object the path names, or the API's 404."""
        identifier = self.args[placeholder]
        found = self.sandbox.store.get(table, identifier)
        if found is None:
            raise no_such(table.rsplit(".", maxsplit=1)[-1], identifier)
        return found

    def linked(self, table: str, param: str) -> Obj | None:
        """The object a parameter names, None without the parameter, or the API's 400."""
        identifier = self.params.get(param)
        if not identifier:
            return None
        found = self.sandbox.store.get(table, str(identifier))
        if found is None or found.get("deleted"):
            raise no_such(table, str(identifier), param)
        return found


Handler = Callable[[Call], Obj]


@dataclass(frozen=True)
class Route:
    handler: Handler
    uses: frozenset[str]


ROUTES: dict[str, Route] = {}


def route(name: str, uses: str = "") -> Callable[[Handler], Handler]:
    """Register a handler for an operation; `uses` are the parameters it acts upon (others are reported)."""

    def register(handler: Handler) -> Handler:
        ROUTES[name] = Route(handler, frozenset(uses.split()) | ALWAYS)
        return handler

    return register


def listing(call: Call, table: str, *same: str, keep: Callable[[Obj], bool] | None = None) -> Obj:
    """docs.stripe.com/api/pagination: newest first, `starting_after`, `ending_before`, `limit` 1–100."""
    given, created = call.params, call.params.get("created")

    def wanted(row: Obj) -> bool:
        if row.get("deleted") or not all(name not in given or row[name] == given[name] for name in same):
            return False
        if created is not None and not in_range(int(row["created"]), created):
            return False
        return keep is None or keep(row)

    if "ending_before" in given:
        return paged(call, [row for row in call.sandbox.store.backwards(table) if wanted(row)])
    limit = _limit(call)
    try:
        rows = call.sandbox.store.backwards(table, given.get("starting_after"))
    except LookupError:
        raise no_such(table, given["starting_after"], "starting_after") from None
    found = list(islice(filter(wanted, rows), limit + 1))
    return page(found[:limit], call.path, len(found) > limit)


def _limit(call: Call) -> int:
    limit: int = call.params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid(f"Invalid limit: {limit}. It must be between 1 and 100.", "limit", "parameter_invalid_integer")
    return limit


def paged(call: Call, rows: list[Obj]) -> Obj:
    limit = _limit(call)
    if "starting_after" in call.params:
        rows = rows[_position(rows, call, "starting_after") + 1 :]
    elif "ending_before" in call.params:
        rows = rows[: _position(rows, call, "ending_before")]
        return page(rows[-limit:], call.path, len(rows) > limit)
    return page(rows[:limit], call.path, len(rows) > limit)


def _position(rows: list[Obj], call: Call, param: str) -> int:
    wanted = call.params[param]
    for n, row in enumerate(rows):
        if row["id"] == wanted:
            return n
    raise no_such("object", wanted, param)


def in_range(value: int, wanted: Any) -> bool:
    if isinstance(wanted, int):
        return value == wanted
    checks = {"gt": value.__gt__, "gte": value.__ge__, "lt": value.__lt__, "lte": value.__le__}
    return all(bool(checks[name](bound)) for name, bound in wanted.items())


def merged_metadata(old: dict[str, str] | None, new: Any) -> dict[str, str]:
    """docs.stripe.com/api/metadata: keys are merged, an empty value removes one, an empty text all."""
    if new == "":
        return {}
    check_metadata(new)
    both = {**(old or {}), **new}
    return {name: value for name, value in both.items() if value != ""}


def check_metadata(given: dict[str, str], where: str = "metadata") -> None:
    """docs.stripe.com/metadata#limits: 50 keys, names of 40 characters, values of 500."""
    if len(given) > 50:
        raise invalid("Metadata can have up to 50 keys.", where)
    for name, value in given.items():
        if len(name) > 40 or "[" in name or "]" in name:
            text = "Metadata keys can be up to 40 characters long and cannot include square brackets."
            raise invalid(text, f"{where}[{name}]")
        if len(value) > 500:
            text = "Metadata values can have up to 500 characters, but you passed in a value that is"
            raise invalid(f"{text} {len(value)} characters: {value[:20]}…", f"{where}[{name}]")
