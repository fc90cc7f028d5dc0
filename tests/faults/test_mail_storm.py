"""Thousands of messages while workers are killed and the mail server misbehaves: everybody gets theirs, once.

STORM_MAILS (1,000) is how many, STORM_SEED (1) which. What cannot be known is not guessed away: a worker that dies
with a message in hand, and a connection that ends after the text went over it, are the two cases of that kind.
Both are counted, a receipt then goes out again under its Message-ID, an appeal does not, and the server's own file is
the truth that the books are held against.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config import ROOT
from sandbox.mailbox.testing import free_port
from station.accounts.models import WorkItem
from station.core import clock
from station.core.db import db, transaction
from station.core.outbox import JobState, Outbox
from station.licensee.queries import the_licensee
from station.mail import queries
from station.mail.models import MailState, OutgoingMail, Stream
from station.mail.policies import REPEATS
from station.mail.render import Rendered
from station.mail.services import Addressed, write
from tests.conftest import MEASURED
from tests.faults.brokers import OF_THIS_DATABASE, wait_for_port
from tests.faults.plant import LEASE, Plant
from tests.faults.rough_server import fate_of

MANY, SEED = int(os.environ.get("STORM_MAILS", "1000")), int(os.environ.get("STORM_SEED", "1"))
KILLS = max(6, MANY // 250)
PROCESSES = 2  # of a worker, each with one message in hand
SUPPRESSED = 50  # every so many addresses is one that nobody may write to
OPEN = (MailState.QUEUED, MailState.IN_FLIGHT)
PROVIDERS = ("gmail.com", "yahoo.com", "outlook.com", "example.org")


@dataclass
class Server:
    """The mail server's process, and what it wrote down."""

    port: int
    log: Path

    def lines(self, what: str) -> list[dict[str, Any]]:
        told = (
            [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
            if self.log.exists()
            else []
        )
        return [line for line in told if line["what"] == what]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(free_port(), tmp_path / "accepted.jsonl")
    words = ["--port", str(made.port), "--seed", str(SEED), "--log", str(made.log)]
    process = subprocess.Popen([sys.executable, "-m", "tests.faults.rough_server", *words], cwd=ROOT)
    wait_for_port(made.port)
    yield made
    process.kill()
    process.wait(10)


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("broker", [OF_THIS_DATABASE[-1]], indirect=True)
def test_thousands_of_messages_in_a_storm(
    plant: Plant, server: Server, record_property: Callable[[str, object], None]
) -> None:
    begun = time.monotonic()
    plant.environ |= {
        "MAIL_HOST": "127.1",  # no name of the local mailbox: MAIL_ONLY_TO holds, as in a copied database
        "MAIL_PORT": str(server.port),
        "MAIL_ONLY_TO": ",".join(PROVIDERS),
        "MAIL_RATES": "other 600000 5",
        "MAIL_BULK_PROCESSES": str(PROCESSES - 1),
        "STATION_WORKER_PROCESSES": str(PROCESSES),
        "STATION_TEST_POINTS": "1",
    }
    write_everything()
    plant.start("relay", "worker", "beat")
    kills = strike(plant, server)
    settle(plant)
    numbers = reckon(server)
    record_property(
        MEASURED,
        f"mail storm on {OF_THIS_DATABASE[-1]}: seed {SEED}, {MANY} messages, {len(kills)} kills, {numbers}; "
        f"{time.monotonic() - begun:.0f} s; killed: {'; '.join(kills)}",
    )
    assert wrong(server) == []
    assert plant.jobs(JobState.DEAD) == 0
    assert_bounded(server, len(kills))


def address(number: int) -> str:
    domain = "suppressed.example.net" if number % SUPPRESSED == 0 else PROVIDERS[number % len(PROVIDERS)]
    return f"donor{number}@{domain}"


def stream(number: int) -> Stream:
    return (Stream.APPEALS, Stream.RECEIPTS, Stream.APPEALS, Stream.NOTICES, Stream.APPEALS)[number % 5]


def write_everything() -> None:
    """Every message as a service would queue it: row and job in one transaction, some hundreds at a time."""
    foot = "\n".join(the_licensee().address_lines)
    for first in range(0, MANY, 250):
        with transaction():
            for number in range(first, min(MANY, first + 250)):
                link = f"http://127.0.0.1/mail/unsubscribe/{number}"
                text = f"Hello {number}\n.\n{link}\n{foot}\n"
                letter = Rendered(f"Letter {number}", text, f"<p>{text}</p>")
                of = stream(number)
                more = {"topic": "renewals", "unsubscribe_url": link} if of.is_commercial else {}
                write(Addressed("storm", str(number), of, None, f"Donor {number}", address(number), letter, **more))


def strike(plant: Plant, server: Server) -> list[str]:
    """Kill the worker again and again while there is mail; returns what its processes were doing."""
    chance, kills = random.Random(SEED), []
    for number in range(1, KILLS + 1):
        reached = number * MANY * 0.8 / KILLS - chance.uniform(0, MANY * 0.4 / KILLS)
        wait_until_named(plant, server, reached)
        time.sleep(chance.uniform(0, 0.2))
        kills.append(f"worker at {', '.join(plant.reached('worker')) or 'its start'}")
        plant.kill("worker")
        plant.start("worker")
    return kills


def wait_until_named(plant: Plant, server: Server, many: float) -> None:
    """Until the server has heard of so many addresses. Where it stalls, time goes thirty times as fast: leases of
    the dead end. No more than that: a busy machine has a message in hand for seconds, and its lease must not end."""
    end, heard = time.monotonic() + 300, -1
    while (now := len(server.lines("named"))) < many:
        assert time.monotonic() < end, f"{now} of {many}\n{plant.unfinished()[:5]}"
        if now == heard:  # while mail goes out, haste would only ring for it again
            plant.pass_time(15)
        heard = now
        time.sleep(0.5)


def settle(plant: Plant) -> None:
    """Let time pass until nothing is under way any more. Nobody does anything: the house goes on by itself."""
    for _ in range(60):
        plant.wait(lambda: not due_now(), "mail room that has done what was due", 60 + MANY / 5)
        if not under_way():
            return
        plant.pass_time(LEASE)
        plant.wait(lambda: not expired(), "relay that has swept", 60)
        plant.wait(lambda: not due_now(), "mail room that has done what was due", 60 + MANY / 5)
        plant.pass_time(1300)
    raise AssertionError(f"still under way: {under_way()}\n{plant.unfinished()[:5]}")


def due_now() -> int:
    """Jobs that are due or in hand; those of the dead are due again only when their lease has run out."""
    now = clock.now()
    ready = sa.and_(Outbox.state == JobState.READY, Outbox.run_at <= now)
    running = sa.and_(Outbox.state == JobState.RUNNING, Outbox.leased_until > now)
    found = db.session().scalar(
        sa.select(sa.func.count()).where(Outbox.job.startswith("mail."), sa.or_(ready, running))
    )
    db.session().rollback()
    return found or 0


def expired() -> int:
    """Jobs of the dead that the relay has not found yet: it looks every five seconds by the real clock."""
    gone = sa.and_(Outbox.state == JobState.RUNNING, Outbox.leased_until <= clock.now())
    found = db.session().scalar(sa.select(sa.func.count()).where(Outbox.job.startswith("mail."), gone))
    db.session().rollback()
    return found or 0


def under_way() -> int:
    again = (
        OutgoingMail.state == MailState.UNKNOWN,
        OutgoingMail.stream != Stream.APPEALS,
        OutgoingMail.repeats < REPEATS,
    )
    either = sa.or_(OutgoingMail.state.in_(OPEN), sa.and_(*again))
    found = db.session().scalar(sa.select(sa.func.count()).where(either))
    db.session().rollback()
    return found or 0


def rows() -> list[OutgoingMail]:
    found = list(db.session().scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == "storm")))
    db.session().rollback()
    return found


