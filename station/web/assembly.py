"""Puts the house together: every package's wiring and pages, lowest package first."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from flask import Blueprint

PACKAGES = (
    "licensee",
    "accounts",
    "screening",
    "members",
    "mail",
    "payments",
    "receipts",
    "giving",
    "underwriting",
    "news",
    "reports",
    "demo",
    "web",
)
PAGES = ("views", "desk", "assets", "health")


@cache
def assemble() -> None:
    """Let each package's `wiring` contribute to the places below it and react to them. Once a process."""
    for package in PACKAGES:
        if wiring := _module(package, "wiring"):
            wiring.wire()


def blueprints() -> list[Blueprint]:
    """The blueprints of every package's `views` and `desk`, in the order of the packages."""
    found: list[Blueprint] = []
    for package in PACKAGES:
        for pages in PAGES:
            module = _module(package, pages)
            found += [each for each in vars(module or object).values() if isinstance(each, Blueprint)]
    return list(dict.fromkeys(found))


def _module(package: str, name: str) -> ModuleType | None:
    full = f"station.{package}.{name}"
    return import_module(full) if find_spec(full) else None
