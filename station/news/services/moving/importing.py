"""Many redirects at once, from the file of an old site. A row that cannot be taken stops no other."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from station.core import events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.ids import new_id
from station.core.locks import lock_name
from station.news.policies.moves import Leads, Refused, Target, final_target, moved_path, target
from station.news.services.moving.book import LOCK, Book, as_story, bend, hosts_of_ours, scope_of, to_stories
from station.news.services.moving.redirects import MOST, RedirectDraft, made

MOST_ROWS = 5_000
HEADS = {"from", "old", "old path", "path", "source", "source url", "old url"}
FOREVER, FOR_NOW = {"", "301", "308", "permanent"}, {"302", "303", "307", "temporary"}
Answers = Callable[[str, UUID | None], str]  # (path, scope) → why it cannot be redirected, or nothing
Leading = Callable[[str], str]  # target → why nobody should be led there, or nothing


@dataclass(frozen=True)
class TakenRedirect:
    """What became of a row; `number` is its line's."""

    number: int
    path: str
    target: str
    outcome: Literal["added", "unchanged", "refused"]
    why: str = ""


@dataclass
class _Row:
    number: int
    draft: RedirectDraft
    path: str
    to: Target
    astray: str  # why nobody should be led there, unless another row makes it right


def import_redirects(
    text: str, common: RedirectDraft, answers: Answers, leading: Leading, actor: Actor, *, dry_run: bool
) -> list[TakenRedirect]:
    """Take the rows of a file: `from,to` and perhaps `301` or `302`; what they share is in `common`.

    `answers` and `leading` say what only the pages know. With `dry_run` nothing is written. Raises Refused for
    what is no such file at all.
    """
    report: dict[int, TakenRedirect] = {}
    rows: list[_Row] = []
    for number, cells in _lines(text):
        try:
            rows.append(_read(number, cells, common, answers, leading))
        except Refused as problem:
            report[number] = _taken(number, cells, "refused", str(problem))
    with transaction() as session:
        lock_name(LOCK)
        new, bent, taken = _place(session, rows)
        report |= taken
        if not dry_run:
            bend(session, bent)
            session.add_all(made(leads, draft, actor) for leads, draft in new)
            if new:
                events.record("news.redirects.imported", actor, [], {"added": len(new), "rows": len(report)})
    return [report[number] for number in sorted(report)]


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that is none of heads. Commas, or what a spreadsheet may write in their place."""
    first = text.lstrip("\ufeff").lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    read = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter, strict=True)
    count = 0
    try:
        for cells in read:
            here = [cell.strip() for cell in cells]
            if not any(here) or (not count and here[0].casefold() in HEADS):
                continue
            count += 1
            if count > MOST_ROWS:
                raise Refused(f"At most {MOST_ROWS:,} rows at a time. Take the file in parts.")
            yield read.line_num, here
    except csv.Error as problem:
        raise Refused(f"Line {read.line_num} cannot be read: {problem}.") from None


def _read(number: int, cells: Sequence[str], common: RedirectDraft, answers: Answers, leading: Leading) -> _Row:
    if not 2 <= len(cells) <= 3 or not cells[0] or not cells[1]:
        raise Refused("A row is: old path, new address, and perhaps 301 or 302.")
    kind = cells[2].casefold() if len(cells) == 3 else ""
    if kind not in FOREVER | FOR_NOW:
        raise Refused("The third column is 301, 302 or empty.")
    path, to = moved_path(cells[0]), target(cells[1], hosts_of_ours())
    if why := answers(path, common.station_id):
        raise Refused(why)
    draft = replace(common, path=path, target=cells[1], permanent=kind in FOREVER if kind else common.permanent)
    scope = scope_of(path, common.station_id)
    astray = leading(to.url) if to.path else ""
    return _Row(number, replace(draft, station_id=scope), path, to, astray)


def _place(
    session: Session, rows: Sequence[_Row]
) -> tuple[list[tuple[Leads, RedirectDraft]], list[Leads], dict[int, TakenRedirect]]:
    """The new ones, each with its end; the old ones that get another end; and what became of each row."""
    book, known = Book.read(session), to_stories(session, [row.to for row in rows])
    new: dict[UUID, tuple[Leads, RedirectDraft]] = {}
    old: dict[UUID, Leads] = {}
    report: dict[int, TakenRedirect] = {}
    room = MOST - sum(map(len, book.of.values()))
    for row in _ends_first(rows):
        scope, cells = row.draft.station_id, (row.path, row.draft.target)
        try:
            to = as_story(row.path, row.to, known)
            if row.astray and row.to.path not in book.of:
                raise Refused(row.astray)
            if there := book.same(row.path, scope):
                if there.to == final_target(row.path, scope, to, book.of):
                    report[row.number] = _taken(row.number, cells, "unchanged")
                    continue
                raise Refused("That path is redirected already, and elsewhere.")
            if len(new) >= room:
                raise Refused(f"There is room for {MOST:,} redirects, and no more.")
            placed, bent = book.place(Leads(new_id(), scope, row.path, to))
        except Refused as problem:
            report[row.number] = _taken(row.number, cells, "refused", str(problem))
            continue
        new[placed.id] = (placed, row.draft)
        new |= {each.id: (each, new[each.id][1]) for each in bent if each.id in new}
        old |= {each.id: each for each in bent if each.id not in new}
        report[row.number] = _taken(row.number, cells, "added")
    return list(new.values()), list(old.values()), report


def _ends_first(rows: Sequence[_Row]) -> Iterator[_Row]:
    """Rows in an order in which what a row leads to stands before it; what comes a second time comes last."""
    first: dict[str, _Row] = {}
    for row in rows:
        first.setdefault(row.path, row)
    waiting = dict(first)
    while waiting:
        ready = [row for row in waiting.values() if row.to.path not in waiting] or list(waiting.values())
        yield from ready
        for row in ready:
            del waiting[row.path]
    yield from (row for row in rows if first[row.path] is not row)


def _taken(
    number: int, cells: Sequence[str], outcome: Literal["added", "unchanged", "refused"], why: str = ""
) -> TakenRedirect:
    path, leads = (*cells, "", "")[:2]
    return TakenRedirect(number, path[:200], leads[:200], outcome, why)
