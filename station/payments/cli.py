"""Commands about payments."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from config import ROOT
from station.core.runtime import settings
from station.payments import gateway, policies
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


@group.command("webhook")
@click.option("--register", is_flag=True, help="Bring the endpoint at Stripe to this, or make it.")
@with_appcontext
def webhook_command(register: bool) -> None:
    """Show what Stripe's webhook endpoint must be: its address, version and events."""
    url = f"{settings().base_url}{policies.HOOK}"
    click.echo(f"Address      {url}\nAPI version  {gateway.API_VERSION}\nEvents")
    click.echo("".join(f"  {kind}\n" for kind in policies.FOLDED), nl=False)
    if register:
        try:
            made = gateway.register_webhook(url, list(policies.FOLDED))
        except (gateway.StripeRefused, gateway.StripeUnavailable) as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{made.id} is registered.")
        if made.secret:
            click.echo(f"Its secret is told this once. STRIPE_WEBHOOK_SECRET or …_NEXT: {made.secret}")
        for other in made.others:
            click.echo(f"{other} has the same address and another version: disable it once the new one is in use.")


@group.command("check")
@with_appcontext
def check_command() -> None:
    """Ask Stripe now about everything that has waited too long, as the schedule does every minute."""
    check_open_payments()
    click.echo("Asked. What Stripe does not explain is a work item at the desk.")
