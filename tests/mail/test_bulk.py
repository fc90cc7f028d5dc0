"""Bulk mail: the pump, the pace of providers, what keeps a message back, the emergency stop, what nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from sandbox.mailbox.testing import Mailbox
from station.accounts.models import WorkItem
from station.core import clock, runtime
from station.core import outbox as jobs_waiting
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.outbox import Outbox, Queue
from station.core.places import INVARIANTS
from station.licensee.queries import the_licensee
from station.mail import cli, gateway, policies, queries, services
from station.mail.models import MailProvider, MailState, OutgoingMail, StopScope, Stream
from station.mail.render import Rendered
from station.mail.services import Addressed, bulk, handing
from station.members.services import match_or_create
from tests.browsing import send
from tests.conftest import changed

RATES = "gmail 60 1, other 60000 2"


def appeal(number: int = 1, to: str = "", **changes: Any) -> UUID:
    link = f"http://localhost/mail/unsubscribe/{number}"
    text = "\n".join([f"Give, {number}", link, *the_licensee().address_lines, ""])
    letter = Rendered(f"Appeal {number}", text, f"<p>{text}</p>")
    mail = Addressed(
        "drive",
        str(number),
        Stream.APPEALS,
        None,
        "Ana",
        to or f"ana{number}@example.org",
        letter,
        topic="drives",
        unsubscribe_url=link,
    )
    with transaction():
        return services.write(replace(mail, **changes))


def notice(number: int = 1) -> UUID:
    letter = Rendered(f"Notice {number}", "Hello\n", "<p>Hello</p>")
    with transaction():
        return services.write(
            Addressed("test", str(number), Stream.NOTICES, None, "Ana", f"ana{number}@example.org", letter)
        )


def appeals(many: int, **changes: Any) -> list[UUID]:
    with transaction():
        return [appeal(number, **changes) for number in range(many)]


def row(mail_id: UUID) -> OutgoingMail:
    db.session.rollback()
    return db.session.get_one(OutgoingMail, mail_id)


def states() -> dict[str, int]:
    return {state.value: many for state, many in queries.counts().items()}


@contextmanager
def counted(*names: str) -> Iterator[dict[str, int]]:
    """How often each of these happens on the engine while the block runs."""
    count = dict.fromkeys(names, 0)
    listeners = {name: lambda *_, name=name: count.update({name: count[name] + 1}) for name in names}
    for name, listener in listeners.items():
        sa.event.listen(db.engine, name, listener)
    yield count
    for name, listener in listeners.items():
        sa.event.remove(db.engine, name, listener)


def test_appeals_leave_from_their_own_sender_and_by_one_job(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    appeals(45)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Outbox)) == 1
    outbox()
    assert states() == {"sent": 45}
    assert len({message["To"] for message in mailbox.messages}) == 45
    assert mailbox.messages[0]["From"] == "Desert Public Radio <friends@example.org>"
    assert "unsubscribe" in mailbox.messages[0]["List-Unsubscribe"]


def test_an_appeal_without_its_link_is_not_even_queued(app: Flask) -> None:
    with pytest.raises(policies.NotLawful), transaction():
        appeal(unsubscribe_url="")
    assert states() == {}


def test_what_a_letter_to_a_member_asks_of_the_database(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    """One transaction and a handful of statements: all of a block's other work is the same for few and for many."""
    for number in range(20):
        match_or_create("Ana", str(number), f"ana{number}@example.org", COMMAND)
    outbox()
    asked = []
    for numbers in (range(4), range(4, 8), range(8, 20)):  # what is done once only is done for the first ones
        with transaction():
            for number in numbers:
                appeal(number)
        with counted("before_cursor_execute", "commit") as count:
            outbox()
        asked.append(tuple(count.values()))
    assert states() == {"sent": 20}
    statements, commits = ((many - few) / 8 for few, many in zip(*asked[1:], strict=True))
    assert commits == 1
    assert statements == (9 if db.engine.dialect.name == "sqlite" else 8)


