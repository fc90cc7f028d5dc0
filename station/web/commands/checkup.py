"""`station check`: the books' invariants and the state of the database, for people and for scripts."""

from __future__ import annotations

import json
from typing import Any

import click

from station.core.places import INVARIANTS, Invariant
from station.core.runtime import settings
from station.licensee.queries import NotEstablished, the_licensee
from station.web.commands import migrations

Answer = tuple[Invariant, list[str]]


def check(as_json: bool = False) -> int:
    """Print every invariant and whether it holds, in words or as JSON; the exit code is 1 when one is broken."""
    at, head = migrations.revision(), migrations.head()
    problem = _unready(at, head)
    answers = [] if problem else [(each, each.ask()) for each in INVARIANTS]
    broken = sum(bool(lines) for _, lines in answers)
    if as_json:
        click.echo(json.dumps(_plain(at, head, problem, answers), indent=2))
    elif problem:
        click.echo(problem)
    else:
        _print(at, head, answers)
    return 1 if problem or broken else 0


def _unready(at: str | None, head: str | None) -> str:
    """Why nothing can be asked yet."""
    if at is None:
        return "The database is empty: station db upgrade"
    if at == head and not _established():
        demo = "" if settings().production else ", or for the demonstration: station demo load"
        return f"There is no licensee yet: station licensee establish FILE (docs/production.md shows one){demo}"
    return ""


def _plain(at: str | None, head: str | None, problem: str, answers: list[Answer]) -> dict[str, Any]:
    return {
        "migration": {"database": at, "code": head},
        "problem": problem,
        "broken": sum(bool(lines) for _, lines in answers),
        "invariants": [
            {"name": each.name, "sentence": each.sentence, "holds": not lines, "lines": lines}
            for each, lines in answers
        ],
    }


def _print(at: str | None, head: str | None, answers: list[Answer]) -> None:
    if at != head:
        click.echo(f"warning: the database is at migration {at}, the code at {head}: station db upgrade")
    for invariant, lines in answers:
        click.echo(f"{'BROKEN' if lines else 'holds '}  {invariant.name}: {invariant.sentence}")
        for line in lines:
            click.echo(f"          {line}")
    click.echo(f"{len(answers)} invariants, {sum(bool(lines) for _, lines in answers)} broken.")


def _established() -> bool:
    try:
        return bool(the_licensee())
    except NotEstablished:
        return False
