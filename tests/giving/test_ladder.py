"""Letters to sustainers whose charges fail: each once, the right one, and none once it is over."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import new_id
from station.core.places import INVARIANTS
from station.giving import queries
from station.giving.models import Contact
from station.giving.services import give_notices, write_about_invoice, write_due_letters
from station.payments.models import EndReason, InvoiceState, OpenInvoice, SubscriptionState
from station.payments.policies import LETTERS, Step, due_step
from station.payments.services import sustaining
from tests.giving.conftest import Donor
from tests.giving.keeping import Giver, steps

NOW = clock.now()


def in_order() -> None:
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_a_refusal_a_reminder_and_a_thank_you(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    giver.refused(times=2)
    assert giver.letters() == ["Your monthly gift could not be charged"]
    text = giver.letter().get_body(("plain",)).get_content()
    assert "The bank said no and gave no reason." in text
    assert "$5 a month" in text
    assert "Visa ending 4242" in text
    giver.passes(3.01)  # the second refusal
    write_due_letters()
    assert len(giver.letters()) == 1
    giver.passes(3.5)  # the next try is a day and a half away
    for _ in range(3):
        write_due_letters()
        giver.told()
    assert len(giver.letters()) == 2
    assert giver.letters()[-1].startswith("We try your monthly gift once more on ")
    giver.passes(2)
    assert giver.letters()[-1] == "Thank you: your monthly gift arrived"
    assert steps() == ["failed", "last_try", "recovered"]
    in_order()


def test_after_the_last_try_it_says_so_once(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    giver.refused(times=9)
    for days in (3.01, 5.01, 7.01):
        giver.passes(days)
    giver.passes(5)
    write_due_letters()
    giver.told()
    assert giver.letters()[-1] == "We could not charge your monthly gift"
    assert steps().count("given_up") == 1
    assert giver.order().state is SubscriptionState.LAPSED
    in_order()


def test_a_gift_that_was_given_up_does_not_end_once_more_in_a_letter(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    giver.refused(times=9)
    for days in (3.01, 5.01, 7.01, 5):
        giver.passes(days)
    assert giver.order().state is SubscriptionState.LAPSED
    assert [each for each in giver.letters() if "stopped" in each] == []
    assert queries.given_up(giver.order().id)


@pytest.mark.parametrize(("wanted", "said"), [(None, []), (EndReason.MONEY, ["Your gift has stopped"])])
def test_an_end_after_we_gave_up_is_confirmed_only_to_who_asked_for_it(
    giver: Giver, donor: Donor, wanted: EndReason | None, said: list[str]
) -> None:
    """Staff tidy up at Stripe's dashboard what the donor has read of already."""
    order_id = giver.begin(donor)
    giver.refused()
    with transaction() as session:
        session.get_one(OpenInvoice, giver.invoice().id).next_attempt_at = None
    assert write_about_invoice(giver.invoice().id) is Step.GIVEN_UP
    giver.outbox()
    before = giver.letters()
    if wanted:
        sustaining.cancel(order_id, wanted, COMMAND)
    else:
        giver.cancelled("cancellation_requested")
    giver.told()
    assert giver.order().state is SubscriptionState.ENDED
    assert giver.letters() == [*before, *said]


