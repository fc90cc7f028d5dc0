"""A gift is taken back in the very instant in which its receipt or a letter about it is written or mailed.

Each test has two writers, each on a connection of its own. One of them stops within its transaction until the other
one is done, or has had time to be: it has to wait its turn, on SQLite for the one writer, on PostgreSQL for a lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pydoc import locate
from typing import Any, cast

import pytest
import sqlalchemy as sa
from flask import Flask

from station.accounts.models import WorkItem, WorkState
from station.core.actor import COMMAND
from station.core.db import db, in_transaction, transaction
from station.core.money import Money
from station.giving.models import Gift
from station.giving.queries.letters import LetterWords
from station.giving.services import OfflineGift, void_gift, write_letters
from station.mail.models import MailState, OutgoingMail
from station.payments.models import Tender, Way
from station.receipts.models import HeldReceipt
from station.receipts.policies import Because, Benefit, Why
from station.receipts.queries import letters_of, receipt_of, versions_of
from station.receipts.services import mail_letter, release
from station.receipts.services import replace as replace_receipt
from tests.giving.test_offline import check, record

check = check  # a fixture

LONG_ENOUGH = 0.7  # seconds, for a writer that nothing holds up to be done
WORDS = LetterWords(holder="A bank")
Act = Callable[[], object]
Race = Callable[[str, Act, Act], None]


class Turns:
    """Two writers: the first one stops behind a step until the second is done, or has had time to be."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.begun, self.stopped, self.done = threading.Event(), threading.Event(), threading.Event()
        self.failed: list[BaseException] = []

    def stopping(self, step: Callable[..., Any]) -> Callable[..., Any]:
        """A step of the first one, behind which it stops."""

        def stop(*args: Any, **values: Any) -> Any:
            found = step(*args, **values)
            if not self.stopped.is_set():
                assert in_transaction()
                self.stopped.set()
                self.done.wait(LONG_ENOUGH)
            return found

        return stop

    def act(self, what: Act, when: threading.Event, then: threading.Event) -> None:
        with self.app.app_context():
            try:
                assert when.wait(90)
                what()
            except BaseException as error:
                self.failed.append(error)
            finally:
                db.session.remove()
                then.set()


@pytest.fixture
def race(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Race:
    """Run two writers at once; `at` names the function, where it is called, behind which the first one stops."""

    def run(at: str, first: Act, second: Act) -> None:
        turns = Turns(app)
        monkeypatch.setattr(at, turns.stopping(cast(Callable[..., Any], locate(at))))
        db.session.rollback()
        turns.begun.set()
        parts = ((first, turns.begun, threading.Event()), (second, turns.stopped, turns.done))
        threads = [threading.Thread(target=turns.act, args=part) for part in parts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.session.rollback()
        assert turns.failed == []

    return run


@pytest.fixture
def ira(check: OfflineGift) -> Gift:
    """A gift that gets a letter."""
    return record(replace(check, tender=Tender.OTHER, way=Way.IRA, number=""))


@pytest.fixture
def waits(check: OfflineGift) -> Gift:
    """A gift whose receipt was held, and can be written now."""
    gift = record(replace(check, benefits=(Benefit("A lamp", None),)))
    with transaction() as session:
        row = session.scalars(sa.select(HeldReceipt)).one()
        row.facts = {**row.facts, "benefits": []}
    return gift


def taken_back(gift: Gift) -> Act:
    gift_id = gift.id
    return lambda: void_gift(gift_id, "typed twice", COMMAND)


def written(gift: Gift) -> Act:
    gift_id = gift.id
    return lambda: write_letters(gift_id, WORDS, COMMAND)


def released(gift: Gift) -> Act:
    gift_id = gift.id
    return lambda: release(gift_id, COMMAND)


def mails() -> list[tuple[str, MailState]]:
    found = db.session().execute(sa.select(OutgoingMail.kind, OutgoingMail.state).order_by(OutgoingMail.kind))
    return [(kind, state) for kind, state in found]


def work() -> list[str]:
    return list(db.session().scalars(sa.select(WorkItem.kind).where(WorkItem.state == WorkState.OPEN)))


def test_a_letter_that_is_being_written_is_taken_back_with_its_gift(race: Race, ira: Gift) -> None:
    race("station.giving.services.letters.settle_work_item", written(ira), taken_back(ira))
    assert [bool(each.void_because) for each in letters_of(ira.id)] == [True]


def test_no_letter_is_written_about_a_gift_that_is_being_taken_back(race: Race, ira: Gift) -> None:
    race("station.giving.services.offline.settle_work_item", taken_back(ira), written(ira))
    assert (letters_of(ira.id), work()) == ([], [])


def test_a_receipt_that_is_being_written_is_taken_back_with_its_gift(race: Race, waits: Gift) -> None:
    race("station.receipts.services.holding._settle", released(waits), taken_back(waits))
    assert [bool(each.void_because) for each in versions_of(waits.id)] == [True]
    assert (mails(), work()) == ([("receipt", MailState.ABORTED)], [])


def test_no_receipt_is_written_for_a_gift_that_is_being_taken_back(race: Race, waits: Gift) -> None:
    race("station.giving.services.offline.settle_work_item", taken_back(waits), released(waits))
    assert (versions_of(waits.id), mails(), work()) == ([], [], [])


@pytest.mark.crooked  # in the books nothing went back
def test_a_receipt_that_is_being_written_is_replaced_by_what_is_left(race: Race, waits: Gift) -> None:
    reference = waits.id

    def half_back() -> None:
        replace_receipt(
            reference=reference,
            amount=Money(6_000),
            email="ana@example.org",
            station_name="News 88.9 KNPR",
            interval=None,
            reason=Why(Because.BANK_TOOK, Money(6_000)),
            tell=True,
            actor=COMMAND,
        )

    race("station.receipts.services.holding._settle", released(waits), half_back)
    holds = receipt_of(reference)
    assert holds is not None
    assert (holds.amount, holds.version) == (Money(6_000), 2)


def test_a_letter_that_is_being_mailed_is_called_off_with_its_gift(race: Race, ira: Gift) -> None:
    letter = write_letters(ira.id, WORDS, COMMAND)[0]
    race(
        "station.receipts.services.letters.queue_mail",
        lambda: mail_letter(letter, "ana@example.org", COMMAND),
        taken_back(ira),
    )
    assert mails() == [("letter", MailState.ABORTED)]


def test_a_letter_that_is_being_taken_back_is_not_mailed(race: Race, ira: Gift) -> None:
    letter = write_letters(ira.id, WORDS, COMMAND)[0]
    race(
        "station.giving.services.offline.settle_work_item",
        taken_back(ira),
        lambda: mail_letter(letter, "ana@example.org", COMMAND),
    )
    assert "letter" not in [kind for kind, _ in mails()]
