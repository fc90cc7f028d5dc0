"""Commands about receipts: what the rules say of contributions that are read from a stream."""

from __future__ import annotations

import sys

import click

from station.receipts.policies.evaluating import evaluate


@click.group("receipts")
def group() -> None:
    """Receipts, and the rules behind them."""


@group.command("evaluate")
def evaluate_command() -> None:
    """Judge contributions: one JSON object a line on standard input, one answer a line on standard output.

    docs/receipts/rules.md names the fields. A line that cannot be judged is answered with its error, the rest goes
    on, and the exit code is 1 at the end. Needs no database.
    """
    good = True
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        answer = evaluate(line)
        good = good and answer.good
        sys.stdout.write(f"{answer.line}\n")
        sys.stdout.flush()
    sys.exit(0 if good else 1)
