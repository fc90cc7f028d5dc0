"""What payments adds to the house."""

from __future__ import annotations

from datetime import datetime

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import (
    NAV,
    QUEUES,
    SUBJECT_PAGES,
    TILES,
    NavItem,
    SubjectPage,
    Tile,
    TileValue,
    WorkQueue,
    WorkRow,
)
from station.core import clock
from station.core.events import EventRow
from station.core.fingerprint import ACCOUNT
from station.core.ids import public_id
from station.core.places import COMMAND_GROUPS, EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.licensee.queries import the_licensee
from station.payments import cli, keeping_sentences, queries
from station.payments.deposit_wiring import wire_deposits
from station.payments.gateway import PAYMENT_PREFIX, known_account
from station.payments.models import PaymentState
from station.payments.return_wiring import wire_returns

ROLES = (Role.DEVELOPMENT,)
EVERY = {"": "", "month": "monthly", "quarter": "quarterly", "year": "yearly"}
CHANGES = {
    "amount": "another amount",
    "date": "another day",
    "skip": "a skipped charge",
    "pause": "a pause",
    "resume": "the end of the pause",
    "cancel": "the end",
    "stay": "the continuation",
}


def _order(event: EventRow) -> str:
    return f"{EVERY[event.data['interval']]} payments of {event.data['amount']}"


def _reason(event: EventRow) -> str:
    return str(event.data["reason"]) or "no reason given"


def _until(instant: str) -> str:
    """A day in a sentence, of an instant as events hold it; nothing for none."""
    if not instant:
        return ""
    day = clock.local_date(datetime.fromisoformat(instant), the_licensee().timezone)
    return f" until {day:%B} {day.day}, {day.year}"


SENTENCES = (
    EventSentence(
        "payments.payment.opened",
        lambda e: f"asked for a {EVERY[e.data['interval']]} payment of {e.data['amount']}".replace("  ", " "),
    ),
    EventSentence("payments.checkout.opened", lambda e: f"opened the checkout page for {e.data['amount']}"),
    EventSentence(
        "payments.checkout.changed", lambda e: f"changed a checkout from {e.data['from']} to {e.data['to']}"
    ),
    EventSentence("payments.payment.processing", lambda e: f"reported {e.data['amount']} on its way"),
    EventSentence("payments.payment.settled", lambda e: f"settled {e.data['amount']} ({e.data['method']})"),
    EventSentence(
        "payments.payment.failed",
        lambda e: f"reported that the payment of {e.data['amount']} failed: {e.data['reason']}",
    ),
    EventSentence("payments.payment.taken", lambda e: f"took in {e.data['amount']} ({e.data['method']})"),
    EventSentence(
        "payments.payment.voided",
        lambda e: f"took back a payment of {e.data['amount']} that was keyed by mistake: {e.data['reason']}",
    ),
    EventSentence(
        "payments.check.bounced",
        lambda e: f"took back {e.data['amount']}, because check {e.data['number']} bounced: {e.data['reason']}",
    ),
    EventSentence(
        "payments.deposit.made", lambda e: f"deposited {e.data['amount']} in {e.data['many']} checks and cash gifts"
    ),
    EventSentence("payments.payment.expired", lambda e: f"closed the unpaid checkout page for {e.data['amount']}"),
    EventSentence("payments.job.run_again", lambda e: f"had the background job {e.data['job']} run again"),
    EventSentence(
        "payments.event.run_again", lambda e: f"had Stripe's event {e.data['event']} ({e.data['type']}) applied again"
    ),
    EventSentence("payments.list.exported", lambda e: f"exported a list of payments: {e.data['what']}"),
    EventSentence("payments.fee.recorded", lambda e: f"booked a processing fee of {e.data['fee']}"),
    EventSentence("payments.renewal.opened", lambda e: f"billed a renewal of {e.data['amount']}"),
    EventSentence("payments.subscription.started", lambda e: f"started {_order(e)}"),
    EventSentence(
        "payments.subscription.retrying",
        lambda e: f"declined a renewal of {e.data['amount']} and will try again: {_reason(e)}",
    ),
    EventSentence(
        "payments.subscription.needs_action",
        lambda e: f"declined a renewal of {e.data['amount']} and waits for the donor: {_reason(e)}",
    ),
    EventSentence("payments.subscription.recovered", lambda e: f"renewed {e.data['amount']} after all"),
    EventSentence("payments.subscription.paused", lambda e: f"paused {_order(e)}{_until(e.data['until'])}"),
    EventSentence("payments.subscription.resumed", lambda e: f"went on with {_order(e)}"),
    EventSentence(
        "payments.subscription.changed",
        lambda e: f"changed {EVERY[e.data['interval']]} payments from {e.data['from']} to {e.data['to']}",
    ),
    EventSentence(
        "payments.subscription.split",
        lambda e: f"keeps {_order(e)}, of which {e.data['to']} covers fees, no longer {e.data['from']}",
    ),
    EventSentence(
        "payments.subscription.rescheduled",
        lambda e: f"charges {e.data['amount']} {EVERY[e.data['to']]} now, no longer {EVERY[e.data['from']]}",
    ),
    EventSentence("payments.subscription.ending", lambda e: f"will end {_order(e)}{_until(e.data['ends_at'])}"),
    EventSentence("payments.subscription.stays", lambda e: f"lets {_order(e)} go on after all"),
    EventSentence("payments.subscription.lapsed", lambda e: f"gave up {_order(e)}: {_reason(e)}"),
    EventSentence("payments.subscription.ended", lambda e: f"ended {_order(e)}: {_reason(e)}"),
    EventSentence("payments.change.asked", lambda e: f"asked Stripe for {CHANGES[e.data['kind']]} of {_order(e)}"),
    EventSentence("payments.change.done", lambda e: f"made {CHANGES[e.data['kind']]} of {_order(e)}"),
    EventSentence(
        "payments.change.refused", lambda e: f"did not make {CHANGES[e.data['kind']]} of {_order(e)}: {_reason(e)}"
    ),
    EventSentence(
        "payments.environment.accepted",
        lambda e: f"said that the database of {e.data['before']} belongs to {e.data['now']} from now on",
    ),
)
BOOKS = (
    Invariant("ledger-balance", "Every ledger transaction sums to zero.", queries.unbalanced),
    Invariant(
        "ledger-of-payments",
        "Every settled payment, and no other, has its gift, cover, goods and fee in the ledger.",
        queries.settled_without_ledger,
    ),
    Invariant(
        "environment",
        "The database belongs to this environment: its mode, and the account of its key.",
        queries.foreign_environment,
    ),
    Invariant("ledger-of-stations", "No payment leaves a cent between two stations.", queries.stations_uneven),
    Invariant(
        "hand", "What the ledger has in hand is what waits for its deposit, by station.", queries.hand_unlike_payments
    ),
    Invariant("deposits", "Every deposit is the sum of its checks and cash.", queries.deposits_unlike_payments),
    Invariant(
        "opening",
        "Opening balances are the imported history that stands, by station.",
        queries.opening_unlike_history,
    ),
    Invariant("imported-batches", "Every imported batch is the sum of its gifts.", queries.batches_unlike_rows),
    Invariant(
        "unpaid-invoices",
        "No recurring gift waits for money without an open invoice.",
        queries.retrying_without_invoice,
    ),
    Invariant("bank-debits", "No bank debit is tried again by itself.", queries.debits_retried),
    Invariant("stripe-events", "No event of Stripe waits for more than fifteen minutes.", queries.unapplied_events),
)


