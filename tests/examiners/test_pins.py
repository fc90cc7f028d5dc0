"""The examiners are pinned to exact versions, and the lock names no place to fetch them from."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.examiners.conftest import FOLDER

LOCK = (FOLDER / "package-lock.json").read_text(encoding="utf-8")


def packages() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(LOCK)["packages"]
    return found


def test_versions_are_exact() -> None:
    given = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    asked = {**given["dependencies"], **given["optionalDependencies"]}
    assert [version for version in asked.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert {name: packages()[f"node_modules/{name}"]["version"] for name in asked} == asked


def test_the_lock_names_no_registry_and_proves_what_comes() -> None:
    assert "resolved" not in LOCK
    assert "://" not in LOCK
    assert [
        name for name, each in packages().items() if name and not each.get("integrity", "").startswith("sha512-")
    ] == []
