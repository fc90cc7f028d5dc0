"""A pledge from the form to its receipt, all of it on this machine: how many a second, and what one of them costs.

Donors post the form, are sent to the sandbox's page and pay there; the sandbox posts its events; relay, broker and
worker carry them; the receipt arrives in a mailbox. Every process runs as it runs live, and shares the cores with the
donors. What one pledge asks of the database and of Stripe is counted in this process, where each call can be seen.
"""

from __future__ import annotations

import http.client
import os
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa
from werkzeug.serving import make_server

from bench.plant import Plant, missing, parts, plant
from bench.registry import Result, measure
from sandbox.mailbox.testing import free_port, running_mailbox
from sandbox.stripe.testing import Handle, running_sandbox
from station.core.db import db
from station.payments.policies import FOLDED, HOOK
from station.web.commands import processes
from worker import jobs, tasks

PLEDGES, DONORS, LEAST_RATE = 120, 6, 8.0
LONGEST = 240.0
BROKER = os.environ.get("STATION_TEST_REDIS_URL", "redis://127.0.0.1:6379/5")
FACTS = {"amount": "10", "other_amount": "", "station": "news", "family_name": "Donor"}
FORM = "application/x-www-form-urlencoded"


@measure("pledges")
def pledges() -> list[Result]:
    """Pledges a second from the first form to the last receipt; CPU, SQL and Stripe calls of one."""
    if lacking := missing():
        sys.stdout.write(f"pledges: not measured, because this machine lacks {lacking}.\n")
        return []
    return [*_end_to_end(), *_counted()]


def _end_to_end() -> list[Result]:
    port = free_port()
    with plant(
        STATION_PORT=str(port),
        STATION_PROXIES="1",  # each donor has a network address of their own
        SCREENING_SECONDS="0",  # and fills the form in no time
        STRIPE_API_BASE=f"http://127.0.0.1:{free_port()}",
        MAIL_PORT=str(free_port()),
        CELERY_BROKER_URL=BROKER,
    ) as house:
        _start(house)
        _through(house, range(DONORS))  # the first ones only warm up
        donors = range(DONORS, DONORS + PLEDGES)
        before = house.cpu()
        lasted = _through(house, donors)
        spent = parts(before, house.cpu(), PLEDGES)
    rate = PLEDGES / lasted
    told = ", ".join(f"{name} {ms:.0f}" for name, ms in sorted(spent.items(), key=lambda row: -row[1]))
    return [
        Result(
            "pledges from form to receipt",
            round(rate, 2),
            "a second",
            spread=f"{PLEDGES} by {DONORS} donors at once",
            bar=f">= {LEAST_RATE:g}",
            met=rate >= LEAST_RATE,
        ),
        Result("pledge, CPU of all processes", round(sum(spent.values()), 1), "ms", spread=told),
    ]


def _start(house: Plant) -> None:
    settings = house.settings
    sandbox, mailbox = processes.sandbox(settings), processes.mailbox(settings)
    assert sandbox is not None  # both addresses are this machine's
    assert mailbox is not None
    house.start(sandbox, processes.sandbox_port(settings))
    house.start(mailbox, settings.mail_port)
    house.start(processes.web(settings), settings.port)
    house.start(processes.worker(settings))
    house.start(processes.relay())