def wire() -> None:
    """Contribute to the places below. Called once a process."""
    NAV.contribute(NavItem("Payments", "payments_desk.index", "Money", ROLES), rank=40)
    NAV.contribute(NavItem("Dead letters", "dead_letters_desk.index", "Money", ROLES), rank=90)
    SUBJECT_PAGES.contribute(
        SubjectPage("job", lambda job: url_for("dead_letters_desk.index", _anchor=public_id("job", job)))
    )
    TILES.contribute(Tile("On its way", _on_its_way, ROLES), rank=40)
    QUEUES.contribute(WorkQueue("Slow payments on their way", ROLES, _slow), rank=40)
    SUBJECT_PAGES.contribute(
        SubjectPage(
            "payment",
            lambda payment_id: url_for("payments_desk.show", payment_id=public_id(PAYMENT_PREFIX, payment_id)),
        )
    )
    COMMAND_GROUPS.contribute(cli.group, cli.fingerprint_group)
    ACCOUNT.contribute(known_account)
    wire_returns()
    wire_deposits()
    for sentence in (*SENTENCES, *keeping_sentences.SENTENCES):
        EVENT_SENTENCES.contribute(sentence)
    for invariant in BOOKS:
        INVARIANTS.contribute(invariant)


def _on_its_way() -> TileValue:
    many, _ = queries.under_way(0)
    url = url_for("payments_desk.index", state=PaymentState.PROCESSING.value)
    return TileValue(f"{many:,}", "bank debits that Stripe has not settled yet", url)


def _slow(limit: int) -> list[WorkRow]:
    _, rows = queries.under_way(limit)
    return [
        WorkRow(
            f"{row.amount} on its way",
            "Counts as promised until Stripe settles it.",
            url_for("payments_desk.show", payment_id=row.public_id),
            row.created_at,
        )
        for row in rows
    ]
