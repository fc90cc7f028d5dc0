"""docs/settings.md, made from config.py. A test proves that the page is the one this makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from config import Settings

HEAD = """# Settings

Station reads its settings once, from environment variables; any variable `NAME` may be given as `NAME_FILE`, the path
of a file that holds the value. A wrong or unknown setting stops the start, and every problem is listed at once.
This page is made from `config.py` by `station settings docs`.

| variable | meaning | default |
|---|---|---|
"""


def markdown() -> str:
    """The whole page."""
    return HEAD + "".join(_row(item.metadata) for item in fields(Settings))


def _row(meta: Mapping[str, Any]) -> str:
    default = meta["default"]
    if callable(default):
        shown = "follows from the others"
    elif meta["secret"] and default:
        shown = "a demo value that production refuses"
    elif meta["env"] == "STATION_HOME":
        shown = "`instance/` beside the program"
    else:
        shown = f"`{default}`" if default else "empty"
    return f"| `{meta['env']}`{' (secret)' if meta['secret'] else ''} | {meta['doc']} | {shown} |\n"
