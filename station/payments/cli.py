"""Commands about payments."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from config import ROOT
from station.core import fingerprint
from station.core.actor import COMMAND
from station.core.runtime import settings
from station.payments import gateway, policies
from station.payments.services import StripeRefused, StripeUnavailable, accept_environment, check_open_payments
from station.payments.services.deposits import comparing, reconciling, sweeps
from station.payments.services.deposits.reconciling import Reconciled

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


@click.group("fingerprint")
def fingerprint_group() -> None:
    """Which environment the database belongs to. A copy of it elsewhere neither charges nor writes to anybody."""


@fingerprint_group.command("show")
@with_appcontext
def show_fingerprint() -> None:
    """Print the database's environment and this one. Exit code 1 when money calls and mail are held."""
    mark, here = fingerprint.stored(), fingerprint.present()
    click.echo(f"The database  {mark or 'has no mark yet: the first process that acts for it leaves one'}")
    click.echo(f"This process  {here}")
    if mark and (reason := fingerprint.difference(mark, here)):
        raise click.ClickException(reason)
    if mark and mark.base_url != here.base_url:
        click.echo("The address differs, which holds nothing: a site may move.")
    click.echo("They belong together: money calls and mail leave.")


@fingerprint_group.command("accept")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def accept_fingerprint(yes: bool) -> None:
    """Say that the database belongs to this environment from now on: money calls and mail leave again."""
    mark, here = fingerprint.stored(), fingerprint.present()
    click.echo(f"The database was that of {mark or 'nobody yet'}.\nFrom now on it is that of {here}.")
    click.echo("Letters that wait in it go out, and Stripe is asked for the payments in it, with this key.")
    if not yes:
        click.confirm("Is this meant?", abort=True)
    try:
        accept_environment(COMMAND)
    except (gateway.StripeUnavailable, gateway.StripeRefused) as error:
        raise click.ClickException(str(error)) from error
    click.echo("Accepted.")


@group.command("reconcile")
@click.option("--payout", help="One payout, by its id at Stripe (po_…); also one that no event has told of.")
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON, amounts in cents.")
@with_appcontext
def reconcile_command(payout: str | None, as_json: bool) -> None:
    """Read the lines of payouts, tie each to a row of ours, and say what came of it.

    Without --payout: those of the last 35 days, and any that are not settled.
    """
    try:
        found = [reconciling.reconcile_named(payout, COMMAND)] if payout else reconciling.reconcile_payouts(COMMAND)
    except (StripeRefused, StripeUnavailable) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps([_plain(each) for each in found], indent=2))
        return
    for each in found:
        mended = f", {each.mended} lost and booked now" if each.mended else ""
        click.echo(f"{each.stripe_id}  {each.state:<10}  {each.amount}  {each.lines} line(s){mended}: {each.said}")
    click.echo(f"{len(found)} payout(s) looked at, {sum(not each.reconciled for each in found)} not reconciled.")


def _plain(each: Reconciled) -> dict[str, object]:
    return {
        "payout": each.stripe_id,
        "state": each.state.value,
        "amount_cents": each.amount.cents,
        "currency": each.amount.currency,
        "lines": each.lines,
        "unmatched": each.unmatched,
        "mended": each.mended,
        "reconciled": each.reconciled,
        "said": each.said,
    }


@group.command("sweep")
@with_appcontext
def sweep_command() -> None:
    """Look at Stripe for events and money that nobody told us of, as the schedule does."""
    try:
        done = (sweeps.sweep_events(COMMAND), sweeps.sweep_lines(COMMAND))
    except StripeUnavailable as error:
        raise click.ClickException(str(error)) from error
    for each in done:
        click.echo(f"{each.kind.value}: {each.looked} looked at, {each.found} found, {each.mended} mended")
        click.echo("".join(f"  {note}\n" for note in each.notes), nl=False)


@group.command("compare")
@with_appcontext
def compare_command() -> None:
    """Compare Stripe's balance with the ledger, to the cent; fails when they differ. The first time, what
    stood at Stripe before Station's first call is taken as the opening balance."""
    try:
        done = comparing.compare_with_stripe(COMMAND)
    except StripeUnavailable as error:
        raise click.ClickException(str(error)) from error
    for name in ("stripe", "ledger", "moving", "in_flight", "difference"):
        click.echo(f"{name:<12}{done.numbers[name] / 100:>14,.2f}")
    click.echo("".join(f"in flight: {note}\n" for note in done.numbers["named"]), nl=False)
    click.echo("".join(f"{note}\n" for note in done.notes), nl=False)
    if done.notes:
        raise click.ClickException("Stripe's view and ours differ.")
