"""Statements on paper: documents for `receipts.pdf`, of what was issued."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from station.licensee.queries import stations
from station.receipts.policies.statements import say
from station.receipts.queries.papers import brand_of, letterhead
from station.receipts.queries.statements.reading import StatementView


def paper_of(view: StatementView) -> dict[str, Any]:
    """A version as a document for the template "statement", with a band if it was replaced."""
    printed, words = view.document, say(view.language, view.wording)
    supported = [one.name for one in stations()]
    replaced = {"kind": "void", "word": words["replaced_word"], "text": words["replaced"]}
    sections: list[dict[str, Any]] = [{"paragraph": printed["banner"]}] if printed["banner"] else []
    if printed["rows"]:
        sections += [{"facts": printed["facts"]}, {"table": _table(printed)}]
    else:
        sections.append({"facts": printed["facts"] + printed["sums"]})
    sections += [{"paragraph": paragraph} for paragraph in printed["paragraphs"]]
    return {
        "language": view.language,
        "at": view.issued_at.astimezone(UTC).isoformat(),
        "heading": printed["title"],
        "title": f"{printed['title']} ({printed['label']})",
        "running": f"{printed['title']}, {printed['label']}",
        "brand": brand_of(supported),
        "letterhead": letterhead(supported),
        "band": replaced if view.replaced_by else None,
        "sections": sections,
    }


def _table(printed: dict[str, Any]) -> dict[str, Any]:
    """Columns, rows and the row of sums; the column of goods and services takes the room that is left."""
    ends = {"num": "end"}
    columns = [
        {"title": column["label"], "align": ends.get(column["css"], "start"), "wide": not column["css"]}
        for column in printed["columns"]
    ]
    return {"columns": columns, "rows": printed["rows"], "foot": [printed["total"]]}
