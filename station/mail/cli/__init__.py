"""Commands about mail."""

from __future__ import annotations

import click

from station.mail.cli.control import graph_command, report_command, resume_command, stop_command
from station.mail.cli.returning import inbound_command, suppress_command


@click.group("mail")
def group() -> None:
    """Mail: how it stands, its emergency stop, what comes back, and whom nothing is sent to."""


for command in (graph_command, report_command, resume_command, stop_command, inbound_command, suppress_command):
    group.add_command(command)
