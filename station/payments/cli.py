"""Commands about payments."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from config import ROOT
from station.payments import policies
from station.payments.services import check_open_payments

PAGE = ROOT / "docs" / "payments" / "states.md"


@click.group("payments")
def group() -> None:
    """Payments and Stripe."""


@group.command("graph")
@click.option("--write", is_flag=True, help="Write docs/payments/states.md instead of printing.")
def graph_command(write: bool) -> None:
    """Draw the states of a payment and of a subscription (Markdown with mermaid)."""
    if write:
        PAGE.write_text(policies.draw(), encoding="utf-8")
        click.echo("docs/payments/states.md is drawn.")
    else:
        click.echo(policies.draw(), nl=False)


@group.command("check")
@with_appcontext
def check_command() -> None:
    """Ask Stripe now about everything that has waited too long, as the schedule does every minute."""
    check_open_payments()
    click.echo("Asked. What Stripe does not explain is a work item at the desk.")
