"""Charges of sustainers that fail: what is known about them, who tries again, and what the donor can do."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from sandbox.stripe.testing import Handle
from station.core.actor import VISITOR
from station.core.clock import now
from station.core.db import db
from station.core.places import INVARIANTS
from station.payments import policies, queries
from station.payments.gateway import StripeRefused, StripeUnavailable
from station.payments.models import (
    CallState,
    InvoiceState,
    MandateState,
    MethodState,
    PaymentState,
    SubscriptionState,
)
from station.payments.services import (
    NoMethod,
    NothingOpen,
    NotRunning,
    apply_event,
    look_at_method_page,
    open_method_page,
    pay_open_invoice,
)
from tests.payments.keeping import DAY, by_bank, charges_of, declined, invoice, invoices, methods, sustainer, told
from tests.payments.parts import books_hold, renewals_of, row_of, standing, standing_state, state_of, stripe_id

Outbox = Callable[[], int]
BACK = "http://localhost/my-gift/x"


def holds() -> None:
    """The books, and what must be true of failed charges."""
    books_hold()
    ours = [each for each in INVARIANTS if each.name in ("unpaid-invoices", "bank-debits")]
    assert len(ours) == 2
    assert [line for each in ours for line in each.broken()] == []


def charged(payment_id: Any) -> str:
    """What its standing order charges, as its donor calls it."""
    db.session.rollback()
    found = queries.method_of(standing(payment_id).id)
    return found.label if found else ""


def given(payment_id: Any, sandbox: Handle, card: str = "5555555555554444") -> str:
    """The donor gives another card on Stripe's page; the session's id."""
    address = open_method_page(standing(payment_id).id, BACK)
    session = address.rpartition("/")[2]
    assert sandbox.pay(session, card) is None
    return session


def test_a_refused_renewal_is_an_open_invoice_with_its_reason(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    declined(payment_id, stripe_sandbox, outbox)
    row = invoice(payment_id)
    view = queries.offered_invoice(standing(payment_id).id)
    assert view is not None
    assert (row.state, row.attempts, row.amount_cents, row.asks) == (InvoiceState.OPEN, 1, 1500, False)
    assert row.next_attempt_at is not None
    assert 2 <= (row.next_attempt_at - now()).days <= 3
    assert view.reason == "The bank said no and gave no reason."
    assert standing_state(payment_id) is SubscriptionState.RETRYING
    holds()


def test_a_later_try_closes_it(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    declined(payment_id, stripe_sandbox, outbox)
    stripe_sandbox.advance(4 * DAY)
    told(stripe_sandbox, outbox)
    assert (invoice(payment_id).state, standing_state(payment_id)) == (InvoiceState.PAID, SubscriptionState.ACTIVE)
    assert [each.state for each in renewals_of(payment_id)] == [PaymentState.SETTLED]
    holds()


def test_after_the_last_try_it_lapses(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    declined(payment_id, stripe_sandbox, outbox, times=9)
    seen = [invoice(payment_id).attempts]
    for days in (3, 5, 7):
        stripe_sandbox.advance(days * DAY + 60)
        told(stripe_sandbox, outbox)
        seen.append(invoice(payment_id).attempts)
    assert seen == [1, 2, 3, 4]
    assert (standing_state(payment_id), renewals_of(payment_id)) == (SubscriptionState.LAPSED, [])
    assert invoice(payment_id).next_attempt_at is None
    holds()


def test_any_order_and_repetition_of_the_events_ends_the_same(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    for seed in range(12):
        payment_id = sustainer(house, stripe_sandbox, outbox)
        stripe_sandbox.decline_next(stripe_id(payment_id), 2)
        stripe_sandbox.renew(stripe_id(payment_id))
        stripe_sandbox.advance(4 * DAY)
        stripe_sandbox.deliver_now()
        db.session.rollback()
        came = [event.id for event in queries.waiting_events(now(), 100)]
        order = came * 2
        random.Random(seed).shuffle(order)
        for event_id in order:
            apply_event(event_id)
        row = invoice(payment_id)
        assert (row.state, row.attempts, standing_state(payment_id)) == (
            InvoiceState.OPEN,
            2,
            SubscriptionState.RETRYING,
        )
        stripe_sandbox.advance(30 * DAY)
        told(stripe_sandbox, outbox)
    holds()


def test_methods_are_kept_with_a_charge_and_only_one_is_charged(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    (kept,) = methods()
    assert (kept.label, kept.kind, kept.is_default, kept.state) == (
        "Visa ending 4242",
        "card",
        False,
        MethodState.KEPT,
    )
    assert standing(payment_id).method_id == kept.id
    assert (kept.exp_month is not None, kept.fingerprint != "") == (True, True)
    stripe_sandbox.renew(stripe_id(payment_id))
    told(stripe_sandbox, outbox)
    assert len(methods()) == 1


def test_another_card_is_charged_from_now_on_and_the_open_invoice_is_only_offered(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    unpaid = declined(payment_id, stripe_sandbox, outbox)
    given(payment_id, stripe_sandbox)
    told(stripe_sandbox, outbox)
    assert [each.label for each in methods()] == ["Visa ending 4242", "Mastercard ending 4444"]
    assert charged(payment_id) == "Mastercard ending 4444"
    at_stripe = stripe_sandbox.get(stripe_id(payment_id))["default_payment_method"]
    assert at_stripe == methods()[1].stripe_method
    assert (charges_of(stripe_sandbox, unpaid), invoice(payment_id).state) == (0, InvoiceState.OPEN)
    paid = pay_open_invoice(invoice(payment_id).id, VISITOR)
    assert (paid.state, standing_state(payment_id)) == (InvoiceState.PAID, SubscriptionState.ACTIVE)
    with pytest.raises(NothingOpen):
        pay_open_invoice(paid.id, VISITOR)
    told(stripe_sandbox, outbox)
    assert charges_of(stripe_sandbox, unpaid) == 1
    assert [each.method_label for each in renewals_of(payment_id)] == ["Mastercard ending 4444"]
    holds()


def test_a_lost_event_is_looked_for_when_the_donor_comes_back(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    stripe_sandbox.fault("webhook_drop", count=9)
    given(payment_id, stripe_sandbox)
    look_at_method_page(standing(payment_id).id)
    assert charged(payment_id) == "Mastercard ending 4444"
    before = len(stripe_sandbox.requests)
    outbox()  # the job finds that it is done
    look_at_method_page(standing(payment_id).id)
    updates = [r for r in stripe_sandbox.requests[before:] if r["method"] == "POST"]
    assert updates == [] or {r["idempotency_key"] for r in updates} == {updates[0]["idempotency_key"]}
    assert charged(payment_id) == "Mastercard ending 4444"


def test_going_back_to_the_first_card_is_a_change_of_its_own(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    for card in ("5555555555554444", "4242424242424242", "5555555555554444"):
        given(payment_id, stripe_sandbox, card)
        told(stripe_sandbox, outbox)
    assert charged(payment_id) == "Mastercard ending 4444"
    at_stripe = stripe_sandbox.get(stripe_id(payment_id))["default_payment_method"]
    assert at_stripe == next(m.stripe_method for m in methods() if m.id == standing(payment_id).method_id)


def test_two_presses_at_once_pay_once(house: Any, app: Flask, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    unpaid = declined(payment_id, stripe_sandbox, outbox)
    invoice_id, both = invoice(payment_id).id, threading.Barrier(2)

    def press() -> str:
        with app.app_context():
            both.wait(10)
            try:
                return pay_open_invoice(invoice_id, VISITOR).state.value
            except (StripeUnavailable, NothingOpen) as error:
                return type(error).__name__
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        said = [answer.result() for answer in [pool.submit(press) for _ in range(2)]]
    assert "paid" in said
    told(stripe_sandbox, outbox)
    assert (charges_of(stripe_sandbox, unpaid), invoice(payment_id).state) == (1, InvoiceState.PAID)
    holds()


@pytest.mark.parametrize("kind", ["cut", "error_after"])
def test_an_answer_that_never_came_is_no_second_charge(
    kind: str, house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    unpaid = declined(payment_id, stripe_sandbox, outbox)
    stripe_sandbox.fault(kind, count=2, method="POST")
    with pytest.raises(StripeUnavailable):
        pay_open_invoice(invoice(payment_id).id, VISITOR)
    for _ in range(2):
        try:
            assert pay_open_invoice(invoice(payment_id).id, VISITOR).state is InvoiceState.PAID
        except NothingOpen:
            break
    told(stripe_sandbox, outbox)
    assert (charges_of(stripe_sandbox, unpaid), invoice(payment_id).state) == (1, InvoiceState.PAID)
    assert len(renewals_of(payment_id)) == 1
    holds()


def unanswered(payment_id: Any, sandbox: Handle, kind: str) -> None:
    """The donor presses, and no answer comes."""
    sandbox.fault(kind, path="/v1/invoices/", method="POST", count=2)
    with pytest.raises(StripeUnavailable):
        pay_open_invoice(invoice(payment_id).id, VISITOR)


def pressed(payment_id: Any) -> list[tuple[str, CallState]]:
    """The presses so far: number and state."""
    db.session.rollback()
    found = queries.calls_under(f"pay:{invoice(payment_id).id}:")
    return [(call.key.rpartition(":")[2], call.state) for call in found]


def test_a_press_without_an_answer_is_not_repeated_with_the_card_of_before(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    unpaid = declined(payment_id, stripe_sandbox, outbox)
    unanswered(payment_id, stripe_sandbox, "error_before")
    given(payment_id, stripe_sandbox)
    told(stripe_sandbox, outbox)
    assert pay_open_invoice(invoice(payment_id).id, VISITOR).state is InvoiceState.PAID
    told(stripe_sandbox, outbox)
    assert pressed(payment_id) == [("1", CallState.REFUSED), ("2", CallState.ANSWERED)]
    assert [each.method_label for each in renewals_of(payment_id)] == ["Mastercard ending 4444"]
    assert charges_of(stripe_sandbox, unpaid) == 1
    holds()


def test_what_the_card_of_before_has_paid_after_all_is_not_charged_to_the_new_one(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    unpaid = declined(payment_id, stripe_sandbox, outbox)
    unanswered(payment_id, stripe_sandbox, "cut")
    given(payment_id, stripe_sandbox)
    look_at_method_page(standing(payment_id).id)  # its invoice's events have not come yet
    with pytest.raises(NothingOpen):
        pay_open_invoice(invoice(payment_id).id, VISITOR)
    assert (invoice(payment_id).state, len(pressed(payment_id))) == (InvoiceState.PAID, 1)
    told(stripe_sandbox, outbox)
    assert [each.method_label for each in renewals_of(payment_id)] == ["Visa ending 4242"]
    assert charges_of(stripe_sandbox, unpaid) == 1
    holds()


def test_a_press_of_yesterday_has_a_key_that_stripe_has_forgotten(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, later: Callable[..., None]
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    unpaid = declined(payment_id, stripe_sandbox, outbox)
    unanswered(payment_id, stripe_sandbox, "error_before")
    later(hours=25)
    assert pay_open_invoice(invoice(payment_id).id, VISITOR).state is InvoiceState.PAID
    assert pressed(payment_id) == [("1", CallState.REFUSED), ("2", CallState.ANSWERED)]
    told(stripe_sandbox, outbox)
    assert charges_of(stripe_sandbox, unpaid) == 1
    holds()


def test_a_refused_press_may_be_tried_again(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    unpaid = declined(payment_id, stripe_sandbox, outbox, times=2)
    with pytest.raises(StripeRefused):
        pay_open_invoice(invoice(payment_id).id, VISITOR)
    assert invoice(payment_id).attempts == 1  # Stripe counts its own tries: the donor's takes none of them away
    assert pay_open_invoice(invoice(payment_id).id, VISITOR).state is InvoiceState.PAID
    told(stripe_sandbox, outbox)
    assert charges_of(stripe_sandbox, unpaid) == 1
    holds()


def test_only_the_newest_of_several_months_stays_open(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    first = declined(payment_id, stripe_sandbox, outbox)
    stripe_sandbox.advance(60)  # the next one is billed at another second
    second = declined(payment_id, stripe_sandbox, outbox)
    told(stripe_sandbox, outbox)
    assert [each.state for each in invoices(payment_id)] == [InvoiceState.VOID, InvoiceState.OPEN]
    assert (stripe_sandbox.get(first)["status"], stripe_sandbox.get(second)["status"]) == ("void", "open")
    older, newest = (each.id for each in invoices(payment_id))
    with pytest.raises(NothingOpen):
        pay_open_invoice(older, VISITOR)
    assert pay_open_invoice(newest, VISITOR).state is InvoiceState.PAID
    holds()


def test_an_older_one_is_let_go_when_the_next_is_paid_at_once(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    older = declined(payment_id, stripe_sandbox, outbox)
    stripe_sandbox.advance(60)  # the next one is billed at another second
    newer = stripe_sandbox.renew(stripe_id(payment_id))
    told(stripe_sandbox, outbox)
    told(stripe_sandbox, outbox)
    assert (invoice(payment_id).state, stripe_sandbox.get(older)["status"]) == (InvoiceState.VOID, "void")
    assert queries.offered_invoice(standing(payment_id).id) is None
    stripe_sandbox.advance(8 * DAY)
    told(stripe_sandbox, outbox)
    assert (charges_of(stripe_sandbox, older), charges_of(stripe_sandbox, newer or "")) == (0, 1)
    assert standing_state(payment_id) is SubscriptionState.ACTIVE
    holds()


def test_a_bank_debit_is_settling_until_the_bank_has_answered(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = by_bank(house, stripe_sandbox, outbox)
    assert state_of(payment_id) is PaymentState.SETTLED
    unpaid = stripe_sandbox.renew(stripe_id(payment_id))
    told(stripe_sandbox, outbox)
    waiting = queries.method_of(standing(payment_id).id)
    assert waiting is not None
    assert (waiting.by_bank, waiting.mandate, waiting.dead) == (True, MandateState.ACTIVE, False)
    assert renewals_of(payment_id) == []  # promised: no gift, no receipt
    stripe_sandbox.settle_debits()
    told(stripe_sandbox, outbox)
    assert [each.state for each in renewals_of(payment_id)] == [PaymentState.SETTLED]
    assert charges_of(stripe_sandbox, unpaid or "") == 1
    holds()


@pytest.mark.parametrize(("code", "dead"), [("insufficient_funds", False), ("debit_not_authorized", True)])
def test_a_debit_that_comes_back_is_never_tried_again_by_itself(
    code: str, dead: bool, house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = by_bank(house, stripe_sandbox, outbox)
    unpaid = stripe_sandbox.renew(stripe_id(payment_id))
    told(stripe_sandbox, outbox)
    stripe_sandbox.settle_debits(sent_back=code)
    told(stripe_sandbox, outbox)
    row = invoice(payment_id)
    assert (row.state, row.next_attempt_at, row.decline_code) == (InvoiceState.OPEN, None, code)
    assert standing_state(payment_id) is SubscriptionState.NEEDS_ACTION
    stripe_sandbox.advance(25 * DAY)
    told(stripe_sandbox, outbox)
    assert (charges_of(stripe_sandbox, unpaid or ""), invoice(payment_id).state) == (0, InvoiceState.OPEN)
    method = queries.method_of(standing(payment_id).id)
    assert method is not None
    assert method.dead is dead
    if dead:
        with pytest.raises(NoMethod):
            pay_open_invoice(row.id, VISITOR)
        given(payment_id, stripe_sandbox)
        told(stripe_sandbox, outbox)
        assert pay_open_invoice(row.id, VISITOR).state is InvoiceState.PAID
    else:
        assert pay_open_invoice(row.id, VISITOR).state is InvoiceState.SETTLING
        with pytest.raises(NothingOpen):
            pay_open_invoice(row.id, VISITOR)
        stripe_sandbox.settle_debits()
        told(stripe_sandbox, outbox)
        assert invoice(payment_id).state is InvoiceState.PAID
    assert charges_of(stripe_sandbox, unpaid or "") == 1
    holds()


def test_a_revoked_mandate_is_dead(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = by_bank(house, stripe_sandbox, outbox)
    stripe_sandbox.revoke_mandate(methods()[0].stripe_method)
    told(stripe_sandbox, outbox)
    method = queries.method_of(standing(payment_id).id)
    assert method is not None
    assert (method.mandate, method.dead) == (MandateState.INACTIVE, True)


def test_a_debit_taken_back_later_ends_its_mandate(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = by_bank(house, stripe_sandbox, outbox)
    charge = row_of(payment_id).charge
    assert charge is not None
    stripe_sandbox.return_debit(charge)
    told(stripe_sandbox, outbox)
    method = queries.method_of(standing(payment_id).id)
    assert method is not None
    assert (method.mandate, method.dead) == (MandateState.INACTIVE, True)


def test_a_bank_that_wants_the_donor_asks_and_nothing_is_tried_meanwhile(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox, card="4000002760003184")
    unpaid = stripe_sandbox.renew(stripe_id(payment_id)) or ""
    told(stripe_sandbox, outbox)
    row = invoice(payment_id)
    assert (row.asks, row.state, standing_state(payment_id)) == (
        True,
        InvoiceState.OPEN,
        SubscriptionState.NEEDS_ACTION,
    )
    assert row.page_url.startswith(stripe_sandbox.url)
    assert stripe_sandbox.confirm_invoice(unpaid) is None
    told(stripe_sandbox, outbox)
    assert (invoice(payment_id).state, standing_state(payment_id)) == (InvoiceState.PAID, SubscriptionState.ACTIVE)
    assert charges_of(stripe_sandbox, unpaid) == 1
    holds()


def test_an_ended_gift_takes_no_other_card(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    declined(payment_id, stripe_sandbox, outbox, times=9)
    stripe_sandbox.advance(40 * DAY)
    told(stripe_sandbox, outbox)
    with pytest.raises(NotRunning):
        open_method_page(standing(payment_id).id, BACK)


def test_a_method_that_is_gone_is_charged_no_more(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> None:
    payment_id = sustainer(house, stripe_sandbox, outbox)
    declined(payment_id, stripe_sandbox, outbox)
    row = methods()[0]
    with stripe_sandbox.sandbox.action():
        method = stripe_sandbox.get(row.stripe_method)
        method["customer"] = None
        stripe_sandbox.sandbox.store.save(method)
        stripe_sandbox.sandbox.emit("payment_method.detached", method)
    told(stripe_sandbox, outbox)
    assert methods()[0].state is MethodState.GONE
    with pytest.raises(NoMethod):
        pay_open_invoice(invoice(payment_id).id, VISITOR)


def test_what_the_card_networks_tell_is_kept_with_what_it_was(
    house: Any, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    sustainer(house, stripe_sandbox, outbox)
    row = methods()[0]
    stripe_sandbox.update_card(row.stripe_method, exp_year=2039, number="5555555555554444")
    told(stripe_sandbox, outbox)
    assert (methods()[0].label, methods()[0].exp_year) == ("Mastercard ending 4444", 2039)
    from_events = queries.method_changes(row.id)
    assert any("Visa ending 4242" in line.text and "the bank told" in line.text for line in from_events)


@pytest.mark.parametrize("code", sorted(policies.DEADLY))
def test_words_for_every_deadly_return(code: str) -> None:
    assert policies.reason(code, "") != ""


def test_a_donor_never_reads_that_a_card_is_thought_stolen() -> None:
    for code, told_staff in itertools.product(("stolen_card", "fraudulent", "lost_card"), (True, False)):
        words = policies.reason(code, "x") if told_staff else policies.reason_for_donor(code, "x")
        assert ("stolen" in words or "misused" in words or "lost" in words) is told_staff