def _through(house: Plant, donors: range) -> float:
    """Each donor gives; returns the seconds from the first form that is sent to the last receipt that arrives."""
    arrived = len(_receipts(house))
    with ThreadPoolExecutor(DONORS) as pool:
        forms = list(pool.map(lambda number: _opened(house, number), donors))
        began = time.monotonic()
        list(pool.map(lambda number, form: _give(house, number, form), donors, forms))
    while len(_receipts(house)) < arrived + len(donors):
        if time.monotonic() > began + LONGEST:
            raise RuntimeError(f"{len(_receipts(house)) - arrived} of {len(donors)} receipts came in {LONGEST:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - began


def _receipts(house: Plant) -> list[str]:
    return [name for name in os.listdir(house.folder / "mailbox") if name.endswith(".eml")]


def _opened(house: Plant, number: int) -> dict[str, str]:
    """The fields that the form of a donor sends, filled in."""
    status, _, page = _ask(house.settings.port, "GET", "/give", number)
    if status != 200:
        raise RuntimeError(f"the form answers {status}")
    return _filled(page, number, "once")


def _give(house: Plant, number: int, form: dict[str, str]) -> None:
    """Send the form and pay on the page that it leads to. Raises RuntimeError when either is refused."""
    status, where, page = _ask(house.settings.port, "POST", "/give", number, form)
    found = re.search(r"cs_\w+", where)
    if status != 303 or not found:
        raise RuntimeError(f"the form answers {status}: {page[:300]}")
    stripe = urlsplit(house.settings.stripe_api_base).port or 0
    status, _, said = _ask(stripe, "POST", f"/_sandbox/pay/{found[0]}", number, {"email": form["email"]})
    if status != 200:
        raise RuntimeError(f"the payment page answers {status}: {said[:300]}")


def _ask(port: int, method: str, path: str, number: int, form: dict[str, str] | None = None) -> tuple[int, str, str]:
    """One request of a donor; status, Location and body."""
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "http", "Sec-Fetch-Site": "same-origin"}
    headers |= {"Content-Type": FORM} if form else {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location", ""), answer.read().decode()
    finally:
        connection.close()


class _Hidden(HTMLParser):
    """The hidden fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "input" and known.get("type") == "hidden":
            self.fields[known.get("name") or ""] = known.get("value") or ""


def _filled(page: str, number: int, frequency: str) -> dict[str, str]:
    hidden = _Hidden()
    hidden.feed(page)
    who = {"given_name": f"Donor {number}", "email": f"donor{number}@example.org", "frequency": frequency}
    return {**hidden.fields, **FACTS, **who}


# What one pledge asks ---------------------------------------------------------------------------------------------


def _counted() -> list[Result]:
    """SQL statements and Stripe calls of one pledge of each kind, by where they are made; a first one warms up."""
    port = free_port()
    url = f"http://127.0.0.1:{port}{HOOK}"
    with (
        running_sandbox(deliver="manual", webhook_url=url, webhook_events=tuple(FOLDED)) as sandbox,
        tempfile.TemporaryDirectory(prefix="station-bench-") as folder,
        running_mailbox(Path(folder)) as mailbox,
        plant(
            STATION_PORT=str(port), STRIPE_API_BASE=sandbox.url, MAIL_PORT=str(mailbox.port), SCREENING_SECONDS="0"
        ) as house,
    ):
        server = make_server("127.0.0.1", port, house.app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tasks.load()
        with house.app.app_context():
            told = [_asked(house, sandbox, number, kind) for number, kind in enumerate(("once", "once", "month"))]
            db.session.remove()
        if len(mailbox.stored) != len(told):
            raise RuntimeError(f"{len(mailbox.stored)} receipts came for {len(told)} pledges")
        server.shutdown()
    return [*told[1], *told[2]]


def _asked(house: Plant, sandbox: Handle, number: int, frequency: str) -> list[Result]:
    asked, where, before = Counter[str](), [""], len(sandbox.requests)

    def count(*_: object) -> None:
        asked.update(where)

    sa.event.listen(db.engine, "before_cursor_execute", count)
    _one(house, sandbox, number, frequency, where)
    sa.event.remove(db.engine, "before_cursor_execute", count)
    calls = Counter("reads" if r["method"] == "GET" else "writes" for r in sandbox.requests[before:])
    by_step = ", ".join(f"{step} {many}" for step, many in asked.items())
    kinds = ", ".join(f"{many} {kind}" for kind, many in calls.items())
    name = {"once": "pledge once", "month": "pledge monthly"}[frequency]
    return [
        Result(f"{name}, SQL statements", asked.total(), "", spread=by_step),
        Result(f"{name}, Stripe calls", calls.total(), "", spread=kinds, bar="reads <= 2", met=calls["reads"] <= 2),
    ]


def _one(house: Plant, sandbox: Handle, number: int, frequency: str, where: list[str]) -> None:
    where[0] = "form"
    _, _, page = _ask(house.settings.port, "GET", "/give", number)
    where[0] = "sending it"
    status, url, said = _ask(house.settings.port, "POST", "/give", number, _filled(page, number, frequency))
    found = re.search(r"cs_\w+", url)
    if not found:
        raise RuntimeError(f"the form answers {status}: {said[:300]}")
    sandbox.pay(found[0])
    where[0] = "events"
    sandbox.deliver_now()
    where[0] = "jobs"
    db.session.rollback()
    jobs.run_due()
