"""Official statements: frozen once a member and year, never edited, corrected under the same number, told by mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from sandbox.mailbox.testing import Mailbox
from station.accounts.models import WorkItem
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction, writable
from station.core.ids import new_id
from station.core.money import Money
from station.core.outbox import Job, Outbox
from station.giving.models import Gift
from station.giving.services import void_gift
from station.mail.facts import MailBounced
from station.members.models import Member
from station.members.services import match_or_create
from station.payments.models import Payment, Tender, Way
from station.receipts.models import StatementDelivery, StatementRun, YearlyStatement
from station.receipts.policies import Benefit, Place
from station.receipts.policies import statements as policies
from station.receipts.queries import receipt_of
from station.receipts.queries import statements as queries
from station.receipts.queries.statements import composing
from station.receipts.reactors import mail_bounced as react_to
from station.receipts.services import replace, void, write_legend
from station.receipts.services import statements as services
from station.receipts.services.statements import runs
from tests.receipts.yearly import YEAR, books_are_in_order, freeze, give, person, rows, send, statements_are_in_order

Run = Callable[[], int]


def refund(gift: Gift, cents: int) -> None:
    """What a refund leaves behind: the payment, the gift and its receipt say what is left."""
    with transaction() as session:
        session.get_one(Payment, gift.payment_id).refunded_cents = cents
        row = session.get_one(Gift, gift.id)
        row.refunded_cents = cents
        session.flush()
        replace(
            reference=gift.id,
            amount=Money(gift.amount_cents - cents),
            email="",
            station_name="News 88.9 KNPR",
            interval=None,
            reason=f"We refunded {Money(cents)} of your gift.",
            tell=False,
            actor=COMMAND,
        )


def settle(outbox: Run, later: Callable[..., None]) -> None:
    """The correction waits half a minute: a refund is often followed by more."""
    later(minutes=1)
    outbox()


def texts(mailbox: Mailbox, subject: str) -> list[str]:
    found = [message for message in mailbox.messages if str(message["Subject"]).startswith(subject)]
    return [message.get_body(("plain",)).get_content() for message in found]


def test_a_statement_prints_the_legends_of_receipts_and_keeps_them(app: Flask, outbox: Run, mailbox: Mailbox) -> None:
    ana, review = give(person("Ana"), 12_000, 3), date(YEAR + 2, 1, 1)
    write_legend("NV", "Formed\nin Nevada.", {Place.RECEIPT}, False, review, COMMAND)
    write_legend("FL", "FLORIDA SAYS.", {Place.FORM, Place.REMINDER}, True, review, COMMAND)
    freeze(outbox)
    write_legend("NV", "Formed elsewhere.", {Place.RECEIPT}, False, review, COMMAND)
    (made,) = rows()
    printed = policies.document(made.facts, made.language)
    assert printed["paragraphs"][-1] == "Formed in Nevada."
    assert made.text.endswith("Formed in Nevada.")
    send(outbox)
    told = mailbox.messages[-1]
    assert "tatement of contributions" in told["Subject"]
    for part in ("plain", "html"):
        assert "Formed in Nevada." in told.get_body((part,)).get_content()
    assert queries.running_view(YEAR, ana.member_id)["paragraphs"][-1] == "Formed elsewhere."
    corrected = services.correct(ana.member_id, YEAR, COMMAND, "The legend has changed.")
    assert corrected
    assert rows()[-1].text.endswith("Formed elsewhere.")
    old = {name: value for name, value in made.facts.items() if name != "legends"}
    assert "Nevada." not in policies.plain_text(policies.document(old, "en")), "one of before has none"


def test_a_year_is_frozen_one_statement_a_member(app: Flask, outbox: Run) -> None:
    ana = give(person("Ana"), 12_000, 3)
    give(ana.member_id, 3_000, 11)
    give(person("Ben"), 4_000, 1)
    freeze(outbox)
    made = rows()
    assert [(row.number, row.version, row.gifts, row.total_cents) for row in made] == [
        (1, 1, 2, 15_000),
        (2, 1, 1, 4_000),
    ]
    assert made[0].text == policies.plain_text(policies.document(made[0].facts, "en"))
    assert f"Statement number: S-{YEAR}-000001" in made[0].text
    assert [run.made for run in db.session().scalars(sa.select(StatementRun))] == [2]
    books_are_in_order()


def test_again_freezes_only_who_is_missing(app: Flask, outbox: Run) -> None:
    give(person("Ana"))
    freeze(outbox)
    before = rows()[0].id
    late = give(person("Ben"))
    freeze(outbox)
    assert [(row.number, row.version) for row in rows()] == [(1, 1), (2, 1)]
    assert (rows()[0].id, rows()[1].member_id) == (before, late.member_id)
    books_are_in_order()


def test_a_year_that_runs_has_no_official_statement(app: Flask) -> None:
    with pytest.raises(services.CannotRun, match="has not ended"):
        services.start_freeze(YEAR + 1, COMMAND)


def test_one_run_at_a_time(app: Flask) -> None:
    give(person("Ana"))
    services.start_freeze(YEAR, COMMAND)
    for start in (services.start_freeze, services.start_sending):
        with pytest.raises(services.CannotRun):
            start(YEAR, COMMAND)


def test_what_is_no_deductible_gift_of_the_donor_is_not_listed(app: Flask, outbox: Run) -> None:
    ana = give(person("Ana"), 5_000, 1)
    for tender, more in (
        (Tender.OTHER, {"way": Way.FUND}),
        (Tender.OTHER, {"way": Way.PAYROLL}),
        (Tender.OTHER, {"way": Way.IRA}),
        (Tender.STOCK, {"symbol": "ACME", "shares_e4": 10}),
    ):
        give(ana.member_id, 90_000, 2, tender=tender, **more)
    give(person("Only A Fund"), 90_000, 2, tender=Tender.OTHER, way=Way.FUND)
    give(ana.member_id, 7_000, 1, year=YEAR - 1)
    void_gift(give(ana.member_id, 6_000, 4).id, "Keyed twice.", COMMAND)
    freeze(outbox)
    assert [(row.member_id, row.gifts, row.total_cents) for row in rows()] == [(ana.member_id, 1, 5_000)]
    assert "90" not in rows()[0].text.replace("89.", "")
    books_are_in_order()


def test_what_was_received_in_return_is_taken_off(app: Flask, outbox: Run) -> None:
    give(person("Ana"), 12_000, 3, benefits=(Benefit("Concert poster", Money(2_000)),))
    freeze(outbox)
    (row,) = rows()
    assert (row.total_cents, row.reduced_cents, row.deductible_cents) == (12_000, 2_000, 10_000)
    assert "Concert poster, estimated fair market value $20.00" in row.text


def test_what_the_rules_disregard_is_named_and_takes_nothing(app: Flask, outbox: Run) -> None:
    give(
        person("Ana"),
        12_000,
        3,
        benefits=(Benefit("Sticker", Money(2_00)), Benefit("Map", Money(9_00), declined=True)),
    )
    freeze(outbox)
    (row,) = rows()
    assert (row.total_cents, row.reduced_cents, row.deductible_cents) == (12_000, 0, 12_000)
    assert ("Sticker" in row.text, "Map" in row.text) == (True, False)


@pytest.mark.parametrize("sql", ["UPDATE yearly_statement SET total_cents = 1", "DELETE FROM yearly_statement"])
def test_nobody_edits_a_statement(app: Flask, outbox: Run, sql: str) -> None:
    give(person("Ana"))
    freeze(outbox)
    with writable(), pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session().execute(sa.text(sql))
    db.session.rollback()


def test_who_reads_spanish_is_written_to_in_spanish(app: Flask, outbox: Run, mailbox: Mailbox) -> None:
    gift = give(person("Ana"))
    with transaction() as session:
        session.get_one(Member, gift.member_id).language = "es"
    freeze(outbox)
    send(outbox)
    (told,) = texts(mailbox, f"Constancia anual de donaciones, {YEAR}")
    assert "No se proporcionaron bienes ni servicios a cambio de ninguna" in " ".join(told.split())
    assert "Hola, Ana Example" in told


@pytest.mark.crooked  # the refund is written past Stripe
def test_a_refund_after_the_freeze_is_the_next_version(
    app: Flask, outbox: Run, later: Callable[..., None], mailbox: Mailbox
) -> None:
    gift = give(person("Ana"), 10_000)
    give(gift.member_id, 2_000, 5)
    freeze(outbox)
    send(outbox)
    refund(gift, 4_000)
    statements_are_in_order()  # the correction waits, and the books know it
    settle(outbox, later)
    first, second = rows()
    assert (first.number, second.number, second.version) == (1, 1, 2)
    assert (second.total_cents, second.reason) == (
        8_000,
        f"Of the contribution on March 5, {YEAR}, $100.00 was listed; now it is $60.00.",
    )
    assert f"This is version 2 of statement S-{YEAR}-000001. It replaces the one of" in second.text
    assert "$40.00 went back to you" in second.text
    told = texts(mailbox, "Statement of contributions")
    assert len(told) == 2
    assert "has changed. This version" in told[1]
    statements_are_in_order()


@pytest.mark.crooked  # the refund is written past Stripe
def test_a_correction_of_what_was_not_sent_is_not_mailed_by_itself(
    app: Flask, outbox: Run, later: Callable[..., None], mailbox: Mailbox
) -> None:
    gift = give(person("Ana"), 10_000)
    freeze(outbox)
    refund(gift, 4_000)
    settle(outbox, later)
    assert (len(rows()), texts(mailbox, "Statement")) == (2, [])
    send(outbox)
    (told,) = texts(mailbox, "Statement")
    assert ", version 2" in told


@pytest.mark.crooked  # the refund is written past Stripe
def test_the_same_again_corrects_nothing(app: Flask, outbox: Run, later: Callable[..., None]) -> None:
    gift = give(person("Ana"), 10_000)
    freeze(outbox)
    assert services.correct(gift.member_id, YEAR) is None
    refund(gift, 4_000)
    settle(outbox, later)
    assert services.correct(gift.member_id, YEAR) is None
    assert len(rows()) == 2


def test_a_gift_that_is_taken_back_leaves_an_empty_statement(
    app: Flask, outbox: Run, later: Callable[..., None]
) -> None:
    gift = give(person("Ana"), 10_000)
    freeze(outbox)
    void_gift(gift.id, "The check bounced.", COMMAND)
    settle(outbox, later)
    assert [row.total_cents for row in rows()] == [10_000, 0]
    assert "No contribution of this year is left in our books." in rows()[1].text
    books_are_in_order()


def test_a_late_gift_is_added_and_a_late_giver_gets_a_statement(
    app: Flask, outbox: Run, later: Callable[..., None], mailbox: Mailbox
) -> None:
    ana = give(person("Ana"), 10_000)
    freeze(outbox)
    send(outbox)
    give(ana.member_id, 2_500, 12)
    ben = give(person("Ben"), 3_000, 12)
    settle(outbox, later)
    assert [(row.member_id, row.number, row.version, row.total_cents) for row in rows()] == [
        (ana.member_id, 1, 1, 10_000),
        (ana.member_id, 1, 2, 12_500),
        (ben.member_id, 2, 1, 3_000),
    ]
    assert "$25.00 on December 5" in rows()[1].reason
    books_are_in_order()


def test_a_gift_of_a_year_that_was_never_frozen_makes_nothing(
    app: Flask, outbox: Run, later: Callable[..., None]
) -> None:
    give(person("Ana"))
    settle(outbox, later)
    assert rows() == []


def test_a_correction_waits_while_the_year_is_being_frozen(app: Flask, outbox: Run) -> None:
    gift = give(person("Ana"))
    services.start_freeze(YEAR, COMMAND)
    with pytest.raises(services.StillFreezing):
        services.correct(gift.member_id, YEAR)


def test_a_person_may_issue_one_again(app: Flask, outbox: Run) -> None:
    gift = give(person("Ana"))
    freeze(outbox)
    with transaction() as session:
        session.get_one(Member, gift.member_id).name = "Ana Ruiz"
    assert services.correct(gift.member_id, YEAR, COMMAND, "Your name was misspelled.")
    assert [(row.version, row.donor_name, row.reason) for row in rows()] == [
        (1, "Ana Example", ""),
        (2, "Ana Ruiz", "Your name was misspelled."),
    ]
    assert "Your name was misspelled." in rows()[1].text


def test_each_statement_is_mailed_once(app: Flask, outbox: Run, mailbox: Mailbox) -> None:
    for name in ("Ana", "Ben", "Cam"):
        give(person(name))
    freeze(outbox)
    send(outbox)
    with pytest.raises(services.CannotRun, match="No statement"):
        services.start_sending(YEAR, COMMAND)
    told = texts(mailbox, "Statement of contributions")
    assert len(told) == 3
    assert all(LAW in " ".join(text.split()) for text in told)
    assert all("not an appeal" in " ".join(text.split()) for text in told)


LAW = "No goods or services were provided in exchange for any of these contributions."


def test_a_statement_that_came_back_is_printed(app: Flask, outbox: Run, mailbox: Mailbox) -> None:
    give(person("Ana"))
    freeze(outbox)
    send(outbox)
    (row,) = rows()
    react_to(MailBounced(new_id(), "receipts.statement", str(row.id), row.member_id, "hard"))
    (item,) = db.session().scalars(sa.select(WorkItem))
    assert (item.kind, item.title) == (
        "receipts.statement_by_post",
        f"Post statement S-{YEAR}-000001 to {row.donor_name}",
    )


@pytest.mark.crooked  # the refund is written past Stripe
def test_who_has_no_address_waits_for_paper(app: Flask, outbox: Run, later: Callable[..., None]) -> None:
    gift = give(person("Ana", email=False), 10_000)
    give(person("Ben"))
    freeze(outbox)
    counts = queries.year_counts(YEAR)
    assert (counts.frozen, counts.to_mail, counts.to_print, counts.ready) == (2, 1, 1, 0)
    send(outbox)
    (waiting,) = queries.for_paper(YEAR).rows
    assert services.mark_printed([waiting.public_id, "nonsense"], YEAR, COMMAND) == 1
    assert services.mark_printed([waiting.public_id], YEAR, COMMAND) == 0
    assert queries.for_paper(YEAR).rows == []
    refund(gift, 5_000)
    settle(outbox, later)
    kinds = list(db.session().scalars(sa.select(WorkItem.kind)))
    assert kinds.count("receipts.statement_by_post") == 1
    assert [row.version for row in queries.for_paper(YEAR).rows] == [2]


@pytest.mark.crooked  # the refund is written past Stripe
def test_a_gift_whose_receipt_is_missing_holds_the_statement_up(app: Flask, outbox: Run) -> None:
    gift = give(person("Ana"))
    issued = receipt_of(gift.id)
    assert issued is not None
    void(issued.id, "As a held receipt leaves it.", COMMAND)
    freeze(outbox)
    (run,) = db.session().scalars(sa.select(StatementRun))
    assert (rows(), run.made, run.waiting) == ([], 0, 1)
    assert [each.gift_id for each in queries.waiting_gifts(YEAR, gift.member_id)] == [gift.id]


@pytest.mark.crooked  # the refund is written past Stripe
def test_the_nightly_comparison_finds_what_no_fact_told(app: Flask, outbox: Run, later: Callable[..., None]) -> None:
    gift = give(person("Ana"), 10_000)
    freeze(outbox)
    with transaction() as session:  # past the services, as no code of ours does
        session.execute(sa.delete(Outbox).where(Outbox.job == services.CORRECT.name))
        refunded = session.get_one(Gift, gift.id)
        refunded.refunded_cents = 4_000
        session.get_one(Payment, gift.payment_id).refunded_cents = 4_000
    db.session.rollback()
    assert queries.unlike_books(YEAR, 10) == [gift.member_id]
    assert [each for each in queries.book_breaches() if str(YEAR) in each]
    services.compare_years()
    outbox()
    assert [row.total_cents for row in rows()] == [10_000, 6_000]
    assert queries.unlike_books(YEAR, 10) == []


def test_a_running_view_is_of_now_and_marked(app: Flask, outbox: Run) -> None:
    gift = give(person("Ana"), 10_000)
    page = queries.running_view(YEAR, gift.member_id)
    assert (page["official"], page["label"]) == (False, "")
    assert page["rows"][0][:2] == [f"Mar 5, {YEAR}", "$100.00"]
    give(gift.member_id, 2_500, 12)
    assert len(queries.running_view(YEAR, gift.member_id)["rows"]) == 2


def test_batches_cover_everyone_once(app: Flask, outbox: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "BATCH", 3)
    for number in range(10):
        give(person(f"Donor{number}"), 1_000 + number)
    freeze(outbox)
    send(outbox)
    assert [row.number for row in rows()] == list(range(1, 11))
    assert len({row.member_id for row in rows()}) == 10
    assert db.session().scalar(sa.select(sa.func.count()).select_from(StatementDelivery)) == 10
    found = db.session().scalars(sa.select(StatementRun).order_by(StatementRun.id)).all()
    assert [(run.done, run.made, run.finished_at is not None) for run in found] == [(10, 10, True), (10, 10, True)]


def test_a_worker_that_dies_in_a_batch_leaves_no_half(
    app: Flask, outbox: Run, later: Callable[..., None], mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction is the batch: numbers, rows, cursor and the next job stand together, or nothing does."""
    monkeypatch.setattr(runs, "BATCH", 2)
    for number in range(5):
        give(person(f"Donor{number}"))
    services.start_freeze(YEAR, COMMAND)
    real, calls = runs.go_on, []

    def dying(run: Any) -> None:
        calls.append(run.after)
        if len(calls) in (1, 3):
            raise RuntimeError("killed")
        real(run)

    monkeypatch.setattr("station.receipts.services.statements.runs.go_on", dying)
    for _ in range(4):
        outbox()
        later(minutes=5)
    outbox()
    assert [row.number for row in rows()] == [1, 2, 3, 4, 5]
    assert len(calls) == 5
    books_are_in_order()


