"""How many messages a second one worker process renders and hands over, what each asks of the database, and memory.

A message is queued (rendered, styles inlined, one row) and then sent by the pump of bulk mail over real SMTP to a
sink in a process of its own. SQLite with every commit on disk; with STATION_TEST_DATABASE_URL a PostgreSQL server.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.registry import Result, measure
from sandbox.mailbox.testing import free_port

ROUNDS, EACH = 7, 400
FEW, MANY = 10_000, 40_000
LEAST, MOST_GROWTH = 80, 1.15


@measure("mail")
def mail() -> list[Result]:
    """Messages a second, and the time, SQL and CPU of each."""
    told = _run(["rounds"])
    rates, queued, sent = told["rates"], median(told["queued"]), median(told["sent"])
    return [
        Result(
            "mail, rendered and handed over",
            round(median(rates), 1),
            "messages a second",
            spread=f"{min(rates):.0f} to {max(rates):.0f}",
            bar=f">= {LEAST}",
            met=median(rates) >= LEAST,
        ),
        Result(
            "mail, rendered and queued",
            round(queued, 2),
            "ms a message",
            spread=f"{told['queued_sql']:.1f} statements",
        ),
        Result("mail, handed over", round(sent, 2), "ms a message", spread=f"{told['sent_sql']:.1f} statements"),
        Result("mail, CPU of the worker process", round(median(told["cpu"]), 2), "ms a message"),
    ]


@measure("mail-memory")
def mail_memory() -> list[Result]:
    """The largest memory of a process that queues and sends so many, which must not follow how many there are."""
    few, many = (_run(["memory", str(count)])["peak"] for count in (FEW, MANY))
    return [
        Result(
            f"mail, memory for {MANY:,} recipients",
            round(many / 1e6, 1),
            "MB at most",
            round(few / 1e6, 1),
            round(many / few, 3),
            f"baseline: {FEW:,} recipients",
            f"ratio <= {MOST_GROWTH}",
            many / few <= MOST_GROWTH,
        )
    ]


def _run(words: list[str]) -> dict[str, Any]:
    """Measure in a process of its own; what it found."""
    with tempfile.TemporaryDirectory(prefix="station-bench-") as folder:
        port = free_port()
        sink = subprocess.Popen([sys.executable, "-m", "bench.mail_sink", str(port)])
        try:
            script = [sys.executable, "-m", "bench.mail_worker", folder, str(port), *words]
            done = subprocess.run(script, capture_output=True, text=True, check=False, env=_environ())
        finally:
            sink.kill()
            sink.wait()
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return dict(json.loads(done.stdout.splitlines()[-1]))


def _environ() -> dict[str, str]:
    ours = ("STATION_", "STRIPE_", "MAIL_", "DATABASE_", "CELERY_", "SCREENING_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[1]), "BENCH_DATABASE": _database()}


def _database() -> str:
    return os.environ.get("STATION_TEST_DATABASE_URL", "")


def wait_for(port: int) -> None:
    """Until the sink listens."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the sink does not listen")
