"""What must be so before a station can start: each thing that is not so is one clear line."""

from __future__ import annotations

import errno
import socket
import sqlite3
import sys
from collections.abc import Iterator

from config import Settings
from station.web.commands import processes

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 35, 0)  # UPDATE and DELETE … RETURNING


def problems(settings: Settings) -> list[str]:
    """Everything that stands in the way of `station run`."""
    return [*_versions(), *_mode(settings), *_ports(settings)]


def _versions() -> Iterator[str]:
    if sys.version_info[:2] < OLDEST_PYTHON:
        yield f"Python {sys.version.split()[0]} is too old; Station needs 3.11 or newer."
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield f"SQLite {sqlite3.sqlite_version} is too old; Station needs 3.35 or newer."


def _mode(settings: Settings) -> Iterator[str]:
    if settings.production:
        yield (
            "STATION_MODE: `station run` is for development. In production each process is started by itself: "
            "station worker, beat and relay, and gunicorn; deploy/ shows how."
        )


def _ports(settings: Settings) -> Iterator[str]:
    """Each port that somebody else listens on, with the setting that moves it."""
    wanted = [(settings.host, settings.port, "the site", "STATION_PORT")]
    if port := processes.sandbox_port(settings):
        wanted.append(("127.0.0.1", port, "the Stripe sandbox", "STRIPE_API_BASE or STATION_PORT"))
    if processes.mailbox(settings):
        for port, side in ((settings.mail_port, "SMTP"), (processes.mailbox_port(settings), "web")):
            wanted.append(("127.0.0.1", port, f"the mailbox ({side})", "MAIL_PORT or STATION_PORT"))
    for host, number, what, setting in wanted:
        if reason := _taken(host, number):
            yield f"Port {number} for {what} {reason}; set {setting} to move it."


def _taken(host: str, port: int) -> str:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return "is in use" if error.errno == errno.EADDRINUSE else f"cannot be opened ({error.strerror})"
    return ""
