"""Every v1 operation the SDK can call: method, path, type of its parameters, type of its answer.

Read from the syntax trees of the SDK's service modules; nothing is written down by hand.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox.stripe.contract import sdk

_reading = Lock()


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    params: str
    answer: str
    module: str
    pattern: re.Pattern[str] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def params_type(self) -> Any:
        return sdk.by_name(self.params, self.module) if self.params else None

    @property
    def answer_type(self) -> Any:
        """A class, or `("list", class)` for a page of objects."""
        listed = re.fullmatch(r"(?:ListObject|SearchResultObject)\[\"?(.+?)\"?\]", self.answer)
        if listed:
            return ("list", self._answer_class(listed.group(1)))
        return self._answer_class(self.answer)

    def _answer_class(self, text: str) -> Any:
        names = [part.strip(" '\"") for part in re.sub(r"^Union\[|\]$", "", text).split(",")]
        found = [sdk.by_name(name, self.module) for name in names]
        return found[0] if len(found) == 1 else tuple(found)


def _path_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _path_of(node.func.value)
    return None


def _inside_optional(text: str) -> str:
    return text.removeprefix("Optional[").removesuffix("]").strip("'\"") if "Optional[" in text else text.strip("'\"")


def _operation(function: ast.FunctionDef, module: str) -> Operation | None:
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr != "_request" or len(node.args) < 2 or not isinstance(node.args[0], ast.Constant):
            continue
        path = _path_of(node.args[1])
        if path is None or not path.startswith("/v1/") or function.returns is None:
            return None
        kinds = {a.arg: ast.unparse(a.annotation) for a in function.args.args if a.annotation is not None}
        pattern = re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$")
        answer = ast.unparse(function.returns).strip("'\"")
        params = _inside_optional(kinds.get("params", ""))
        return Operation(str(node.args[0].value), path, params, answer, module, pattern)
    return None


def _module_name(path: Path) -> str:
    return ".".join(("stripe", *path.relative_to(sdk.SDK_ROOT).with_suffix("").parts))


def operations() -> dict[str, Operation]:
    """All operations by name (`post /v1/refunds`). Read once, by one thread: CPython 3.11 builds no two trees at once
    (github.com/python/cpython/issues/106905).
    """
    with _reading:
        return _read()


@lru_cache(maxsize=1)
def _read() -> dict[str, Operation]:
    found: dict[str, Operation] = {}
    for path in sorted(sdk.SDK_ROOT.rglob("_*_service.py")):
        if "v2" in path.relative_to(sdk.SDK_ROOT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                operation = _operation(node, _module_name(path))
                if operation is not None:
                    found.setdefault(operation.name, operation)
    return found


@lru_cache(maxsize=4096)
def find_operation(method: str, path: str) -> Operation | None:
    """The operation a request means; a path without a placeholder wins over one with."""
    candidates = [op for op in operations().values() if op.method == method.lower() and op.pattern.match(path)]
    return min(candidates, key=lambda op: op.path.count("{"), default=None)
