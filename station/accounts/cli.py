"""Commands about staff: the first admin, and a way back in for someone who is locked out."""

from __future__ import annotations

import click

from station.accounts import queries, services
from station.accounts.models import Role
from station.core.actor import COMMAND
from station.core.db import transaction


@click.group("staff")
def group() -> None:
    """Who works at the desk."""


@group.command("add-admin")
@click.argument("email")
@click.argument("name")
def add_admin(email: str, name: str) -> None:
    """Add an admin and print the link by which they choose a password and a second factor."""
    if "@" not in email:
        raise click.ClickException(f"{email!r} is not an email address: station staff add-admin EMAIL NAME")
    try:
        with transaction():
            link = services.make_link(services.add_staff(name, email, [Role.ADMIN], COMMAND), "join")
    except services.EmailTaken as error:
        raise click.ClickException(f"{error} For a new link: station staff join-link {email}") from error
    click.echo(f"{name} joins the desk with this link, once, within three days:\n{link}")


@group.command("join-link")
@click.argument("email")
def join_link(email: str) -> None:
    """Print a fresh link for someone at the desk who cannot get in: a new password and a new second factor."""
    staff_id = queries.staff_id_of(email)
    if staff_id is None:
        raise click.ClickException(f"nobody at the desk has the address {email}")
    click.echo(services.hand_out_link(staff_id, "join", COMMAND))
