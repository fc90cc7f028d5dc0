"""History from another system: a whole file or nothing, opening balances, and no receipt, number or mail."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core import clock, search
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import Event
from station.core.ids import new_id
from station.core.places import INVARIANTS, sentences
from station.giving.cli import group
from station.giving.models import Gift
from station.giving.services import Imported, ImportRefused, Refused, import_history, undo_import
from station.giving.services.history.rows import COLUMNS, BadFile, HistoryLine, read
from station.mail.models import OutgoingMail
from station.members.models import Member, MemberEmail
from station.members.services import match_or_create
from station.payments.models import Account, ImportedBatch, LedgerEntry, LedgerTransaction, Payment, Tendered
from station.payments.services import CannotUndo
from station.receipts.models import Receipt, ReceiptCounter

HEAD = "id,date,amount,station,member_id,given_name,family_name,organization,email,note\n"
ANA = "g1,2019-05-01,50,news,m1,Ana,Ruiz,,ana@example.org,\n"
BEN = 'g2,2020-01-31,"1,200.50",classical,m2,Ben,"O\'Neil, Jr.",,,for the opera\n'
FUND = "g3,2021-12-31,300,news,m3,,,Desert Fund,,\n"


def load(text: str | bytes, **more: Any) -> tuple[Imported, list[Refused]]:
    refused: list[Refused] = []
    raw = text.encode() if isinstance(text, str) else text
    return import_history(io.BytesIO(raw), "history.csv", COMMAND, refused.append, **more), refused


def refusal(text: str | bytes) -> tuple[str, list[Refused]]:
    refused: list[Refused] = []
    raw = text.encode() if isinstance(text, str) else text
    with pytest.raises(ImportRefused) as error:
        import_history(io.BytesIO(raw), "history.csv", COMMAND, refused.append)
    return str(error.value), refused


def count(table: Any) -> int:
    db.session.rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(table)) or 0


def nothing_was_written() -> None:
    assert [count(t) for t in (Gift, Payment, Tendered, Member, ImportedBatch, LedgerTransaction)] == [0] * 6


def balance(account: Account) -> int:
    db.session.rollback()
    held = sa.select(sa.func.sum(LedgerEntry.amount_cents)).where(LedgerEntry.account == account)
    return int(db.session().scalar(held) or 0)


def books_are_in_order() -> None:
    db.session.rollback()
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_a_file_becomes_gifts_with_one_opening_entry_and_one_event(app: Flask) -> None:
    before = count(Event)
    found, refused = load(HEAD + ANA + BEN + FUND)
    assert (found.many, found.new_members, found.known, refused) == (3, 3, 0, [])
    assert (count(Gift), count(Payment), count(LedgerTransaction), count(Event) - before) == (3, 3, 1, 1)
    assert (count(Receipt), count(ReceiptCounter), count(OutgoingMail)) == (0, 0, 0)
    assert (balance(Account.OPENING), balance(Account.GIFTS)) == (155_050, -155_050)
    names = db.session().scalars(sa.select(Member.name).order_by(Member.external_id)).all()
    assert names == ["Ana Ruiz", "Ben O'Neil, Jr.", "Desert Fund"]
    assert [hit.title for hit in search.find("o'neil", ["member"])] == ["Ben O'Neil, Jr."]
    days = db.session().scalars(sa.select(Gift.given_on).order_by(Gift.given_on)).all()
    assert [day.isoformat() for day in days] == ["2019-05-01", "2020-01-31", "2021-12-31"]
    settled = db.session().scalars(sa.select(Payment.settled_at).order_by(Payment.settled_at)).all()
    assert [clock.local_date(at, "America/Los_Angeles") for at in settled if at] == list(days)
    books_are_in_order()


def test_the_same_file_again_changes_nothing(app: Flask) -> None:
    load(HEAD + ANA + BEN)
    again, _ = load(HEAD + ANA + BEN)
    assert (again.many, again.known, again.batch_id) == (0, 2, None)
    more, _ = load(HEAD + ANA + FUND)
    assert (more.many, more.known, count(Gift), count(ImportedBatch)) == (1, 1, 3, 2)
    books_are_in_order()


def test_a_dry_run_tells_and_leaves_nothing(app: Flask) -> None:
    found, _ = load(HEAD + ANA + BEN, dry_run=True)
    assert (found.many, found.new_members, found.batch_id) == (2, 2, None)
    nothing_was_written()


def test_members_are_matched_by_id_then_by_address(app: Flask) -> None:
    known = match_or_create("Ana", "Ruiz", "ana@example.org", COMMAND)
    couple = "g4,2019-05-02,5,news,m9,Eve,Ruiz,,ana@example.org,\n"
    load(HEAD + ANA + ANA.replace("g1", "g5").replace("ana@", "new@") + couple)
    owners = dict(
        db.session()
        .execute(
            sa.select(Tendered.external_id, Gift.member_id).join_from(
                Tendered, Gift, Gift.payment_id == Tendered.payment_id
            )
        )
        .all()
    )
    assert owners["g1"] == owners["g5"] == known
    assert owners["g4"] != known  # the other system's own two people share an address
    assert count(MemberEmail) == 1
    by_address = HEAD + "g6,2019-05-02,5,news,,Ana,R,,ANA@example.org ,\n"
    load(by_address)
    assert (count(Member), db.session().get_one(Member, known).name) == (2, "Ana Ruiz")
    books_are_in_order()


def test_one_refused_line_refuses_the_file_and_every_line_is_told(app: Flask) -> None:
    message, refused = refusal(HEAD + ANA + "g2,yesterday,5,news,m1,,,,,\n" + "g3,2019-05-01,-5,news,m1,Ana,,,,\n")
    assert "2 lines cannot be taken" in message
    assert [(each.line, each.reason.partition(":")[0]) for each in refused] == [
        (3, "date is not like 2019-12-31"),
        (4, "amount is not like 12 or 1,200.50"),
    ]
    nothing_was_written()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",2019-05-01,5,news,m1,Ana,,,,", "has no id"),
        ("g,2019-05-01,12.345,news,m1,Ana,,,,", "amount"),
        ("g,2019-05-01,0,news,m1,Ana,,,,", "amount"),
        ("g,2019-05-01,1e3,news,m1,Ana,,,,", "amount"),
        ("g,2019-05-01,99999999999,news,m1,Ana,,,,", "amount"),
        ('g,2019-05-01,"=SUM(A1:A9)",news,m1,Ana,,,,', "amount"),
        ("g,2999-05-01,5,news,m1,Ana,,,,", "date lies"),
        ("g,0001-05-01,5,news,m1,Ana,,,,", "date lies"),
        ("g,31.12.2019,5,news,m1,Ana,,,,", "date is not"),
        ("g,2019-05-01,5,jazz,m1,Ana,,,,", "station is none"),
        ("g,2019-05-01,5,news,,Ana,,,,", "needs a member_id or an email"),
        ("g,2019-05-01,5,news,m1,,,,,", "has no name"),
        ("g,2019-05-01,5,news,m1,Ana,,,not an address,", "email is no address"),
        ('g,2019-05-01,5,news,m1,"=HYPERLINK(""http://x"")",,,,', "looks like a formula"),
        ("g,2019-05-01,5,news,@m1,Ana,,,,", "looks like a formula"),
        ("g,2019-05-01,5,news,m1,Ana\x07,,,,", "cannot be printed"),
        ("g,2019-05-01,5,news,m1,Ana\x00,,,,", "cannot be printed"),
        (f"g,2019-05-01,5,news,m1,{'A' * 101},,,,", "longer than 100"),
        ("g,2019-05-01,5,news,m1", "has 5 cells"),
        ("g,2019-05-01,5,news,m1,Ana,,,,,,,", "has 13 cells"),
    ],
)
def test_a_line_that_cannot_be_taken_says_why(app: Flask, line: str, reason: str) -> None:
    _, refused = refusal(HEAD + line + "\n")
    assert [(each.line, reason in each.reason) for each in refused] == [(2, True)]
    nothing_was_written()


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "no column id, date, amount, station"),
        (b"id,date\n", "no column amount, station"),
        (HEAD.replace("note", "colour").encode(), "Unknown columns: colour"),
        (HEAD.replace("note", "email").encode(), "twice"),
        ((HEAD + ANA).encode("utf-16"), "not UTF-8"),
        (HEAD.encode() + "g,2019-05-01,5,news,m1,Peña,,,,\n".encode("latin-1"), "not UTF-8"),
        ((HEAD + 'g,2019-05-01,5,news,m1,"never closed').encode(), "unexpected end"),
        ((HEAD + f"g,2019-05-01,5,news,m1,{'A' * 1_000_000},,,,\n").encode(), "field larger"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8"),
    ],
    ids=[
        "empty",
        "columns missing",
        "strange column",
        "column twice",
        "utf-16",
        "latin-1",
        "quote",
        "1 MB",
        "binary",
    ],
)
def test_a_file_that_cannot_be_read_says_why(app: Flask, raw: bytes, problem: str) -> None:
    message, _ = refusal(raw)
    assert problem in message
    nothing_was_written()


def test_what_excel_writes_is_read(app: Flask) -> None:
    text = (HEAD + ANA + BEN.replace("for the opera", '"line one\r\nline two"')).replace("\n", "\r\n")
    text = text.replace('"line one\r\r\nline two"', '"says ""hello"", twice"').replace("note", " Note ")
    found, refused = load("\ufeff" + text + "\r\n,,,,,,,,,\r\n")
    assert (found.many, refused) == (2, [])
    assert "Peña" not in text
    assert db.session().scalars(sa.select(Tendered.note).where(Tendered.note != "")).all() == ['says "hello", twice']


def test_ids_that_stand_twice_are_found_across_chunks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.giving.services.history.loading.CHUNK", 2)
    lines = "".join(f"g{n},2019-05-01,5,news,m{n},Ana,,,,\n" for n in (1, 2, 3, 1, 4, 4))
    _, refused = refusal(HEAD + lines)
    assert [(each.line, "in this file twice" in each.reason) for each in refused] == [(5, True), (7, True)]
    nothing_was_written()


def test_a_gift_that_was_imported_with_another_amount_is_told(app: Flask) -> None:
    load(HEAD + ANA)
    _, refused = refusal(HEAD + ANA.replace("50", "51"))
    assert "was imported before, with $50.00" in refused[0].reason
    assert count(Gift) == 1


def test_a_batch_is_taken_back_as_a_whole_and_may_come_again(app: Flask) -> None:
    found, _ = load(HEAD + ANA + BEN)
    load(HEAD + FUND)
    assert found.batch_id is not None
    assert undo_import(found.batch_id, "the wrong year", COMMAND) == 2
    assert (balance(Account.OPENING), balance(Account.GIFTS), count(Gift)) == (30_000, -30_000, 3)
    books_are_in_order()
    for wrong in (found.batch_id, new_id()):
        with pytest.raises(CannotUndo):
            undo_import(wrong, "again", COMMAND)
    again, _ = load(HEAD + ANA + BEN)
    assert (again.many, again.new_members, balance(Account.OPENING)) == (2, 0, 155_050)
    books_are_in_order()


@pytest.mark.crooked
def test_the_checks_see_history_without_its_opening_entry(app: Flask) -> None:
    load(HEAD + ANA)
    with transaction() as session:
        session.execute(sa.update(Payment).values(amount_cents=4_000).execution_options(synchronize_session=False))
    broken = {i.name for i in INVARIANTS if i.broken()}
    assert {"opening", "imported-batches", "gift-equals-payment"} <= broken


CELLS = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(max_examples=300)
@given(st.lists(st.lists(CELLS, min_size=10, max_size=10), max_size=5), st.binary(max_size=40))
def test_whatever_stands_in_a_file_every_line_is_taken_or_refused(rows: list[list[str]], tail: bytes) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    today = clock.today("America/Los_Angeles")
    try:
        found = list(read(io.BytesIO(text.getvalue().encode() + tail), {"news": new_id()}, "usd", today))
    except BadFile:
        return
    for line in found:
        assert isinstance(line, Refused) or (line.amount.cents > 0 and line.external_id)


@given(st.integers(1, 10_000_000_000), st.dates(max_value=clock.today("America/Los_Angeles")))
def test_what_is_written_properly_is_read_back(cents: int, day: Any) -> None:
    line = f"g1,{day},{cents // 100}.{cents % 100:02d},news,m1,Ana,Ruiz,,,\n"
    station = new_id()
    found = list(read(io.BytesIO((HEAD + line).encode()), {"news": station}, "usd", clock.today("UTC")))
    if day.year < 1900:
        assert isinstance(found[0], Refused)
        return
    assert isinstance(found[0], HistoryLine)
    assert (found[0].amount.cents, found[0].given_on, found[0].station_id) == (cents, day, station)


class Endless:
    """A file of many gifts that is never in memory as a whole."""

    def __init__(self, many: int) -> None:
        self.many = many

    def __iter__(self) -> Iterator[bytes]:
        yield HEAD.encode()
        for n in range(self.many):
            who = n // 3
            gift = f"g{n},2019-05-{n % 28 + 1:02d},{n % 90 + 10},news"
            yield f"{gift},m{who},Ana,Number {who},,m{who}@example.org,\n".encode()


def test_a_long_file_stays_flat_in_memory(app: Flask) -> None:
    peaks = []
    for many in (2_000, 8_000):
        tracemalloc.start()
        found = import_history(Endless(many), "long.csv", COMMAND, lambda line: None, dry_run=True)  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert (found.many, found.new_members) == (many, (many + 2) // 3)
    assert peaks[1] < peaks[0] * 1.5
    nothing_was_written()


# The command --------------------------------------------------------------------------------------------------------


def run(app: Flask, *args: str) -> Any:
    done = app.test_cli_runner().invoke(group, args)
    db.session.rollback()
    return done


def test_the_command_imports_lists_and_undoes(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text(HEAD + ANA + BEN, encoding="utf-8")
    tried = run(app, "import", str(file), "--dry-run")
    assert (tried.exit_code, "a dry run" in tried.output, count(Gift)) == (0, True, 0)
    done = run(app, "import", str(file), "--json")
    told = json.loads(done.output)
    assert (told["gifts"], told["cents"], told["refused"]) == (2, {"news": 5_000, "classical": 120_050}, [])
    listed = run(app, "batches").output
    assert told["batch"] in listed
    assert "in the books" in listed
    assert "Nothing was new" in run(app, "import", str(file)).output
    undone = run(app, "undo", told["batch"], "--reason", "wrong file")
    assert "2 gifts are taken back" in undone.output
    for batch in (told["batch"], "batch_nonsense"):
        assert run(app, "undo", batch, "--reason", "again").exit_code == 1
    assert "taken back" in run(app, "batches").output


def test_the_command_tells_every_refused_line(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text(HEAD + ANA + ANA + "x\n", encoding="utf-8")
    done = run(app, "import", str(file))
    assert done.exit_code == 1
    assert "line 3: id g1 stands in this file twice" in done.output
    assert "line 4: has 1 cells" in done.output
    told = json.loads(run(app, "import", str(file), "--json").stdout)
    assert ([each["line"] for each in told["refused"]], told["batch"]) == ([3, 4], None)


def test_its_events_are_told_in_words(app: Flask) -> None:
    found, _ = load(HEAD + ANA)
    assert found.batch_id is not None
    undo_import(found.batch_id, "the wrong year", COMMAND)
    known = sentences()
    events = db.session().scalars(sa.select(Event).where(Event.name.startswith("giving.history")).order_by(Event.id))
    assert [known[e.name](e) for e in events] == [  # type: ignore[arg-type]
        "imported 1 gifts of $50.00 from history.csv as opening balances",
        "took back 1 imported gifts: the wrong year",
    ]