def test_what_cannot_be_built_any_more_is_not_sent_and_not_unknown(
    mailbox: Mailbox, outbox: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The licensee has moved since the appeal was queued: it shows an address that is ours no more."""
    appeals(2)
    moved = replace(the_licensee(), address_lines=("1 Elsewhere Street", "Reno, NV 89501"))
    monkeypatch.setattr(handing, "the_licensee", lambda: moved)
    outbox()
    assert states() == {"failed": 2}
    assert "cannot be built" in queries.messages().messages[0].last_error


def test_receipts_go_first(mailbox: Mailbox, outbox: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A receipt that comes while bulk mail goes out waits for one block, not for all of it."""
    appeals(60)
    real, seen = gateway.deliver, []

    def delivers(raw: bytes, sender: str, to_email: str) -> None:
        real(raw, sender, to_email)
        seen.append(sender)
        if len(seen) == 5:
            notice()

    monkeypatch.setattr(gateway, "deliver", delivers)
    outbox()
    assert seen.index("membership@example.org") <= bulk.BLOCK
    assert states() == {"sent": 61}


def test_a_provider_is_written_to_at_its_pace(
    mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    with changed(runtime.settings(), mail_rates=_rates(RATES)):
        with transaction():
            for number in range(40):
                appeal(number, to=f"ana{number}@{'gmail.com' if number % 2 else 'example.org'}")
        outbox()
        assert 30 <= states()["sent"] <= 32, "what was saved up in ten seconds, and what a second or two brings"
        before = states()["sent"]
        later(seconds=5)
        outbox()
        assert 5 <= states()["sent"] - before <= 7
        later(seconds=30)
        outbox()
        assert states() == {"sent": 40}


def test_receipts_are_taken_off_the_budget(
    mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    with changed(runtime.settings(), mail_rates=_rates("other 60 1")):
        appeal(99)
        outbox()
        later(minutes=5)
        for number in range(8):
            notice(number)
        outbox()
        appeals(9)
        outbox()
    assert 1 + 8 + 2 <= states()["sent"] <= 1 + 8 + 4


def test_a_provider_that_asks_for_time_gets_it(
    mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None]
) -> None:
    mailbox.sink.refusals["ana0@example.org"] = "421 4.7.0 Too fast"
    ids = appeals(5)
    other = appeal(50, to="ana@gmail.com")
    outbox()
    assert states() == {"queued": 5, "sent": 1}, "the others are left alone with it"
    assert row(other).state is MailState.SENT
    assert row(ids[0]).status == "4.7.0"
    mailbox.accept("ana0@example.org")
    receipt = notice()
    outbox()
    assert row(receipt).state is MailState.QUEUED
    later(seconds=61)
    outbox()
    assert states() == {"sent": 7}
    assert db.session.get_one(MailProvider, "other").pauses == 1


def test_pauses_in_a_row_grow(app: Flask) -> None:
    lengths = [policies.pause(number).total_seconds() / 60 for number in range(9)]
    assert lengths == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_one_work_item_for_a_reputation_and_none_for_the_people(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    for number in range(3):
        mailbox.sink.refusals[f"ana{number}@example.org"] = "550 5.7.1 Your reputation"
    ids = appeals(4)
    outbox()
    assert states() == {"failed": 3, "sent": 1}
    assert [item.kind for item in db.session.scalars(sa.select(WorkItem))] == ["mail.policy"]
    assert row(ids[0]).status == "5.7.1"


def test_an_appeal_that_bounces_is_no_work(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    mailbox.refuse("ana0@example.org", 550)
    appeals(1)
    outbox()
    assert states() == {"bounced": 1}
    assert db.session.scalars(sa.select(WorkItem)).all() == []


def test_an_appeal_of_which_nobody_knows_stays_so(
    mailbox: Mailbox,
    outbox: Callable[[], int],
    later: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    desk: Any,
) -> None:
    monkeypatch.setattr(gateway, "TIMEOUT", 0.4)
    monkeypatch.setattr(gateway, "PATIENCE", 0.4)
    mailbox.stall(1.5)
    (mail_id,) = appeals(1)
    outbox()
    mailbox.stall(0)
    for _ in range(4):
        later(hours=2)
        outbox()
    assert (row(mail_id).state, row(mail_id).dropped, row(mail_id).attempts) == (MailState.UNKNOWN, 1, 1)
    assert len(mailbox.messages) == 1
    told = queries.unsure()
    assert (told.died, told.dropped, told.repeats, told.open) == (0, 1, 0, 1)
    browser, page = desk("development"), f"/desk/mail/{queries.messages().messages[0].public_id}"
    assert "Of 1 message nobody knows whether it arrived." in browser.get("/desk/mail").get_data(as_text=True)
    assert "An appeal does not go out again" in browser.get(page).get_data(as_text=True)
    send(browser, page, to=f"{page}/arrived")
    assert row(mail_id).state is MailState.SENT


def test_a_worker_that_dies_leaves_one_open_and_the_rest_goes_on(
    mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = gateway.deliver

    def dies(raw: bytes, sender: str, to_email: str) -> None:
        real(raw, sender, to_email)
        if to_email == "ana3@example.org":
            raise SystemExit("killed")

    appeals(10)
    monkeypatch.setattr(gateway, "deliver", dies)
    with pytest.raises(SystemExit):
        outbox()
    db.session.rollback()
    assert states() == {"sent": 3, "in_flight": 1, "queued": 6}
    monkeypatch.setattr(gateway, "deliver", real)
    later(seconds=125)
    jobs_waiting.sweep()
    assert services.tend() == 1
    outbox()
    assert states() == {"sent": 9, "unknown": 1}
    assert len(mailbox.messages) == 10
    assert queries.unsure().died == 1


def test_a_receipt_goes_out_again_three_times_and_then_it_is_work(
    mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "TIMEOUT", 0.3)
    monkeypatch.setattr(gateway, "PATIENCE", 0.3)
    mailbox.stall(0.8)
    mail_id = notice()
    for _ in range(6):
        outbox()
        later(hours=1)
    found = row(mail_id)
    assert (found.state, found.attempts, found.repeats, found.dropped) == (MailState.UNKNOWN, 4, 3, 4)
    assert len({message["Message-ID"] for message in mailbox.messages}) == 1
    assert len(mailbox.messages) == 4
    assert [item.kind for item in db.session.scalars(sa.select(WorkItem))] == ["mail.unknown"]


def test_what_is_blocked_is_kept_back_at_the_last_moment(
    mailbox: Mailbox, outbox: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def block(address: str, stream: Stream, topic: str | None) -> str | None:
        asked.append((address, stream, topic))
        return "this address complained" if address == "ana1@example.org" and stream.is_commercial else None

    monkeypatch.setattr(policies.BLOCKS, "_items", [(50, block)])
    appeals(3)
    appeal(77, to="ANA1@Example.org")
    receipt = notice(1)
    outbox()
    assert states() == {"sent": 3, "withheld": 2}
    assert row(receipt).state is MailState.SENT
    assert ("ana1@example.org", Stream.APPEALS, "drives") in asked
    assert db.session.scalars(sa.select(WorkItem)).all() == []


def test_a_stop_holds_before_the_next_message(
    mailbox: Mailbox, outbox: Callable[[], int], later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = gateway.deliver

    def delivers(raw: bytes, sender: str, to_email: str) -> None:
        real(raw, sender, to_email)
        if to_email == "ana3@example.org":
            services.stop(StopScope.APPEALS, "wrong amount", COMMAND)

    monkeypatch.setattr(gateway, "deliver", delivers)
    appeals(12)
    outbox()
    receipt = notice()
    outbox()
    assert states() == {"sent": 5, "queued": 8}
    assert row(receipt).state is MailState.SENT, "a stop of appeals holds up no receipt"
    later(hours=3)
    outbox()
    assert states() == {"sent": 5, "queued": 8}
    monkeypatch.setattr(gateway, "deliver", real)
    assert services.resume(StopScope.APPEALS, COMMAND)
    assert not services.resume(StopScope.APPEALS, COMMAND)
    outbox()
    assert states() == {"sent": 13}


def test_a_stop_of_everything_holds_receipts_until_it_is_resumed(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    services.stop(StopScope.ALL, "the server is open to the world", COMMAND)
    assert services.stop(StopScope.ALL, "again", COMMAND) == queries.stops()[0].id
    mail_id = notice()
    outbox()
    assert row(mail_id).state is MailState.QUEUED
    assert mailbox.messages == []
    with pytest.raises(services.NoReason):
        services.stop(StopScope.APPEALS, "  ", COMMAND)
    services.resume(StopScope.ALL, COMMAND)
    outbox()
    assert row(mail_id).state is MailState.SENT


def test_what_a_stop_holds_can_be_called_off(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    services.stop(StopScope.APPEALS, "wrong amount", COMMAND)
    ids = appeals(3)
    other = appeal(9, kind="newsletter")
    assert services.abort(ids[0], "by hand", COMMAND)
    assert services.abort_waiting(Stream.APPEALS, "wrong amount", COMMAND, kind="drive") == 2
    services.resume(StopScope.APPEALS, COMMAND)
    outbox()
    assert states() == {"aborted": 3, "sent": 1}
    assert row(other).state is MailState.SENT
    assert not services.abort(other, "too late", COMMAND)


def test_appeals_that_wait_break_no_invariant(mailbox: Mailbox, later: Callable[..., None]) -> None:
    invariant = next(each for each in INVARIANTS if each.name == "mail leaves")
    appeals(1)
    later(hours=1)
    assert invariant.broken() == []
    assert jobs_waiting.waits(Queue.BULK)
    assert clock.now() > row(queries.messages().messages[0].id).queued_at


def test_the_desk_stops_and_resumes(desk: Any, mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    browser, stale = desk("development"), desk("auditor")
    empty = send(browser, "/desk/mail/room/stop", {"scope": "all", "reason": " "})
    assert empty.status_code == 422
    assert "Say why" in empty.get_data(as_text=True)
    done = send(
        browser,
        "/desk/mail/room/stop",
        to="/desk/mail/room/stop",
        data={"scope": "appeals", "reason": "wrong amount"},
    )
    assert done.status_code == 303
    assert "Appeals are stopped: wrong amount" in stale.get("/desk/account").get_data(as_text=True)
    appeals(2)
    outbox()
    room = browser.get("/desk/mail/room").get_data(as_text=True)
    assert "Call off 2 waiting appeals" in room
    assert send(stale, "/desk/account", to="/desk/mail/room/resume", data={"scope": "appeals"}).status_code == 403
    send(browser, "/desk/mail/room", to="/desk/mail/room/call-off")
    assert states() == {"aborted": 2}
    send(browser, "/desk/mail/room", to="/desk/mail/room/resume", data={"scope": "appeals"})
    assert "are stopped" not in stale.get("/desk/account").get_data(as_text=True)


def test_the_list_is_filtered(desk: Any, mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    appeals(2)
    notice(7)
    browser = desk("development")

    def shown(**asked: str) -> tuple[bool, bool]:
        page = browser.get("/desk/mail", query_string=asked).get_data(as_text=True)
        return "Appeal 1" in page, "Notice 7" in page

    today = clock.today(the_licensee().timezone).isoformat()
    assert shown() == (True, True)
    assert shown(stream="appeals") == (True, False)
    assert shown(kind="test") == (False, True)
    assert shown(address="ANA7@") == (False, True)
    assert shown(address="%") == (False, False)
    assert shown(since=today, until=today) == (True, True)
    assert shown(until="2020-01-01") == (False, False)
    assert shown(since="nonsense", stream="nonsense", state="nonsense") == (True, True)


def test_the_command_reports_and_stops(app: Flask, mailbox: Mailbox) -> None:
    appeals(1)
    run = app.test_cli_runner()
    assert "1 waiting" in run.invoke(cli.group, ["report"]).output
    assert run.invoke(cli.group, ["stop", "--what", "all", "--reason", "fire"]).exit_code == 0
    stopped = run.invoke(cli.group, ["report"])
    assert (stopped.exit_code, "STOPPED (all)" in stopped.output + stopped.stderr) == (1, True)
    assert run.invoke(cli.group, ["resume", "--what", "all"]).exit_code == 0
    assert run.invoke(cli.group, ["report"]).exit_code == 0


def _rates(text: str) -> Any:
    return type(runtime.settings()).from_env({"MAIL_RATES": text}).mail_rates
