"""One module a package of Station; each function is a job of 3 to 10 lines that calls a service."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules


@cache
def load() -> None:
    """Import every module of this folder, so that every job is known by name."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
