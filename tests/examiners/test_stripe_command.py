"""Stripe's own command line plays its sequences of calls against the sandbox, as it would against Stripe.

Nobody here wrote what it sends. Each sequence must be accepted, announce the event it is named after, and draw no
answer or event from the sandbox that breaks the contract.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.stripe.testing import Handle, running_sandbox
from tests.contracts.sandbox_parts import client_of

Play = Callable[[str, Handle], "subprocess.CompletedProcess[str]"]

PLAYED = [
    "charge.captured",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.failed",
    "charge.refund.updated",
    "charge.refunded",
    "charge.succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.created",
    "customer.deleted",
    "customer.updated",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.updated",
    "invoice.created",
    "invoice.deleted",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.sent",
    "invoice.updated",
    "invoice.voided",
    "invoiceitem.created",
    "invoiceitem.deleted",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_method.attached",
    "payment_method.detached",
    "payment_method.updated",
    "payout.created",
    "payout.updated",
    "price.created",
    "price.updated",
    "product.created",
    "product.deleted",
    "product.updated",
    "setup_intent.canceled",
    "setup_intent.created",
    "setup_intent.requires_action",
    "setup_intent.setup_failed",
    "setup_intent.succeeded",
    "subscription.payment_failed",
    "subscription.payment_succeeded",
]

OTHER_NAMES = {  # a sequence whose name is no event
    "subscription.payment_failed": "invoice.payment_failed",
    "subscription.payment_succeeded": "invoice.payment_succeeded",
}


def by_bank(account: str, currency_of: str) -> list[str]:
    """The program's own options: the sequence pays by SEPA debit in euros; here a US bank account pays in dollars."""
    method = {"account_number": account, "routing_number": "110000000", "account_holder_type": "individual"}
    added = [f"payment_method:us_bank_account[{name}]={value}" for name, value in method.items()]
    return [
        "--remove=payment_method:sepa_debit",
        "--override=payment_method:type=us_bank_account",
        f"--override={currency_of}:currency=usd",
        *(f"--add={each}" for each in added),
    ]


CHANGED = {  # docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-account-numbers
    "checkout.session.async_payment_failed": by_bank("000222222227", "price"),
    "checkout.session.async_payment_succeeded": by_bank("000123456789", "price"),
    "payment_intent.processing": by_bank("000123456789", "payment_intent"),
}
BANKS_TAKE = 5 * 86_400  # seconds

NOT_HERE = {  # the start of a name, and why the sandbox does not have it
    "account.": "Connect: other people's accounts; Station has one of its own",
    "balance.available": "told by Stripe some time after money has become available, not by a call",
    "billing_portal.": "Stripe's portal for customers is not used",
    "cash_balance.": "bank transfers from a customer's balance are not offered",
    "coupon.": "a gift has no discount",
    "credit_note.": "a gift is refunded, never credited",
    "customer.discount.": "a gift has no discount",
    "customer.source.": "sources are the old way of saving a card",
    "customer.subscription.paused": "comes of trials; a gift has none",
    "customer.subscription.trial_will_end": "comes of trials; a gift has none",
    "customer_cash_balance_transaction.": "bank transfers from a customer's balance are not offered",
    "identity.": "Stripe Identity",
    "invoice.payment_action_required": "the sandbox declines a renewal that wants 3-D Secure",
    "issuing_": "Stripe Issuing",
    "payment_intent.partially_funded": "bank transfers from a customer's balance are not offered",
    "payment_link.": "pledges start on Station's own page",
    "plan.": "plans are the old name of prices",
    "promotion_code.": "a gift has no discount",
    "quote.": "Stripe Quotes",
    "reporting.": "Stripe's reports are not read",
    "subscription_schedule.": "a monthly gift changes at once or not at all",
    "tax_rate.": "a gift bears no tax",
    "test_helpers.": "the sandbox has one clock of its own",
    "topup.": "the balance is never topped up",
    "transfer.": "Connect: other people's accounts",
    "v1.billing.meter.": "a gift is not metered",
}


@pytest.fixture
def play(stripe_command: Path, tmp_path: Path) -> Play:
    """Run one sequence. The program is at home in a temporary folder, and what it asks of other hosts meets a
    proxy that does not answer."""
    environment = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "STRIPE_CLI_TELEMETRY_OPTOUT": "1",
    }

    def run(event: str, stripe: Handle) -> subprocess.CompletedProcess[str]:
        command = [stripe_command, "trigger", event, "--api-key", stripe.api_key, "--api-base", stripe.url]
        command += CHANGED.get(event, [])
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    return run


def test_every_sequence_is_accounted_for(known: set[str]) -> None:
    """A new version of the program that knows a new event is noticed here."""
    assert len(known) > 100
    assert {event for event in known if event not in PLAYED and not event.startswith(tuple(NOT_HERE))} == set()
    assert set(PLAYED) - known == set()
    assert [start for start in NOT_HERE if not any(event.startswith(start) for event in known)] == []


@pytest.mark.parametrize("event", PLAYED)
def test_a_sequence_is_played(play: Play, event: str) -> None:
    with running_sandbox(deliver="manual") as stripe:
        done = play(event, stripe)
        assert done.returncode == 0, done.stdout + done.stderr
        if event in CHANGED:
            stripe.advance(BANKS_TAKE)
        name = OTHER_NAMES.get(event, event)
        found = client_of(stripe).v1.events.list({"type": name}).data  # type: ignore[typeddict-item]
        assert [each.type for each in found] == [name]
        assert (stripe.violations, len(stripe.requests) > 1) == ([], True)


@pytest.mark.parametrize("start", NOT_HERE)
def test_what_is_not_here_says_so(play: Play, known: set[str], start: str) -> None:
    """The list says no more than is true: each of these is refused in words, and breaks nothing."""
    for event in sorted(each for each in known if each.startswith(start)):
        with running_sandbox(deliver="manual") as stripe:
            done = play(event, stripe)
            assert event not in {each["type"] for each in stripe.events}, event
            assert done.returncode == 0 or "Trigger failed" in done.stdout + done.stderr
            assert [each for each in stripe.violations if each.side != "request"] == []
