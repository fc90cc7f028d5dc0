"""Bracketed form encoding to nested values: docs.stripe.com/api (form-encoded request bodies)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_PART = re.compile(r"\[([^\]]*)\]")
MAX_PAIRS = 2000


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][0]=c` → {"a": {"b": ["c"]}}; `a[]=c` appends."""
    tree: dict[str, Any] = {}
    for count, (name, value) in enumerate(pairs):
        if count > MAX_PAIRS:
            raise ValueError("too many parameters")
        head, bracket, rest = name.partition("[")
        keys = [head, *_PART.findall(bracket + rest)]
        _place(tree, keys, value)
    return {name: _lists(value) for name, value in tree.items()}


def _place(tree: dict[str, Any], keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        inner = tree.setdefault(key or str(len(tree)), {})
        if not isinstance(inner, dict):
            raise ValueError(f"{keys[0]} is given both as a value and as a hash")
        tree = inner
    tree[keys[-1] or str(len(tree))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    done = {name: _lists(inner) for name, inner in value.items()}
    if done and all(name.isdigit() for name in done):
        return [done[name] for name in sorted(done, key=int)]
    return done
