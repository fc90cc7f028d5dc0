"""docs/payments/traps.md lists every trap once, and names only tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from config import ROOT

PAGE = ROOT / "docs" / "payments" / "traps.md"
TRAPS = [*(f"T{number}" for number in range(1, 61)), *(f"A{number}" for number in range(1, 9))]
ROW = re.compile(r"^\| ([TA]\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ID = re.compile(r"`([a-z_]+/test_[a-z_]+\.py)(?:::(test_\w+))?`")


def rows() -> list[tuple[str, str, str]]:
    """Each row: the trap's number, its answer, and what proves it."""
    return [(found[1], found[3], found[4]) for found in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


@cache
def defined_in(path: str) -> frozenset[str]:
    """The names of the tests in a file of tests/; none where there is no such file."""
    file = ROOT / "tests" / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_trap_is_listed_once_in_its_order() -> None:
    assert [number for number, _, _ in rows()] == TRAPS


@pytest.mark.parametrize(("number", "answer", "proof"), rows(), ids=[number for number, _, _ in rows()])
def test_its_tests_exist_or_it_says_why_it_does_not_apply(number: str, answer: str, proof: str) -> None:
    named = ID.findall(proof)
    assert named or answer.startswith("Does not apply"), f"{number} has no proof"
    assert "to come" not in f"{answer} {proof}", f"{number} promises what is not there"
    missing = [
        f"{path}::{name}" for path, name in named if not defined_in(path) or (name and name not in defined_in(path))
    ]
    assert missing == []
