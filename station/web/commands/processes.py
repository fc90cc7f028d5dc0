"""The processes of a running station, as command lines. Station starts Celery; it never imports it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from config import ROOT, Settings
from station.core.outbox import Queue
from station.payments.policies import FOLDED

QUEUES = ",".join(queue.value for queue in Queue)


@dataclass(frozen=True)
class Command:
    """A process: its name, its arguments after the interpreter, and what it needs in its environment."""

    name: str
    arguments: Sequence[str]
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def argv(self) -> list[str]:
        return [sys.executable, *self.arguments]

    @property
    def env(self) -> dict[str, str]:
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1", **dict(self.environment)}

    def replace_this_process(self) -> None:
        """Become this process, in the project's folder."""
        os.chdir(ROOT)
        os.execve(sys.executable, self.argv, self.env)  # noqa: S606  # no shell is wanted


def web(settings: Settings) -> Command:
    return Command(
        "web",
        (
            "-m",
            "gunicorn",
            "wsgi:app",
            "--bind",
            f"{settings.host}:{settings.port}",
            "--worker-class",
            "gthread",
            "--workers",
            str(settings.web_workers),
            "--threads",
            "4",
            "--preload",
            "--no-control-socket",
            "--graceful-timeout",
            "30",
            "--log-level",
            "warning",
        ),
    )


def worker(settings: Settings, queues: str = QUEUES) -> Command:
    """A Celery worker of some queues. SIGTERM is a soft shutdown: what runs may end, within its time."""
    quiet = () if settings.production else (("PYTHONWARNINGS", "ignore:You're running the worker"),)
    return Command(
        "worker",
        (
            "-m",
            "celery",
            "--quiet",
            "-A",
            "worker.app",
            "worker",
            "--pool",
            "prefork",
            "--concurrency",
            str(settings.worker_processes),
            "--queues",
            queues,
            "--loglevel",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ),
        (("REMAP_SIGTERM", "SIGQUIT"), *quiet),
    )


def beat() -> Command:
    return Command(
        "beat",
        (
            "-m",
            "celery",
            "--quiet",
            "-A",
            "worker.app",
            "beat",
            "--scheduler",
            "worker.beat:LeasedScheduler",
            "--pidfile=",
            "--loglevel",
            "INFO",
        ),
    )


def relay() -> Command:
    return Command("relay", ("-m", "worker.relay"))


def sandbox(settings: Settings) -> Command | None:
    """The stand-in for Stripe; None where another address, or Stripe itself, is set."""
    port = sandbox_port(settings)
    if port is None:
        return None
    return Command(
        "sandbox",
        (
            "-m",
            "sandbox.stripe",
            "--port",
            str(port),
            "--state",
            str(settings.home / "stripe-sandbox.json"),
            "--webhook-url",
            f"http://{_reachable(settings.host)}:{settings.port}/hooks/stripe",
            "--webhook-secret",
            settings.stripe_webhook_secret,
            "--webhook-events",
            ",".join(FOLDED),
            "--public-url",
            settings.stripe_api_base,
        ),
    )


def mailbox(settings: Settings) -> Command | None:
    """The local mailbox; None where a mail server is set."""
    if not settings.mailbox:
        return None
    return Command(
        "mailbox",
        (
            "-m",
            "sandbox.mailbox",
            "--smtp-port",
            str(settings.mail_port),
            "--web-port",
            str(mailbox_port(settings)),
            "--folder",
            str(settings.home / "mailbox"),
        ),
    )


def sandbox_port(settings: Settings) -> int | None:
    """The sandbox's port, when STRIPE_API_BASE is an address of this machine."""
    base = urlsplit(settings.stripe_api_base)
    return base.port if base.scheme == "http" and base.hostname in ("127.0.0.1", "localhost") else None


def mailbox_port(settings: Settings) -> int:
    """The port of the mailbox's web page."""
    return settings.mail_port + 1


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104  # compared, not listened on