def test_who_took_money_back_is_not_invited_back(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    charge = next(c for c in giver.stripe.sandbox.store.all("charge") if c["paid"])
    giver.stripe.dispute(charge["id"], reason="fraudulent")
    for _ in range(3):
        giver.told()
    assert (giver.order().state, giver.letters()) == (SubscriptionState.ENDED, [])


def test_nor_before_stripe_has_told_of_the_dispute(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    giver.cancelled("payment_disputed")
    giver.told()
    assert (giver.order().state, giver.letters()) == (SubscriptionState.ENDED, [])


def test_a_bank_that_asks_sends_the_donor_to_confirm(giver: Giver, donor: Donor) -> None:
    giver.begin(donor, card="4000002760003184")
    unpaid = giver.renewed()
    assert giver.letters() == ["Your bank wants you to confirm your monthly gift"]
    giver.passes(6)
    assert len(giver.letters()) == 1
    giver.stripe.confirm_invoice(unpaid)
    giver.told()
    assert steps() == ["confirm", "recovered"]
    in_order()


def test_a_debit_that_comes_back_is_told_and_left_to_the_donor(giver: Giver, donor: Donor) -> None:
    giver.begin_by_bank(donor)
    giver.renewed()
    assert giver.letters() == []  # promised, and nothing to say
    giver.stripe.settle_debits(sent_back="insufficient_funds")
    giver.told()
    assert giver.letters() == ["Your bank sent our debit back"]
    text = giver.letter().get_body(("plain",)).get_content()
    assert "You have not given this month, and you owe us nothing." in " ".join(text.split())
    giver.passes(10)
    assert steps() == ["returned"]
    in_order()


def test_a_first_debit_that_comes_back_is_no_gift_and_has_no_receipt(giver: Giver, donor: Donor) -> None:
    session = giver._session(donor, {"frequency": "once"})
    assert giver.stripe.pay_by_bank(session) is None
    giver.told()
    assert giver.mailbox.messages == []  # promised: no receipt before the money
    giver.stripe.settle_debits(sent_back="insufficient_funds")
    giver.told()
    assert [str(m["Subject"]) for m in giver.mailbox.messages] == ["Your bank sent our debit back"]
    in_order()


def test_a_card_that_ends_is_told_once_in_the_month_before(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    (method,) = giver.stripe.sandbox.store.all("payment_method")
    next_month = clock.today("America/Los_Angeles").replace(day=1) + timedelta(days=32)
    method["card"].update(exp_month=next_month.month, exp_year=next_month.year)
    with giver.stripe.sandbox.action():
        giver.stripe.sandbox.store.save(method)
        giver.stripe.sandbox.emit("payment_method.updated", method)
    giver.told()
    for _ in range(2):
        give_notices()
        giver.told()
    assert giver.letters()[1:] == [f"Your card for your monthly gift ends in {next_month:%B %Y}"]
    assert giver.letters()[0] == "Your monthly gift: what was agreed"
    giver.passes(20)
    give_notices()
    giver.told()
    assert steps() == ["expiring"]


def test_the_same_letter_is_never_written_twice(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    giver.refused()
    before = len(giver.mailbox.messages)
    assert [write_about_invoice(giver.invoice().id) for _ in range(3)] == [None, None, None]
    giver.told()
    assert (len(giver.mailbox.messages), steps()) == (before, ["failed"])


STATES = [s for s in SubscriptionState if s is not SubscriptionState.CREATED]


@given(
    st.sampled_from(list(InvoiceState)),
    st.sampled_from(STATES),
    st.sets(st.sampled_from(LETTERS)),
    st.integers(0, 9),
    st.none() | st.integers(-48, 240),
    st.booleans(),
    st.sampled_from(["card", "us_bank_account"]),
)
def test_no_letter_twice_none_to_those_who_left_and_none_about_nothing(
    state: InvoiceState,
    order: SubscriptionState,
    told: set[Step],
    attempts: int,
    hours: int | None,
    asks: bool,
    kind: str,
) -> None:
    again = NOW + timedelta(hours=hours) if hours is not None else None
    row: Any = SimpleNamespace(
        state=state, attempts=attempts, next_attempt_at=again, asks=asks, kind=kind, updated_at=NOW
    )
    step = due_step(row, order, told, NOW)
    assert step not in told
    if order in (SubscriptionState.ENDED, SubscriptionState.PAUSED) or state in (
        InvoiceState.VOID,
        InvoiceState.SETTLING,
    ):
        assert step is None
    if state is InvoiceState.PAID and step is not None:
        assert (step, bool(told)) == (Step.RECOVERED, True)


@pytest.mark.crooked
def test_a_letter_that_went_out_twice_is_seen(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    giver.refused()
    with transaction() as session:
        row = session.scalars(sa.select(Contact)).one()
        session.add(
            Contact(
                id=new_id(),
                key="again",
                step=row.step,
                subscription_id=row.subscription_id,
                invoice_id=row.invoice_id,
                by="x",
                note="",
                at=clock.now(),
            )
        )
    db.session.rollback()
    (broken,) = [i.broken() for i in INVARIANTS if i.name == "letters-once"]
    assert "went out 2 times" in broken[0]


def test_nobody_is_asked_for_more_who_has_taken_money_back(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    giver.refused()
    before = steps()
    charge = next(c for c in giver.stripe.sandbox.store.all("charge") if c["paid"])
    giver.stripe.dispute(charge["id"], reason="unrecognized")
    giver.told()
    for _ in range(3):
        giver.passes(4)
        write_due_letters()
        giver.told()
    assert steps() == before
