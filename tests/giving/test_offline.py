"""Gifts past Stripe: checks, cash, stock, wires and grants, each with payment, ledger, gift and acknowledgment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from sandbox.mailbox.testing import Mailbox
from station.accounts.models import WorkItem, WorkState
from station.accounts.services import close_work_item
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import new_id
from station.core.money import Money
from station.core.places import INVARIANTS
from station.giving.models import Gift
from station.giving.services import KeyedBefore, NewDonor, OfflineGift, OfflineRefused, record_offline_gift, void_gift
from station.mail.models import MailState, OutgoingMail
from station.payments import queries as payments
from station.payments.models import Account, LedgerEntry, LedgerTransaction, Payment, PaymentState, Tender, Way
from station.payments.policies import stock_value, ten_thousandths
from station.payments.services import CannotUndo, DepositRefused, make_deposit
from station.receipts.models import Acknowledged, Receipt, ReceiptVoid
from station.receipts.policies import Benefit, receipt_text
from station.receipts.queries import Asked, facts_of, versions_of
from station.receipts.services import post
from tests.conftest import House

ANA = NewDonor("Ana", "Ruiz", email="ana@example.org")
DAY = date(2026, 11, 20)
MUG = (Benefit("Mug", Money(500)),)


@pytest.fixture
def check(house: House) -> OfflineGift:
    return OfflineGift(
        donor=ANA,
        tender=Tender.CHECK,
        amount=Money(12_000),
        station_id=house.news.id,
        given_on=DAY,
        received_on=DAY + timedelta(days=1),
        number="1047",
        dated=DAY,
    )


def record(keyed: OfflineGift) -> Gift:
    gift_id = record_offline_gift(keyed, COMMAND)
    db.session.rollback()
    return db.session().get_one(Gift, gift_id)


def balances() -> dict[str, int]:
    """Every account that holds something."""
    db.session.rollback()
    rows = db.session().execute(
        sa.select(LedgerEntry.account, sa.func.sum(LedgerEntry.amount_cents)).group_by(LedgerEntry.account)
    )
    return {account.value: int(cents) for account, cents in rows if cents}


def count(table: Any) -> int:
    return db.session().scalar(sa.select(sa.func.count()).select_from(table)) or 0


def work() -> list[str]:
    return list(db.session().scalars(sa.select(WorkItem.kind).order_by(WorkItem.kind)))


def books_are_in_order() -> None:
    db.session.rollback()
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_a_check_is_a_settled_payment_in_our_hands_with_its_receipt(check: OfflineGift) -> None:
    gift = record(check)
    payment = db.session().get_one(Payment, gift.payment_id)
    assert (payment.state, payment.tender, payment.method_label) == (PaymentState.SETTLED, Tender.CHECK, "Check 1047")
    assert (gift.given_on, gift.pledge_id, gift.amount_cents) == (DAY, None, 12_000)
    assert balances() == {"hand": 12_000, "gifts": -12_000}
    receipt = db.session().scalars(sa.select(Receipt)).one()
    assert (receipt.amount_cents, receipt.given_on, receipt.donor_name) == (12_000, DAY, "Ana Ruiz")
    assert [mail.recipient for mail in db.session().scalars(sa.select(OutgoingMail))] == ["ana@example.org"]
    books_are_in_order()


def test_the_part_paid_for_goods_is_no_contribution(check: OfflineGift) -> None:
    record(replace(check, benefits=(Benefit("Concert poster", Money(2_000)),)))
    assert balances() == {"hand": 12_000, "gifts": -10_000, "goods": -2_000}
    text = db.session().scalars(sa.select(Receipt.text)).one()
    assert "we provided goods or services: Concert poster." in text
    assert "fair market value at $20.00" in text
    assert "limited to what you paid beyond the value of the goods or services that we provided: $100.00" in text
    assert "No goods" not in text
    books_are_in_order()


@pytest.mark.parametrize(("cents", "said"), [(7_500, False), (7_501, True)])
def test_the_limit_of_the_deduction_is_told_above_75_dollars(app: Any, cents: int, said: bool) -> None:
    asked = Asked(
        new_id(), new_id(), "Ana", "", Money(cents), DAY, "News", None, benefits=(Benefit("Mug", Money(1_000)),)
    )
    text = receipt_text(facts_of(asked, asked.judged(), "1"))
    assert ("deductible for federal" in text) is said
    assert "goods or services: Mug" in text


@pytest.mark.parametrize(
    ("changes", "account", "acknowledged", "items"),
    [
        ({"tender": Tender.CASH}, "hand", Acknowledged.RECEIPT, []),
        ({"tender": Tender.OTHER, "way": Way.WIRE}, "bank", Acknowledged.RECEIPT, []),
        ({"tender": Tender.OTHER, "way": Way.FUND}, "bank", Acknowledged.LETTER, ["giving.letter"]),
        ({"tender": Tender.OTHER, "way": Way.PAYROLL}, "bank", Acknowledged.NONE, []),
        (
            {"tender": Tender.STOCK, "symbol": "ACME", "shares_e4": 10},
            "securities",
            Acknowledged.LETTER,
            ["giving.letter"],
        ),
    ],
)
def test_each_tender_stands_where_it_is_and_gets_what_the_rules_allow(
    check: OfflineGift, changes: dict[str, Any], account: str, acknowledged: Acknowledged, items: list[str]
) -> None:
    gift = record(replace(check, number="", **changes))
    assert balances() == {account: 12_000, "gifts": -12_000}
    assert gift.acknowledged is acknowledged
    assert count(Receipt) == (acknowledged is Acknowledged.RECEIPT)
    assert work() == items
    books_are_in_order()


def test_a_donor_without_an_email_gets_a_receipt_by_post(check: OfflineGift) -> None:
    record(replace(check, donor=NewDonor("Ida", "Paper")))
    assert (count(Receipt), count(OutgoingMail), work()) == (1, 0, ["receipts.by_post"])


def test_a_gift_for_both_stations_is_in_hand_for_both(check: OfflineGift, house: House) -> None:
    gift = record(replace(check, amount=Money(12_001), second_station_id=house.classical.id))
    rows = db.session().execute(
        sa.select(LedgerEntry.station_id, LedgerEntry.amount_cents).where(LedgerEntry.account == Account.HAND)
    )
    assert dict(rows.all()) == {house.news.id: 6_001, house.classical.id: 6_000}
    make_deposit([gift.payment_id], Money(12_001), DAY, "", COMMAND)
    assert balances() == {"bank": 12_001, "gifts": -12_001}
    books_are_in_order()


def test_the_same_check_is_not_entered_twice_by_accident(check: OfflineGift) -> None:
    first = record(check)
    with pytest.raises(KeyedBefore) as found:
        record_offline_gift(check, COMMAND)
    assert (found.value.gift_id, count(Gift)) == (first.id, 1)
    record(replace(check, number="1048"))
    record(replace(check, amount=Money(100)))
    record(replace(check, again=True))
    assert count(Gift) == 4
    void_gift(first.id, "typed twice", COMMAND)
    books_are_in_order()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": Money(0)}, "zero"),
        ({"amount": Money(100_000_000)}, "more than one gift"),
        ({"benefits": (Benefit("Mug", Money(12_000)),)}, "a sale"),
        ({"tender": Tender.OTHER, "way": Way.FUND, "benefits": MUG}, "may buy nothing"),
        ({"tender": Tender.STOCK, "benefits": MUG}, "Goods for stock"),
    ],
)
def test_what_no_gift_can_be_is_refused_and_leaves_nothing(
    check: OfflineGift, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(OfflineRefused, match=sentence):
        record_offline_gift(replace(check, **changes), COMMAND)
    assert (count(Gift), count(Payment), balances()) == (0, 0, {})


# Deposits, mistakes and checks that bounce --------------------------------------------------------------------------


def test_a_deposit_must_be_what_was_counted(check: OfflineGift) -> None:
    rows = [record(replace(check, number=str(n), amount=Money(cents))) for n, cents in enumerate((100, 250, 1_000))]
    wanted = [row.payment_id for row in rows[:2]]
    for counted, word in ((349, "too little"), (351, "too much")):
        with pytest.raises(DepositRefused, match=word):
            make_deposit(wanted, Money(counted), DAY, "", COMMAND)
    assert balances()["hand"] == 1_350
    made = make_deposit(wanted, Money(350), DAY, "slip 7", COMMAND)
    assert balances() == {"hand": 1_000, "bank": 350, "gifts": -1_350}
    assert [row.amount.cents for row in payments.money_of_deposit(made)] == [100, 250]
    assert [row.amount.cents for row in payments.held_money()] == [1_000]
    books_are_in_order()
    for again in (wanted, [*wanted, rows[2].payment_id], [new_id()], []):
        with pytest.raises(DepositRefused, match="meanwhile"):
            make_deposit(again, Money(350), DAY, "", COMMAND)
    assert balances() == {"hand": 1_000, "bank": 350, "gifts": -1_350}


def test_a_mistake_is_taken_back_and_never_deleted(check: OfflineGift) -> None:
    gift = record(replace(check, benefits=MUG))
    void_gift(gift.id, "keyed for the wrong Ana", COMMAND)
    assert balances() == {}
    assert (count(Gift), count(Receipt), count(ReceiptVoid), count(LedgerTransaction)) == (1, 1, 1, 2)
    assert payments.held_money() == []
    books_are_in_order()
    with pytest.raises(CannotUndo, match="before"):
        void_gift(gift.id, "again", COMMAND)
    with pytest.raises(CannotUndo, match="no such"):
        void_gift(new_id(), "nobody", COMMAND)


def test_a_bounced_check_leaves_the_bank(check: OfflineGift) -> None:
    gift, other = record(check), record(replace(check, number="9"))
    with pytest.raises(CannotUndo, match="deposited"):
        void_gift(gift.id, "no funds", COMMAND, bounced=True)
    make_deposit([gift.payment_id, other.payment_id], Money(24_000), DAY, "", COMMAND)
    with pytest.raises(CannotUndo, match="bank"):
        void_gift(gift.id, "a mistake", COMMAND)
    void_gift(gift.id, "no funds", COMMAND, bounced=True)
    assert balances() == {"bank": 12_000, "gifts": -12_000}
    assert count(ReceiptVoid) == 1
    books_are_in_order()


def told() -> list[tuple[str, str, str]]:
    """Every message: its kind, its state and its words."""
    db.session.rollback()
    rows = db.session().scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id))
    return [(row.kind, row.state.value, row.text) for row in rows]


def open_work() -> list[str]:
    db.session.rollback()
    return list(db.session().scalars(sa.select(WorkItem.title).where(WorkItem.state == WorkState.OPEN)))


def test_a_bounced_check_is_told_to_who_has_its_receipt(
    check: OfflineGift, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    gift = record(check)
    outbox()
    make_deposit([gift.payment_id], Money(12_000), DAY, "", COMMAND)
    void_gift(gift.id, "NSF, third time", COMMAND, bounced=True)
    (first, second) = told()
    assert (first[:2], second[:2]) == (("receipt", "sent"), ("receipt_replaced", "queued"))
    assert "Your bank did not pay your check for $120.00." in second[2]
    assert "2026-000001 therefore holds no more" in second[2]
    assert "NSF" not in second[2]
    assert open_work() == []


def test_a_mistake_is_told_without_the_words_of_the_desk(
    check: OfflineGift, mailbox: Mailbox, outbox: Callable[[], int]
) -> None:
    gift = record(check)
    outbox()
    void_gift(gift.id, "meant for Ben Li", COMMAND)
    assert "entered in our books by mistake" in told()[1][2]
    shown = versions_of(gift.id)[0].void_because
    assert shown == "The gift that it is about was entered in our books by mistake.", "its donor reads it"


def test_nobody_is_told_of_a_receipt_that_never_left(check: OfflineGift) -> None:
    void_gift(record(check).id, "typed twice", COMMAND)
    assert [each[:2] for each in told()] == [("receipt", "aborted")]
    void_gift(record(replace(check, number="2", donor=NewDonor("Ida", "Paper"))).id, "typed twice", COMMAND)
    assert (len(told()), open_work()) == (1, [])


def test_a_receipt_that_was_posted_is_told_on_paper(check: OfflineGift) -> None:
    gift = record(replace(check, donor=NewDonor("Ida", "Paper")))
    (item,) = db.session().scalars(sa.select(WorkItem.id))
    close_work_item(item, "posted", COMMAND)
    void_gift(gift.id, "typed twice", COMMAND)
    assert (told(), open_work()) == ([], ["Tell Ida Paper by post that receipt 2026-000001 is void"])


@pytest.mark.parametrize(
    ("state", "is_told"),
    [(state, state in (MailState.SENT, MailState.UNKNOWN, MailState.IN_FLIGHT)) for state in MailState]
    + [(MailState.BOUNCED, True)],
)
def test_what_may_have_left_is_told(check: OfflineGift, state: MailState, is_told: bool) -> None:
    gift = record(check)
    with transaction() as session:
        session.execute(sa.update(OutgoingMail).values(state=state))
    if state is MailState.BOUNCED and not is_told:
        receipt = versions_of(gift.id)[0]
        with transaction():
            post(receipt.id, receipt.label, receipt.donor_name, "It came back.")
    void_gift(gift.id, "typed twice", COMMAND)
    assert [each[0] for each in told()] == ["receipt"] + ["receipt_replaced"] * is_told
    assert open_work() == []


@pytest.mark.crooked
def test_the_checks_see_money_that_left_our_hands_unsaid(check: OfflineGift) -> None:
    gift = record(check)
    with transaction() as session:
        session.get_one(Payment, gift.payment_id).voided_at = clock.now()
    broken = {i.name for i in INVARIANTS if i.broken()}
    assert {"hand", "ledger-of-payments", "receipt-of-each-gift"} <= broken


# Stock --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shares", "high", "low", "cents"),
    [
        ("10", "20", "18", 19_000),
        ("12.5", "182.35", "180.1", 226_531),
        ("0.0001", "1", "1", 0),
        ("1", ".01", ".00", 1),
    ],
)
def test_stock_counts_shares_times_the_mean_of_high_and_low(shares: str, high: str, low: str, cents: int) -> None:
    assert stock_value(*(ten_thousandths(text) for text in (shares, high, low))) == Money(cents)


@given(st.integers(0, 10**9), st.integers(0, 10**7), st.integers(0, 10**7))
def test_stock_is_never_off_by_more_than_half_a_cent(shares: int, high: int, low: int) -> None:
    exact_twice = shares * (high + low)  # of 1/10^8 dollars
    assert abs(stock_value(shares, high, low).cents * 2 * 10**6 - exact_twice) <= 10**6


@pytest.mark.parametrize("text", ["", ".", "-1", "1.23456", "1e3", "twelve", "1,2", "٣", "1 2", "=1+1"])
def test_numbers_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        ten_thousandths(text)


def test_numbers_as_people_type_them() -> None:
    typed: Callable[[str], int] = ten_thousandths
    assert [typed(t) for t in ("1,234.5", "$12", ".25", " 7 ", "1234567")] == [
        12_345_000,
        120_000,
        2_500,
        70_000,
        12_345_670_000,
    ]
