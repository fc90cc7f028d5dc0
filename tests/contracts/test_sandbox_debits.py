"""US bank accounts and 3-D Secure: pending debits, what the bank answers, challenges; with and without a page."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.stripe.core.clock import DAY
from sandbox.stripe.flows.banks import ACCOUNTS
from sandbox.stripe.testing import Handle
from tests.contracts.sandbox_parts import Gifts
from tests.contracts.test_sandbox_page import GOOD, fetch

BANK = {"name": "Ada", "email": "ada@example.org", "routing": "110000000", "account": "000123456789"}


def types(handle: Handle) -> list[str]:
    return [event["type"] for event in handle.events]


def test_a_debit_is_pending_until_the_bank_answers(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page(10000)
    assert stripe_sandbox.pay_by_bank(session.id) is None
    done = gifts.look(session, "payment_intent.latest_charge")
    assert (done.status, done.payment_status) == ("complete", "unpaid")
    assert done.payment_intent.status == "processing"
    assert done.payment_intent.latest_charge.status == "pending"
    assert done.payment_intent.latest_charge.payment_method_details.us_bank_account.last4 == "6789"
    assert stripe_sandbox.advance(3 * DAY) == 0
    assert "checkout.session.async_payment_succeeded" not in types(stripe_sandbox)
    stripe_sandbox.advance(DAY + 1)
    done = gifts.look(session, "payment_intent.latest_charge.balance_transaction")
    assert (done.payment_status, done.payment_intent.status) == ("paid", "succeeded")
    assert done.payment_intent.latest_charge.balance_transaction.fee == 80
    assert types(stripe_sandbox) == [
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
        "checkout.session.async_payment_succeeded",
    ]


@pytest.mark.parametrize("account", [a for a in ACCOUNTS.values() if a.later], ids=lambda a: str(a.later.code))
def test_a_debit_that_comes_back(gifts: Gifts, stripe_sandbox: Handle, account: Any) -> None:
    session = gifts.in_page()
    assert stripe_sandbox.pay_by_bank(session.id, account.number) is None
    assert stripe_sandbox.settle_debits() == 1
    done = gifts.look(session, "payment_intent.latest_charge")
    assert (done.status, done.payment_status) == ("complete", "unpaid")
    assert done.payment_intent.status == "requires_payment_method"
    assert done.payment_intent.last_payment_error.code == account.later.code
    assert done.payment_intent.latest_charge.failure_code == account.later.code
    assert done.payment_intent.latest_charge.balance_transaction is None
    revoked = [] if account.later.code == "insufficient_funds" else ["mandate.updated"]
    kinds = types(stripe_sandbox)
    assert kinds[kinds.index("charge.failed") :] == [
        "charge.failed",
        "payment_intent.payment_failed",
        *revoked,
        "checkout.session.async_payment_failed",
    ]
    assert stripe_sandbox.settle_debits() == 0


def test_some_are_refused_at_once_and_some_never_answered(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page()
    assert stripe_sandbox.pay_by_bank(session.id, "000777777771")
    assert gifts.look(session).status == "open"
    assert stripe_sandbox.pay_by_bank(session.id, "000000000009") is None
    stripe_sandbox.advance(60 * DAY)
    assert gifts.look(session, "payment_intent").payment_intent.status == "processing"
    assert stripe_sandbox.settle_debits(sent_back="account_closed") == 1
    assert gifts.look(session, "payment_intent").payment_intent.last_payment_error.code == "account_closed"
    with pytest.raises(ValueError, match="insufficient_funds"):
        stripe_sandbox.settle_debits(sent_back="tired")


def test_a_sustainer_by_bank_begins_at_once_and_renews(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page(1500, monthly=True)
    stripe_sandbox.pay_by_bank(session.id)
    done = gifts.look(session, "subscription", "invoice")
    assert (done.subscription.status, done.invoice.status) == ("active", "open")
    stripe_sandbox.settle_debits()
    assert gifts.look(session, "invoice").invoice.status == "paid"
    invoice = stripe_sandbox.renew(done.subscription.id)
    assert stripe_sandbox.get(str(invoice))["status"] == "open"
    stripe_sandbox.settle_debits(sent_back="insufficient_funds")
    assert stripe_sandbox.get(done.subscription.id)["status"] == "past_due"
    assert "invoice.payment_failed" in types(stripe_sandbox)
    assert types(stripe_sandbox).count("checkout.session.async_payment_succeeded") == 1


def test_an_account_is_saved_with_its_mandate(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.saving()
    assert stripe_sandbox.pay_by_bank(session.id) is None
    done = gifts.look(session, "setup_intent.mandate")
    assert done.setup_intent.mandate.payment_method == done.setup_intent.payment_method


def test_the_bank_asks_and_the_donor_answers(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page()
    message = stripe_sandbox.pay_in_page(session.id, "4000002760003184", authenticate=False)
    assert str(message).startswith("We are unable to authenticate")
    held = gifts.look(session, "payment_intent")
    assert (held.status, held.payment_intent.status) == ("open", "requires_payment_method")
    assert held.payment_intent.last_payment_error.code == "payment_intent_authentication_failure"
    assert held.payment_intent.latest_charge is None
    assert stripe_sandbox.pay_in_page(session.id, "4000008260003178") == "Your card has insufficient funds."
    assert stripe_sandbox.pay_in_page(session.id, "4000000000003220") is None
    done = gifts.look(session, "payment_intent.latest_charge")
    secure = done.payment_intent.latest_charge.payment_method_details.card.three_d_secure
    assert (secure.result, secure.authentication_flow) == ("authenticated", "challenge")
    assert types(stripe_sandbox).count("payment_intent.requires_action") == 3


def test_the_bank_also_asks_when_a_card_is_saved(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.saving()
    assert stripe_sandbox.pay_in_page(session.id, "4000002500003155", authenticate=False)
    held = gifts.look(session, "setup_intent")
    assert (held.status, held.setup_intent.status) == ("open", "requires_payment_method")
    assert held.setup_intent.last_setup_error.code == "setup_intent_authentication_failure"
    assert stripe_sandbox.pay_in_page(session.id, "4000002500003155") is None
    assert types(stripe_sandbox)[-3:] == [
        "setup_intent.requires_action",
        "setup_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_card_that_always_asks_cannot_renew_alone(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page(1500, monthly=True)
    assert stripe_sandbox.pay_in_page(session.id, "4000002760003184") is None
    invoice = stripe_sandbox.renew(gifts.look(session).subscription)
    assert stripe_sandbox.get(str(invoice))["status"] == "open"
    failed = [e for e in stripe_sandbox.events if e["type"] == "payment_intent.payment_failed"][-1]
    assert failed["data"]["object"]["last_payment_error"]["code"] == "authentication_required"


def test_every_card_is_asked_when_the_merchant_wants_it(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page(payment_method_options={"card": {"request_three_d_secure": "any"}})
    assert stripe_sandbox.pay_in_page(session.id, authenticate=False)
    assert stripe_sandbox.pay_in_page(session.id) is None


# The hosted page, without script ---------------------------------------------------------------------------


def test_the_hosted_page_takes_a_bank_account(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.once()
    address = f"{session.url}?with=us_bank_account"
    page = fetch(address)
    assert "Routing number" in page.text
    assert "authorize a debit" in page.text
    assert 'aria-current="true">US bank account' in page.text
    for field, value in (("routing", "110000001"), ("account", "123"), ("name", "")):
        wrong = fetch(address, {**BANK, field: value})
        assert (wrong.status, f'id="{field}-error"' in wrong.text) == (422, True)
    refused = fetch(address, {**BANK, "account": "000777777771"})
    assert (refused.status, 'id="account-error"' in refused.text) == (402, True)
    assert fetch(address, BANK).status == 303
    assert gifts.look(session).payment_status == "unpaid"
    stripe_sandbox.settle_debits()
    assert gifts.look(session).payment_status == "paid"


def test_the_hosted_page_passes_the_challenge_on(gifts: Gifts) -> None:
    session = gifts.once()
    answer = fetch(session.url, {**GOOD, "number": "4000 0027 6000 3184"})
    asking = answer.headers["Location"]
    assert (answer.status, asking) == (303, f"/c/pay/{session.id}/authenticate")
    root = session.url.partition("/c/")[0]
    assert "Complete" in fetch(root + asking).text
    failed = fetch(root + asking, {"answer": "fail"})
    assert (failed.status, "unable to authenticate" in failed.text) == (402, True)
    assert f'action="/c/pay/{session.id}"' in failed.text
    fetch(session.url, {**GOOD, "number": "4000 0027 6000 3184"})
    done = fetch(root + asking, {"answer": "complete"})
    assert done.headers["Location"].startswith("http://127.0.0.1:8400/thanks")
    assert fetch(root + asking, {"answer": "complete"}).status == 303
    assert gifts.look(session).payment_status == "paid"


def test_the_hosted_page_saves_a_card(gifts: Gifts) -> None:
    session = gifts.saving("hosted_page")
    page = fetch(session.url)
    assert "Save a payment method" in page.text
    assert fetch(session.url, GOOD).headers["Location"] == "http://127.0.0.1:8400/saved"
    assert gifts.look(session, "setup_intent").setup_intent.status == "succeeded"


def test_a_session_for_elements_has_no_hosted_page(gifts: Gifts, stripe_sandbox: Handle) -> None:
    session = gifts.in_page()
    for tail in ("", "/authenticate"):
        assert fetch(f"{stripe_sandbox.url}/c/pay/{session.id}{tail}").status in (303, 404)
    assert fetch(f"{stripe_sandbox.url}/c/pay/{session.id}", GOOD).status == 404
