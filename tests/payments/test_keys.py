"""docs/payments/keys.md lists what Station asks of Stripe: no call more, no call less, each with its permission."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import reduce
from typing import Any, cast

import stripe

from config import ROOT

PAGE = ROOT / "docs" / "payments" / "keys.md"
GATEWAY = ROOT / "station" / "payments" / "gateway"
DOORS = {"_v1", "_services"}  # the functions that hand out the library's services
READING = {"retrieve", "retrieve_current", "list", "search", "list_line_items"}
ROW = re.compile(r"^\| `([\w.]+)` \| (.+) \| `(\w+)` \|$", re.MULTILINE)


def path_of(node: ast.expr, names: dict[str, str]) -> str | None:
    """The dotted path behind a door: "" for the door itself, None for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DOORS:
        return ""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        before = path_of(node.value, names)
        return None if before is None else f"{before}.{node.attr}".strip(".")
    return None


def operations(source: str) -> Iterator[str]:
    """Every operation that a module calls, also through a name that a service was given first."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            names: dict[str, str] = {}
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    found = path_of(node.value, names)
                    if found is not None:
                        names[node.targets[0].id] = found
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            yield from (path for call in calls if (path := path_of(call.func, names)) and "." in path)
            yield from (f"{name}.list" for call in calls if (name := listed_whole(call)))


def listed_whole(call: ast.Call) -> str:
    """The service whose every page `_all("service", …)` reads."""
    named = isinstance(call.func, ast.Name) and call.func.id == "_all" and isinstance(call.args[0], ast.Constant)
    return str(cast("ast.Constant", call.args[0]).value) if named else ""


def called() -> set[str]:
    return {each for module in GATEWAY.rglob("*.py") for each in operations(module.read_text(encoding="utf-8"))}


def listed() -> dict[str, str]:
    return {name: permission for name, _, permission in ROW.findall(PAGE.read_text(encoding="utf-8"))}


def test_the_reader_sees_calls_direct_and_through_a_name() -> None:
    source = """
def one():
    return _v1().checkout.sessions.create({})

def two():
    refunds = _v1().refunds
    for each in refunds.list({}).auto_paging_iter():
        refunds.cancel(each.id)

def three():
    return _all("payouts", {})
"""
    found = ["checkout.sessions.create", "payouts.list", "refunds.cancel", "refunds.list"]
    assert sorted(operations(source)) == found


def test_the_page_lists_what_the_gateway_asks() -> None:
    assert len(called()) > 10
    rows = [name for name, _, _ in ROW.findall(PAGE.read_text(encoding="utf-8"))]
    assert sorted(rows) == sorted(set(rows)), "one row an operation"
    assert set(listed()) == called(), "docs/payments/keys.md: a row for each operation, with the permission it needs"


def test_each_operation_is_one_of_the_library_and_of_the_right_kind() -> None:
    services: Any = stripe.StripeClient("sk_test_1").v1
    for name, permission in listed().items():
        assert callable(reduce(getattr, name.split("."), services)), name
        kind = "read" if name.rpartition(".")[2] in READING else "write"
        assert permission.endswith(f"_{kind}"), (name, permission)
