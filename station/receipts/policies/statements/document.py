"""A yearly statement as a document: plain JSON for the page, the PDF and the text, made from its facts and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from station.core.money import Money
from station.receipts.policies.statements.words import STATEMENT_WORDING, long_date, say, short_date

Facts = Mapping[str, Any]
Words = Mapping[str, str]


@dataclass(frozen=True)
class Issue:
    """Which statement this is. Without a `label` it is a running view. `on` is the station-local day.

    `replaces` is the day of the version before, empty for the first; `reason` says what changed since. `legends` are
    those of states that it prints (W13).
    """

    on: date
    label: str = ""
    version: int = 1
    replaces: date | None = None
    reason: str = ""
    legends: tuple[str, ...] = ()


def framed(
    said: Facts, legal_name: str, ein: str, address_lines: Sequence[str], donor_name: str, issue: Issue
) -> dict[str, Any]:
    """The facts of a statement, with who gave, who received and which statement it is: all that is printed."""
    return {
        **said,
        "donee": {
            "legal_name": _one_line(legal_name),
            "ein": ein,
            "address": ", ".join(_one_line(line) for line in address_lines),
        },
        "donor": _one_line(donor_name),
        "label": issue.label,
        "version": issue.version,
        "on": issue.on.isoformat(),
        "replaces": issue.replaces.isoformat() if issue.replaces else "",
        "reason": _one_line(issue.reason),
        "legends": [_one_line(legend) for legend in issue.legends],
    }


def document(said: Facts, language: str, wording: str = STATEMENT_WORDING) -> dict[str, Any]:
    """What is printed, in order: plain JSON for the page, the PDF and the text. `said` is `framed`."""
    words = say(language, wording)
    return {
        "kind": "statement",
        "language": language,
        "official": bool(said["label"]),
        "title": words["title"].format(year=said["year"]),
        "label": said["label"],
        "version": said["version"],
        "banner": _banner(said, words, language),
        "facts": _facts(said, words, language),
        "sums": _sums(said, words),
        **_table(said, words, language),
        "paragraphs": _paragraphs(said, words, language),
    }


def _banner(said: Facts, words: Words, language: str) -> str:
    """That this is no official statement, or that it replaces one; nothing above a first version."""
    if not said["label"]:
        return words["unofficial"].format(day=_day(said["on"], language))
    if not said["replaces"]:
        return ""
    before = _day(said["replaces"], language)
    told = words["replaces"].format(version=said["version"], label=said["label"], day=before, reason=said["reason"])
    return told.strip()


def _facts(said: Facts, words: Words, language: str) -> list[list[str]]:
    year, donee = said["year"], said["donee"]
    first, last = long_date(date(year, 1, 1), language), long_date(date(year, 12, 31), language)
    label = said["label"]
    number = words["numbered"].format(label=label, version=said["version"]) if said["version"] > 1 else label
    named = [[words["number"], number]] if label else []
    return [
        *named,
        [words["donee"], donee["legal_name"]],
        [words["ein"], donee["ein"]],
        [words["address"], donee["address"]],
        [words["donor"], said["donor"]],
        [words["period"], words["period_value"].format(first=first, last=last)],
        [words["issued" if label else "as_of"], _day(said["on"], language)],
    ]


def _sums(said: Facts, words: Words) -> list[list[str]]:
    """What the row of sums says, for a reader that shows no table."""
    deductible = [[words["deductible"], _money(said["deductible"], said)]] if _counted(said) else []
    return [[words["total"], _money(said["total"], said)], *deductible]


def _table(said: Facts, words: Words, language: str) -> dict[str, Any]:
    """Columns, rows and the row of sums. What was received has columns of money only where any of it counts."""
    more = ("reduced", "deductible") if _counted(said) else ()
    columns, css = ("date", "amount", "goods", *more, "receipt"), {"date": "tight", "goods": "", "receipt": "tight"}
    rows = [
        [
            short_date(date.fromisoformat(line["on"]), language),
            _money(line["kept"], said),
            _goods(line, said, words),
            *(_money(line[each], said) if line[each] or each != "reduced" else "" for each in more),
            line["receipt"],
        ]
        for line in said["lines"]
    ]
    total = [words["total"], _money(said["total"], said), "", *(_money(said[each], said) for each in more), ""]
    return {
        "columns": [{"label": words[each], "css": css.get(each, "num")} for each in columns],
        "rows": rows,
        "total": total if rows else [],
    }


def _goods(line: Facts, said: Facts, words: Words) -> str:
    """Whether goods or services were given for a gift, and which: never silent."""
    counted = [each for each in line["returned"] if each["counted"]]
    if counted:
        return "; ".join(
            words["charges" if each["charges"] else "counted"].format(
                name=_one_line(each["name"]), value=_money(each["value"], said)
            )
            for each in counted
        )
    minor = ", ".join(_one_line(each["name"]) for each in line["returned"])
    return words["minor"].format(name=minor) if minor else words["none"]


def _paragraphs(said: Facts, words: Words, language: str) -> list[str]:
    notes = [
        words["back"].format(
            given=_money(line["given"], said), back=_money(line["back"], said), day=_day(line["on"], language)
        )
        for line in said["lines"]
        if line["back"]
    ]
    if not said["lines"]:
        rule = words["empty"]
    else:
        minor = any(line["returned"] for line in said["lines"])
        rule = words["goods_rule" if _counted(said) else "minor_rule" if minor else "no_goods"]
    status = words["donee_status"].format(donee=said["donee"]["legal_name"])
    legends = said.get("legends", [])  # statements that were issued before these were printed have none
    return [rule, *notes, words["left_out"], f"{words['same_gifts']} {status}", *legends]


def changes(before: Facts, now: Facts, language: str) -> str:
    """What a newer version says otherwise, a sentence a gift, in the words of the donor's language."""
    words, old = say(language), {line["gift"]: line for line in before["lines"]}
    new = {line["gift"]: line for line in now["lines"]}
    told = []
    for gift in {**old, **new}:
        was, is_now = old.get(gift), new.get(gift)
        if was == is_now:
            continue
        line = is_now or was or {}
        kept = was["kept"] if was else None
        kind = "added" if was is None else "removed" if is_now is None else "changed"
        if is_now and kept == is_now["kept"]:
            kind = "restated"
        told.append(
            words[kind].format(
                day=_day(line["on"], language),
                before=_money(kept or 0, now),
                now=_money(is_now["kept"] if is_now else 0, now),
            )
        )
    return " ".join(told)


def plain_text(printed: Mapping[str, Any]) -> str:
    """A document as it is stored and mailed: facts as `Name: value` lines, each gift in a block, then paragraphs."""
    listed = "\n".join(f"{name}: {value}" for name, value in [*printed["facts"], *printed["sums"]])
    labels = [column["label"] for column in printed["columns"]]
    lines = [_row_text(row, labels) for row in printed["rows"]]
    parts = [printed["title"], printed["banner"], listed, *lines, *printed["paragraphs"]]
    return "\n\n".join(part for part in parts if part)


def _row_text(row: list[str], labels: list[str]) -> str:
    return "\n".join(
        [
            f"{row[0]}: {row[1]}",
            *(f"  {name}: {value}" for name, value in zip(labels[2:], row[2:], strict=True) if value),
        ]
    )


def _counted(said: Facts) -> bool:
    return any(each["counted"] for line in said["lines"] for each in line["returned"])


def _day(text: str, language: str) -> str:
    return long_date(date.fromisoformat(text), language)


def _money(cents: int, said: Facts) -> str:
    return str(Money(cents, said["currency"]))


def _one_line(text: str) -> str:
    return " ".join(text.split())
