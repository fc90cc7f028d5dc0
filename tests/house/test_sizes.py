"""Size budgets: a file that passes them hides an inner boundary (ARCHITECTURE, rule 14)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT

CODE = sorted(
    p for folder in ("station", "worker", "sandbox", "bench", "tools") for p in (ROOT / folder).rglob("*.py")
)
TABLES_OF_DATA = {"station/web/tables.py"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines it has: what a view or a task may say of itself does not count against its few."""
    return lines_of(node.body[0]) if ast.get_docstring(node, clean=False) is not None else 0


def is_view(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    verbs = {"get", "post", "route", "put", "delete"}
    return any(
        isinstance(d, ast.Call)
        and isinstance(d.func, ast.Attribute)
        and d.func.attr in verbs
        and isinstance(d.func.value, ast.Name)
        and d.func.value.id not in ("click", "client")
        for d in node.decorator_list
    )


def test_there_is_code_to_measure() -> None:
    assert len(CODE) > 60


@pytest.mark.parametrize("path", CODE, ids=name)
def test_files_and_functions_keep_their_budgets(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    found = [f"{lines} lines"] if lines > 300 and name(path) not in TABLES_OF_DATA else []
    for node in functions(path):
        limit, many = 40, lines_of(node)
        if name(path).startswith("station/") and is_view(node):
            limit, many = 15, many - docstring(node)
        elif name(path).startswith("worker/tasks/"):
            limit, many = 10, many - docstring(node)
        if many > limit:
            found.append(f"{node.name} has {many} lines, its limit is {limit}")
        found += [
            f"{node.name} imports inside"
            for inner in ast.walk(node)
            if isinstance(inner, ast.Import | ast.ImportFrom)
        ]
    assert found == []


def test_templates_and_folders_keep_theirs() -> None:
    long = {
        name(p): n
        for p in (ROOT / "templates").rglob("*.*")
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 120
    }
    full = {
        name(folder): n
        for top in ("station", "worker", "sandbox")
        for folder in [ROOT / top, *(ROOT / top).rglob("*/")]
        if folder.is_dir()
        and folder.name != "core"
        and (n := sum(1 for p in folder.glob("*.py") if p.name != "__init__.py")) > 12
    }
    assert (long, full) == ({}, {})