@pytest.mark.parametrize("many", [3, 60])
def test_the_questions_do_not_grow_with_the_members(app: Flask, outbox: Run, many: int) -> None:
    """At most 14 statements of SQL a batch, however many members and gifts it holds."""
    with transaction() as session:
        members = [match_or_create(f"Donor{n}", "Example", f"donor{n}@example.org", COMMAND) for n in range(many)]
        session.flush()
    for member in members:
        give(member)
    services.start_freeze(YEAR, COMMAND)
    run = db.session().scalars(sa.select(StatementRun.id)).one()
    db.session.rollback()
    asked: list[str] = []

    def note(*args: Any) -> None:
        asked.append(args[2])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        services.freeze_batch(run)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert len(rows()) == many
    assert len([each for each in asked if not each.startswith("PRAGMA")]) <= 14


def test_a_batch_of_many_gifts_asks_in_parts(app: Flask, outbox: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "AT_ONCE", 2)
    ana = give(person("Ana"), 1_000, 1)
    for month in range(2, 8):
        give(ana.member_id, 1_000, month)
    freeze(outbox)
    assert [(row.gifts, row.total_cents) for row in rows()] == [(7, 7_000)]


def test_the_day_is_the_stations_own(app: Flask) -> None:
    """At 23:30 in Las Vegas on December 31 it is the next year in UTC, and not here."""
    assert policies.over(2026, date(2026, 12, 31)) is False
    start, end = clock.day_bounds(date(2026, 12, 31), "America/Los_Angeles")
    assert clock.local_date(end - timedelta(minutes=30), "America/Los_Angeles").year == 2026
    assert end.year == 2027
    assert start.year == 2026
    assert isinstance(services.FREEZE, Job)


@pytest.mark.crooked  # the refund is written past Stripe
def test_the_newest_version_is_the_one_that_holds(app: Flask, outbox: Run, later: Callable[..., None]) -> None:
    gift = give(person("Ana"), 10_000)
    freeze(outbox)
    refund(gift, 1_000)
    settle(outbox, later)
    old, new = rows()
    found = queries.statement(old.id)
    assert found is not None
    assert queries.official(YEAR, gift.member_id) == queries.statement(new.id)
    assert found.replaced_by == queries.versions(YEAR, gift.member_id)[0].public_id
    assert isinstance(db.session().get(YearlyStatement, new.id), YearlyStatement)
