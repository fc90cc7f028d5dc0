"""`station payments adopt`: sustainers of another program in this Stripe account become ours."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import click
from flask.cli import with_appcontext

from station.core.actor import COMMAND
from station.core.money import Money
from station.giving.services import CutOver, Line, Outcome, Ruling, adopt_sustainers
from station.licensee.queries import station_by_id, station_by_slug, the_licensee
from station.payments.services import StripeRefused, StripeUnavailable

ANSWERS = {"": None, "yes": True, "no": False}
COLUMNS = ("old", "new", "customer", "member", "station", "amount", "interval", "outcome", "reason")


@click.command("adopt")
@click.option("--dry-run", is_flag=True, help="Judge everything and write nothing, here or at Stripe.")
@click.option("--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--station", help="The station of what the map does not name.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write old → new as CSV.")
@with_appcontext
def adopt_command(dry_run: bool, map_file: Path | None, station: str | None, report: Path | None) -> None:
    """Take over the standing orders of this Stripe account (docs/operations/moving-in.md).

    The map is CSV with the columns id (of a subscription, price or product), station, and adopt (yes, no or nothing).
    """
    rulings = _map(map_file) if map_file else {}
    named = station_by_slug(station) if station else None
    if station and named is None:
        raise click.ClickException(f"{station} is no station.")
    try:
        found = adopt_sustainers(rulings, named.id if named else None, COMMAND, dry_run=dry_run)
    except (StripeRefused, StripeUnavailable) as error:
        raise click.ClickException(f"{error} What was adopted stays; run the same command again.") from error
    if report:
        _write(report, found)
    _tell(found, dry_run)
    if found.before != found.after:
        raise SystemExit(1)


def _map(file: Path) -> Mapping[str, Ruling]:
    """What a person said. Raises ClickException that names the line."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened, strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name} is no CSV in UTF-8: {error}") from error
    return {(row.get("id") or "").strip(): _ruling(row, number) for number, row in enumerate(rows, 2)}


def _ruling(row: Mapping[str, str | None], number: int) -> Ruling:
    slug, answer = ((row.get(name) or "").strip() for name in ("station", "adopt"))
    station = station_by_slug(slug) if slug else None
    if not (row.get("id") or "").strip():
        raise click.ClickException(f"line {number}: has no id")
    if slug and station is None:
        raise click.ClickException(f"line {number}: {slug} is no station")
    if answer not in ANSWERS:
        raise click.ClickException(f"line {number}: adopt is yes, no or nothing, not {answer}")
    return Ruling(station.id if station else None, ANSWERS[answer])


def _cells(line: Line) -> tuple[str, ...]:
    station = station_by_id(line.station_id).slug if line.station_id else ""
    often = line.interval.value if line.interval else ""
    amount = f"{line.amount.cents // 100}.{line.amount.cents % 100:02d}"
    return (line.old, line.new, line.customer, line.member, station, amount, often, line.outcome.value, line.reason)


def _write(report: Path, found: CutOver) -> None:
    with report.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(COLUMNS)
        writer.writerows(_cells(line) for line in found.lines)


def _tell(found: CutOver, dry_run: bool) -> None:
    for line in found.lines:
        arrow = f"{line.old} → {line.new or 'nothing yet' if line.outcome is Outcome.ADOPTED else line.new or '–'}"
        click.echo(f"{line.outcome.value:<8}  {arrow}  {line.amount}{f'  {line.reason}' if line.reason else ''}")
    many, currency = found.many(), the_licensee().currency
    click.echo(", ".join(f"{many[outcome]} {outcome.value}" for outcome in Outcome) + ".")
    before, after = Money(found.before, currency), Money(found.after, currency)
    click.echo(f"What is ours brings {before} a year at Stripe, {after} by our rows.")
    if dry_run:
        click.echo("Nothing was written: a dry run.")
    elif before != after:
        click.echo("These are not the same. Do not cut over; compare the report with Stripe.", err=True)
