"""Commands about news."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask import current_app

from config import ROOT
from station.core.actor import COMMAND
from station.licensee.queries import StationView, default_station, station_by_slug, stations, the_licensee
from station.news import queries, services
from station.news.cds.envelope import Unread, bytes_of, documents, documents_in
from station.news.cds.shapes import Refused
from station.news.playlists import Unreadable, rows_of
from station.news.policies.releasing import draw
from station.news.queries import FeedView
from station.news.queries.media import files_missing
from station.news.services import BadQuery, CdsRefused, CdsUnavailable, Taken
from station.news.services.media import make_missing

GRAPH = ROOT / "docs" / "news" / "states.md"
OUTCOMES = ("added", "updated", "unchanged", "retracted")


@click.group("news")
def group() -> None:
    """Stories and sections."""


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), required=False)
@click.option("--id", "cds_ids", multiple=True, help="A document to fetch from NPR by its id; may be repeated.")
@click.option("--query", help="A query to put to NPR, as in an address: collectionIds=1122&limit=20.")
@click.option("--feed", "feed_name", help="A feed of the desk, by its name: ask it now, or read FILE as it.")
@click.option("--station", "slug", default="", help="Where new stories go; the first station without it.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--text/--json", "as_text", default=False, help="Lines for people instead of JSON.")
@click.pass_context
def import_command(
    context: click.Context,
    file: Path | None,
    cds_ids: tuple[str, ...],
    query: str | None,
    feed_name: str | None,
    slug: str,
    dry_run: bool,
    as_text: bool,
) -> None:
    """Take stories of NPR's CDS: from a FILE, by --id, or by --query; or what a --feed of the desk asks for.

    FILE holds an answer of the CDS, a list of documents, or one document; it may be a folder of such files (*.json),
    or - for standard input. Prints what became of each document, as JSON and nothing else. Status 0 when there was
    something to take, whatever became of it; 1 when nothing could be asked or read; 2 for a wrong command.
    """
    if sum((file is not None and feed_name is None, bool(cds_ids), query is not None, feed_name is not None)) != 1:
        raise click.UsageError("Name one of: a FILE, --id, --query, --feed.")
    feed = _feed(feed_name) if feed_name is not None else None
    station_id = feed.station_id if feed else _station(slug).id
    try:
        if feed:
            taken = _of_feed(feed, file, dry_run)
        else:
            taken = _taken(file, cds_ids, query, station_id, dry_run)
    except (Refused, BadQuery, CdsUnavailable, CdsRefused) as problem:
        _print([Taken("refused", "", str(problem))], as_text)
        context.exit(1)
    _print(taken, as_text)


@group.command("render")
@click.argument("story_id")
@click.pass_context
def render_command(context: click.Context, story_id: str) -> None:
    """Print the page of a story, by its public id or its CDS id, as a reader gets it. Status 1 when it has none."""
    found = queries.story_slug(story_id)
    if found is None:
        raise click.ClickException(f"There is no story {story_id!r}.")
    station = next(each for each in stations() if each.id == found[0])
    answer = current_app.test_client().get(f"/{station.slug}/story/{found[1]}")
    click.echo(answer.get_data(as_text=True))
    if answer.status_code != 200:
        click.echo(f"This page answers {answer.status}.", err=True)
        context.exit(1)


@group.command("index")
def index_command() -> None:
    """Put every story into the search index anew, for example after an upgrade."""
    click.echo(f"{services.index_all()} stories are in the index.")


@group.command("graph")
@click.option("--write", is_flag=True, help="Write docs/news/states.md instead of printing.")
def graph_command(write: bool) -> None:
    """Draw the states of a story (Markdown with mermaid)."""
    if write:
        GRAPH.write_text(draw(), encoding="utf-8")
        click.echo("docs/news/states.md is drawn.")
    else:
        click.echo(draw(), nl=False)


@group.command("playlist")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--station", "slug", default="", help="Whose playlist it is; the last station without it.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.pass_context
def playlist_command(context: click.Context, file: Path, slug: str, dry_run: bool) -> None:
    """Take a playlist from a FILE, JSON or CSV: started_at, composer, title, performers, conductor, ensemble, label…

    Prints what became of each row. A row that is there already, by its source_key, is corrected. Status 1 when the
    file cannot be read.
    """
    station = _station(slug) if slug else stations()[-1]
    try:
        taken = services.take_playlist(rows_of(file), station.id, the_licensee().timezone, COMMAND, rehearse=dry_run)
    except Unreadable as problem:
        raise click.ClickException(str(problem)) from problem
    result: dict[str, Any] = {name: [] for name in OUTCOMES[:3]}
    result["refused"] = [{"row": each.row, "why": each.why} for each in taken if each.outcome == "refused"]
    for each in taken:
        if each.outcome != "refused":
            result[each.outcome].append(each.key)
    click.echo(json.dumps(result, indent=1))


def _station(slug: str) -> StationView:
    station = station_by_slug(slug) if slug else default_station()
    if station is None:
        raise click.BadParameter(f"there is no station {slug!r}", param_hint="--station")
    return station


def _feed(name: str) -> FeedView:
    found = [each for each in queries.feeds() if name in (each.name, each.public_id)]
    if len(found) != 1:
        raise click.BadParameter(f"{len(found) or 'no'} feeds are called {name!r}", param_hint="--feed")
    return found[0]


def _of_feed(feed: FeedView, file: Path | None, dry: bool) -> list[Taken]:
    source = queries.source_of(feed)
    if source is None:
        return services.pull_query(feed.query, feed.station_id, COMMAND, rehearse=dry)
    if file is None:
        return services.pull_partner(source, feed.station_id, COMMAND, rehearse=dry)
    return services.take_feed(bytes_of(file), source, feed.station_id, COMMAND, rehearse=dry)


def _documents(file: Path) -> tuple[list[Any], list[Unread]]:
    if str(file) == "-":
        return documents_in(sys.stdin.buffer), []
    return documents(file)


def _taken(file: Path | None, cds_ids: Sequence[str], query: str | None, station_id: UUID, dry: bool) -> list[Taken]:
    if file is not None:
        found, unread = _documents(file)
        taken = services.take_given(found, station_id, COMMAND, rehearse=dry)
        return [*taken, *(Taken("refused", name, why) for name, why in unread)]
    if query is not None:
        return services.pull_query(query, station_id, COMMAND, rehearse=dry)
    return services.pull_ids(cds_ids, station_id, COMMAND, rehearse=dry)


def _print(taken: Sequence[Taken], as_text: bool) -> None:
    if as_text:
        for number, each in enumerate(taken, start=1):
            why = f": {each.why}" if each.why else ""
            without = f" (without {', '.join(each.left_out)})" if each.left_out else ""
            click.echo(f"{each.outcome:<10} {each.cds_id or f'document {number}'}{why}{without}")
        return
    result: dict[str, Any] = {**{name: [] for name in OUTCOMES}, "refused": [], "left_out": {}}
    for number, each in enumerate(taken, start=1):
        if each.outcome == "refused":
            name = each.cds_id or (f"document {number}" if len(taken) > 1 else "")
            result["refused"].append({"id": name, "why": each.why})
        else:
            result[each.outcome].append(each.cds_id)
        if each.left_out:
            result["left_out"][each.cds_id] = list(each.left_out)
    click.echo(json.dumps(result, indent=1))


@group.command("media")
def media_command() -> None:
    """Have a worker make what is missing of pictures and recordings, and print what is missing."""
    many = make_missing()
    click.echo(f"{many} to be made.")
    for line in files_missing():
        click.echo(line)
