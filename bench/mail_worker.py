"""The measured process: queues and sends bulk mail as a worker does. `python -m bench.mail_worker HOME PORT …`

rounds          so many messages in each of some rounds
memory COUNT    one lot, and the most memory that this process ever had
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from uuid import uuid4

import flask_migrate
import sqlalchemy as sa

from bench.house import LICENSEE, STATIONS
from bench.mail import EACH, ROUNDS, wait_for
from config import Settings
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.licensee.queries import the_licensee
from station.licensee.services import establish
from station.mail import queries
from station.mail.models import MailState, Stream
from station.mail.render import Rendered, render
from station.mail.services import Addressed, write
from station.web.app import create_app
from worker import jobs, tasks

BLOCK = 200  # messages a transaction when they are queued


def one(number: int) -> Addressed:
    """A message as a mailing would write it: rendered for its recipient, with the foot that the law wants."""
    link, where = f"http://127.0.0.1/mail/unsubscribe/{number}", the_licensee().address_lines
    context = {"name": f"Ana Peña {number}", "link": f"http://127.0.0.1/give?source={number}", "purpose": "join"}
    letter = render("mail/notices/invitation", context)
    foot = f'<p><a href="{link}">{link}</a><br>{"<br>".join(where)}</p></body>'
    letter = Rendered(letter.subject, "\n".join([letter.text, link, *where]), letter.html.replace("</body>", foot))
    to, key = f"ana{number}@example.org", f"{number}:{uuid4().hex}"
    return Addressed(
        "bench", key, Stream.APPEALS, None, f"Ana {number}", to, letter, topic="drives", unsubscribe_url=link
    )


def queue(many: int) -> None:
    for first in range(0, many, BLOCK):
        with transaction():
            for number in range(first, min(many, first + BLOCK)):
                write(one(number))
        db.session.remove()


def send() -> None:
    while queries.waiting(Stream.APPEALS):
        db.session.remove()
        jobs.run_due()
    if set(queries.counts()) != {MailState.SENT}:
        raise RuntimeError(f"not all were sent: {queries.counts()}")
    db.session.remove()


def rounds() -> dict[str, object]:
    statements = [0]
    sa.event.listen(db.engine, "before_cursor_execute", lambda *_: statements.__setitem__(0, statements[0] + 1))
    rates, queued, sent, cpu, counted = [], [], [], [], {"queued": 0, "sent": 0}
    for number in range(-1, ROUNDS):  # the first one only warms up
        began, spent, statements[0] = time.perf_counter(), time.process_time(), 0
        queue(EACH)
        middle, counted["queued"], statements[0] = time.perf_counter(), statements[0], 0
        send()
        end, counted["sent"] = time.perf_counter(), statements[0]
        if number >= 0:
            rates.append(EACH / (end - began))
            cpu.append((time.process_time() - spent) / EACH * 1000)
            queued.append((middle - began) / EACH * 1000)
            sent.append((end - middle) / EACH * 1000)
    return {
        "rates": rates,
        "queued": queued,
        "sent": sent,
        "cpu": cpu,
        "queued_sql": counted["queued"] / EACH,
        "sent_sql": counted["sent"] / EACH,
    }


def memory(many: int) -> dict[str, object]:
    queue(many)
    send()
    return {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """SQLite in the home, or a database of its own on the server that is named."""
    if not environ.get("BENCH_DATABASE", "").startswith("postgresql"):
        yield {}
        return
    url, name = sa.make_url(environ["BENCH_DATABASE"]), f"station_bench_{uuid4().hex[:10]}"
    server = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield {"DATABASE_URL": url.set(database=name).render_as_string(hide_password=False)}
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def main(home: str, port: str, *words: str) -> None:
    logging.disable(logging.INFO)
    wait_for(int(port))
    given = {"STATION_HOME": home, "STATION_MODE": "test", "MAIL_PORT": port, "MAIL_RATES": "other 900000 2"}
    with database() as more:
        app = create_app(Settings.from_env({**given, **more}))
        tasks.load()
        with app.app_context():
            flask_migrate.upgrade()
            establish(LICENSEE, STATIONS, COMMAND)
            told = rounds() if words[0] == "rounds" else memory(int(words[1]))
            db.session.remove()
            db.engine.dispose()
    sys.stdout.write(f"\n{json.dumps(told)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
