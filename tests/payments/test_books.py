"""The ledger, settling, and money that nobody expected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError

from station.core import clock
from station.core.db import transaction
from station.core.ids import new_id
from station.payments.gateway import Session
from station.payments.models import Account, LedgerEntry, LedgerTransaction, PaymentState
from station.payments.queries import (
    lock_payment,
    lock_payment_of_intent,
    lock_payment_of_invoice,
    settled_without_ledger,
    unbalanced,
)
from station.payments.services import books, ledger
from station.payments.services.folding import NotYet, Outcome, fold_session
from tests.payments.fake_stripe import FakeStripe
from tests.payments.parts import books_hold, ledger_of, opened, row_of, state_of, work_items

pytestmark = pytest.mark.crooked  # giving is not told here: settled payments have no gifts


@pytest.fixture
def payment_id(house: Any, monkeypatch: pytest.MonkeyPatch) -> UUID:
    monkeypatch.setattr(books, "announce", lambda fact: None)
    return opened(house)


def fold(session: Session) -> Outcome:
    began = clock.now()
    with transaction():
        return fold_session(session, began)


def post(payment_id: UUID, lines: dict[Account, int]) -> None:
    with transaction():
        payment = lock_payment(payment_id)
        assert payment is not None
        ledger.post("settled", payment, clock.now(), lines)


def paid_session(payment_id: UUID, fee: bool = True) -> Session:
    stripe = FakeStripe(payment_id, None)
    stripe.pays(fee)
    return stripe.session()


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(LedgerEntry).values(amount_cents=1),
        sa.delete(LedgerEntry),
        sa.update(LedgerTransaction).values(kind="other"),
        sa.delete(LedgerTransaction),
    ],
    ids=["change a line", "delete a line", "change a fact", "delete a fact"],
)
def test_the_ledger_is_append_only(payment_id: UUID, statement: Any) -> None:
    fold(paid_session(payment_id))
    before = ledger_of(payment_id)
    assert len(before) == 4
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(statement.execution_options(synchronize_session=False))
    assert ledger_of(payment_id) == before


def test_one_fact_is_booked_once(payment_id: UUID) -> None:
    post(payment_id, {Account.STRIPE: 5, Account.GIFTS: -5})
    with pytest.raises(IntegrityError):
        post(payment_id, {Account.STRIPE: 5, Account.GIFTS: -5})
    assert ledger_of(payment_id) == {("settled", "stripe"): 5, ("settled", "gifts"): -5}


def test_lines_that_do_not_balance_are_refused(payment_id: UUID) -> None:
    with pytest.raises(ValueError, match="balance"):
        post(payment_id, {Account.STRIPE: 5, Account.GIFTS: -4})


def test_the_checks_see_what_is_wrong(payment_id: UUID) -> None:
    assert (unbalanced(), settled_without_ledger()) == ([], [])
    with transaction() as session:
        payment = session.get_one(type(row_of(payment_id)), payment_id)
        payment.state, payment.settled_at = PaymentState.SETTLED, clock.now()
    assert len(settled_without_ledger()) == 1
    with transaction() as session:
        payment = session.get_one(type(payment), payment_id)
        ledger.post("settled", payment, clock.now(), {Account.STRIPE: 1500, Account.GIFTS: -1500})
    assert settled_without_ledger() == []


@pytest.mark.crooked
def test_the_check_sees_a_transaction_that_does_not_balance(house: Any, payment_id: UUID) -> None:
    with transaction() as session:
        fact = LedgerTransaction(id=new_id(), at=clock.now(), kind="test", source="test:1", payment_id=payment_id)
        session.add(fact)
        session.flush()
        for cents in (1500, -1499):
            session.add(
                LedgerEntry(
                    id=new_id(),
                    transaction_id=fact.id,
                    account=Account.GIFTS,
                    station_id=house.news.id,
                    amount_cents=cents,
                    currency="usd",
                )
            )
    assert unbalanced() == [f"ledger transaction {fact.id} sums to 1 usd"]


def test_the_same_charge_again_is_known_and_nobodys_work(payment_id: UUID) -> None:
    found = paid_session(payment_id)
    fold(found)
    before = ledger_of(payment_id)
    again = fold(found)
    assert (again.text, ledger_of(payment_id), work_items()) == ("settled before", before, [])
    books_hold()


def test_a_second_charge_of_one_payment_becomes_work(payment_id: UUID) -> None:
    fold(paid_session(payment_id))
    second = replace(paid_session(payment_id), id=row_of(payment_id).checkout_session or "")
    outcome = fold(second)
    assert "does not expect" in outcome.text
    assert work_items() == ["payments.unexpected_money"]
    assert len(ledger_of(payment_id)) == 4
    books_hold()


def test_money_after_the_end_becomes_work_and_changes_nothing(payment_id: UUID) -> None:
    stripe = FakeStripe(payment_id, None)
    stripe.expires()
    fold(stripe.session())
    assert state_of(payment_id) is PaymentState.EXPIRED
    stripe.pays(fee=True)
    fold(stripe.session())
    assert (state_of(payment_id), ledger_of(payment_id)) == (PaymentState.EXPIRED, {})
    assert work_items() == ["payments.unexpected_money"]


def test_another_session_of_the_same_payment_becomes_work(payment_id: UUID) -> None:
    fold(FakeStripe(payment_id, None).session())
    fold(paid_session(payment_id))
    assert state_of(payment_id) is PaymentState.AWAITING_DONOR
    assert work_items() == ["payments.unexpected_money"]


def test_the_books_hold_what_was_charged(payment_id: UUID) -> None:
    stripe = FakeStripe(payment_id, None, cents=1400)
    stripe.pays(fee=True)
    fold(stripe.session())
    assert (row_of(payment_id).amount_cents, ledger_of(payment_id)["settled", "gifts"]) == (1400, -1400)
    assert work_items() == ["payments.amount"]
    books_hold()


def test_a_paid_session_without_a_charge_is_looked_at_again(payment_id: UUID) -> None:
    with pytest.raises(NotYet):
        fold(replace(paid_session(payment_id), paying=None))
    assert state_of(payment_id) is PaymentState.CREATED
    assert row_of(payment_id).checkout_session is None


def test_an_event_of_the_other_mode_is_not_believed(payment_id: UUID) -> None:
    assert fold(replace(paid_session(payment_id), livemode=True)).state.value == "ignored"
    assert state_of(payment_id) is PaymentState.CREATED


def test_a_fee_in_another_currency_is_not_booked(payment_id: UUID) -> None:
    session = paid_session(payment_id)
    assert session.paying is not None
    assert session.paying.charged is not None
    charged = replace(session.paying.charged, fee_currency="eur")
    fold(replace(session, paying=replace(session.paying, charged=charged)))
    assert set(ledger_of(payment_id)) == {("settled", "stripe"), ("settled", "gifts")}
    assert work_items() == ["payments.fee"]
    books_hold()


def test_nothing_is_looked_up_by_an_empty_id(app: Any) -> None:
    for look in (lock_payment_of_intent, lock_payment_of_invoice):
        with pytest.raises(ValueError, match="empty"), transaction():
            look("")
