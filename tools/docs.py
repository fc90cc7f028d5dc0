"""Draws what the docs show from what the machine holds: the package picture from the import contracts, the schema
page from the models, the settings page from config.py. `python -m tools.docs` writes them; a test compares them."""

from __future__ import annotations

import ast
import tomllib
from html import escape
from typing import Any

import sqlalchemy as sa

from config import ROOT
from station.core.db import Base
from station.web import tables
from station.web.commands.settings_doc import markdown as settings_page

ALL_TABLES = tables


def layers() -> list[str]:
    """The packages from top to bottom, as the first import contract has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return list(contracts[0]["layers"])


def sentence(module: str) -> str:
    """The first sentence of a package's docstring."""
    path = ROOT.joinpath(*module.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    doc = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    return doc.split("\n\n")[0].replace("\n", " ").strip()


def architecture_svg() -> str:
    """The stack of packages: each may import what lies below it, never what lies above."""
    names, row, width = layers(), 46, 1120
    height = row * len(names) + 60
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t">',
        '<title id="t">The packages of Station from top to bottom; imports only go down</title>',
        "<style>text{font:15px ui-sans-serif,system-ui,sans-serif;fill:#16191d}.n{font-weight:700}.s{fill:#3f4650;"
        "font-size:13px}rect{fill:#f6f5f2;stroke:#7d8590}.w{fill:#fff}path{stroke:#0b5c7a;stroke-width:2;fill:none}"
        "@media(prefers-color-scheme:dark){text{fill:#f0f1f3}.s{fill:#c6ccd4}rect{fill:#1a1f26}.w{fill:#12151a}}</style>",
        f'<rect class="w" x="0" y="0" width="{width}" height="{height}" stroke="none"/>',
    ]
    for place, name in enumerate(names):
        y = 16 + place * row
        said = sentence(name)
        said = said if len(said) <= 120 else said[:118].rsplit(" ", 1)[0] + " …"
        lines += [
            f'<rect x="16" y="{y}" width="{width - 70}" height="{row - 8}" rx="4"/>',
            f'<text class="n" x="30" y="{y + 24}">{name.removeprefix("station.")}</text>',
            f'<text class="s" x="150" y="{y + 24}">{escape(said)}</text>',
        ]
    lines += [
        f'<path d="M{width - 30} 30V{height - 60}m-7 -10l7 12l7 -12"/>',
        f'<text class="s" x="16" y="{height - 20}">Imports only go down. Facts go up by announcement, and pages by '
        "places. Drawn from the contracts in pyproject.toml.</text>",
        "</svg>",
        "",
    ]
    return "\n".join(lines)


def schema_page() -> str:
    """Every table by package, with its columns."""
    lines = [
        "# Schema",
        "",
        "Every table, by the package that owns it. Made from the models by `python -m tools.docs`; "
        "`migrations/` makes the same on SQLite and PostgreSQL, and a test compares the two. Money is integer cents; "
        "instants are UTC; a `date` is station-local.",
        "",
    ]
    mappers = {m.class_.__table__.name: m.class_ for m in Base.registry.mappers}
    for package in reversed([name.removeprefix("station.") for name in layers() if name.startswith("station.")]):
        owned = [
            t for t in Base.metadata.sorted_tables if mappers[t.name].__module__.startswith(f"station.{package}.")
        ]
        if owned:
            lines += [f"## {package}", ""]
        for table in owned:
            lines += _table(table, mappers[table.name])
    return "\n".join(lines)


def _table(table: sa.Table, model: type[Any]) -> list[str]:
    doc = (model.__doc__ or "").split("\n\n")[0].replace("\n    ", " ").strip()
    rows = [f"| `{c.name}` | {_kind(c)} | {_notes(c)} |" for c in table.columns]
    return [f"### {table.name}", "", doc, "", "| column | type | |", "|---|---|---|", *rows, ""]


def _kind(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.Enum):
        return " · ".join(column.type.enums)
    kind = type(column.type).__name__.lower()
    return f"{kind}({column.type.length})" if getattr(column.type, "length", None) else kind


def _notes(column: sa.Column[Any]) -> str:
    notes = ["key"] if column.primary_key else []
    notes += [f"→ {key.column.table.name}" for key in column.foreign_keys]
    notes += ["unique"] if column.unique else []
    notes += ["may be empty"] if column.nullable else []
    return ", ".join(notes)


PAGES = {"docs/architecture.svg": architecture_svg, "docs/schema.md": schema_page, "docs/settings.md": settings_page}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (ROOT / name).write_text(make(), encoding="utf-8")
        print(name)
