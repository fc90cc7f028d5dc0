"""Commands of the mail room: stop, resume, report, and the drawing of the states."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from config import ROOT
from station.core.actor import COMMAND
from station.mail import policies, queries, services
from station.mail.models import MailState, StopScope, Stream

PAGE = ROOT / "docs" / "mail" / "states.md"
SCOPE = click.Choice([scope.value for scope in StopScope])


@click.command("stop")
@click.option("--what", type=SCOPE, default=StopScope.APPEALS.value, show_default=True)
@click.option("--reason", required=True, help="Why, for whoever finds the stop.")
@with_appcontext
def stop_command(what: str, reason: str) -> None:
    """Stop mail: nothing is handed over from the next message on, in any process."""
    try:
        services.stop(StopScope(what), reason, COMMAND)
    except services.NoReason as refusal:
        raise click.ClickException("Say why, for whoever finds the stop.") from refusal
    click.echo(f"Stopped ({what}). To go on: station mail resume --what {what}")


@click.command("resume")
@click.option("--what", type=SCOPE, default=StopScope.APPEALS.value, show_default=True)
@with_appcontext
def resume_command(what: str) -> None:
    """Let mail go out again."""
    done = services.resume(StopScope(what), COMMAND)
    click.echo("Mail goes out again." if done else f"There is no such stop ({what}).")


@click.command("report")
@with_appcontext
def report_command() -> None:
    """How mail stands: states, what nobody knows, what waits for whom. Exit code 1 while something is stopped."""
    counts, unsure = queries.counts(), queries.unsure()
    click.echo("".join(f"{state.value:<10} {counts.get(state, 0):>9,}\n" for state in MailState))
    click.echo(f"A worker died with a message in hand   {unsure.died:>9,}")
    click.echo(f"A connection ended after the text      {unsure.dropped:>9,}")
    click.echo(f"Sent again for that                    {unsure.repeats:>9,}")
    click.echo(f"Of which nobody knows                  {unsure.open:>9,}\n")
    for each in queries.backlog():
        pause = f"  waits until {each.paused_until:%H:%M} UTC ({each.last_answer})" if each.paused_until else ""
        click.echo(f"{each.provider:<10} {each.waiting:>9,} waiting, {each.per_minute:,} a minute{pause}")
    for stream in Stream:
        click.echo(f"{stream.value:<10} {queries.waiting(stream):>9,} waiting")
    stops = queries.stops()
    for stop in stops:
        click.echo(
            f"STOPPED ({stop.scope.value}) since {stop.stopped_at:%Y-%m-%d %H:%M} UTC: {stop.reason}", err=True
        )
    if stops:
        raise SystemExit(1)


@click.command("graph")
@click.option("--write", is_flag=True, help="Write docs/mail/states.md instead of printing.")
def graph_command(write: bool) -> None:
    """Draw the states of a message (Markdown with mermaid)."""
    if write:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(policies.draw(), encoding="utf-8")
        click.echo("docs/mail/states.md is drawn.")
    else:
        click.echo(policies.draw(), nl=False)
