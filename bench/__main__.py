"""`python -m bench [name …]`: measure, print a table, write bench/results.json. Status 1 when a bar is missed."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from bench.registry import MEASURES, Result

FOLDER = Path(__file__).resolve().parent
COLUMNS = ("name", "value", "unit", "baseline", "ratio", "spread", "bar", "met")


def main(wanted: list[str]) -> int:
    """Run the named measures, or all of them."""
    logging.disable(logging.INFO)
    for package, folder in (("bench", FOLDER), ("bench.news", FOLDER / "news")):
        for module in iter_modules([str(folder)]):
            if not module.ispkg and not module.name.startswith("__"):
                import_module(f"{package}.{module.name}")
    unknown = [name for name in wanted if name not in MEASURES]
    if unknown:
        sys.stderr.write(f"There is no measure {', '.join(unknown)}; there are: {', '.join(MEASURES)}.\n")
        return 2
    results, broken = [], False
    for name in wanted or list(MEASURES):
        try:
            results += MEASURES[name]()
        except Exception:  # one measure that breaks leaves the others standing
            traceback.print_exc()
            broken = True
    sys.stdout.write(table(results))
    (FOLDER / "results.json").write_text(json.dumps([r.row() for r in results], indent=1) + "\n", encoding="utf-8")
    return 1 if broken or any(result.met is False for result in results) else 0


def table(results: list[Result]) -> str:
    """Results in columns."""
    rows = [COLUMNS, *[tuple(_shown(result.row()[name]) for name in COLUMNS) for result in results]]
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
