"""Commands about news."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from station.core.actor import COMMAND
from station.licensee.queries import default_station, station_by_slug
from station.news.cds.envelope import documents
from station.news.cds.shapes import Refused
from station.news.services import import_document

OUTCOMES = ("added", "updated", "unchanged", "retracted")


@click.group("news")
def group() -> None:
    """Stories and sections."""


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--station", "slug", default="", help="Where new stories go; the first station without it.")
@click.pass_context
def import_command(context: click.Context, file: Path, slug: str) -> None:
    """Take the stories of an NPR CDS answer. Prints what became of each as JSON; status 1 for a useless file."""
    station = station_by_slug(slug) if slug else default_station()
    if station is None:
        raise click.BadParameter(f"there is no station {slug!r}", param_hint="--station")
    result: dict[str, Any] = {**{name: [] for name in OUTCOMES}, "refused": [], "left_out": {}}
    try:
        found = documents(file)
    except Refused as refusal:
        result["refused"].append({"id": "", "why": str(refusal)})
        click.echo(json.dumps(result, indent=1))
        context.exit(1)
    for number, document in enumerate(found, start=1):
        taken = import_document(document, station.id, COMMAND)
        if taken.outcome == "refused":
            result["refused"].append({"id": taken.cds_id or f"document {number}", "why": taken.why})
        else:
            result[taken.outcome].append(taken.cds_id)
        if taken.left_out:
            result["left_out"][taken.cds_id] = list(taken.left_out)
    click.echo(json.dumps(result, indent=1))