def wrong(server: Server) -> list[str]:
    """Every message whose end in the books is not what the server saw."""
    accepted: dict[str, list[str]] = defaultdict(list)
    for line in server.lines("accepted"):
        accepted[line["to"]].append(line["message_id"])
    named = {line["to"] for line in server.lines("named")}
    found = []
    for row in rows():
        seen, unsure = accepted[row.recipient], row.died + row.dropped
        good = {
            MailState.SENT: 1 <= len(seen) <= 1 + row.repeats and (unsure > 0 or len(seen) == 1),
            MailState.UNKNOWN: unsure > 0 and len(seen) <= 1 + row.repeats,
            MailState.BOUNCED: fate_of(SEED, row.recipient) == "gone" and not seen,
            MailState.FAILED: fate_of(SEED, row.recipient) in ("policy", "too_large") and not seen,
            MailState.WITHHELD: row.recipient not in named,
        }.get(row.state, False)
        good = good and set(seen) <= {row.message_id}
        good = good and (row.state is MailState.WITHHELD) == row.recipient.endswith("example.net")
        if row.stream is Stream.APPEALS:
            good = good and len(seen) <= 1 and row.repeats == 0 and row.attempts >= unsure
        if not good:
            found.append(
                f"{row.recipient} {row.stream} {row.state}: seen {len(seen)}, died {row.died}, "
                f"dropped {row.dropped}, repeats {row.repeats}, tries {row.attempts}, {row.last_error}"
            )
    return found


def assert_bounded(server: Server, kills: int) -> None:
    """Both cases in which nobody knows are counted and bounded; what waits for a person says so."""
    told, drops = queries.unsure(), server.lines("dropped")
    accepted = Counter(line["to"] for line in server.lines("accepted"))
    doubled = sum(many - 1 for many in accepted.values())
    assert told.died <= kills * PROCESSES
    assert len(drops) - told.died <= told.dropped <= len(drops)
    assert doubled <= told.repeats <= told.died + told.dropped
    unknown = [row for row in rows() if row.state is MailState.UNKNOWN]
    assert told.open == len(unknown)
    assert all(row.stream is Stream.APPEALS or row.repeats == REPEATS for row in unknown)
    work = set(db.session().scalars(sa.select(WorkItem.kind)))
    states = {row.state for row in rows() if row.stream is not Stream.APPEALS}
    assert ("mail.failed" in work) == (MailState.BOUNCED in states)
    assert ("mail.policy" in work) == any(fate_of(SEED, row.recipient) == "policy" for row in rows())


def reckon(server: Server) -> str:
    told, states = queries.unsure(), Counter(row.state.value for row in rows())
    lasts = ", ".join(f"{state} {many}" for state, many in sorted(states.items()))
    return (
        f"{lasts}; a worker died with {told.died} in hand, {told.dropped} connections ended after the text, "
        f"{told.repeats} went out again, {len(server.lines('accepted'))} accepted"
    )
