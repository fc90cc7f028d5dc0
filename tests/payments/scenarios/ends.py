"""What a scenario has come to: all that must not depend on how its events arrived, without ids and instants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from station.accounts.models import WorkItem, WorkState
from station.core.db import db
from station.core.events import Event
from station.core.places import INVARIANTS
from station.giving.models import Gift
from station.licensee.models import Station
from station.mail.models import OutgoingMail
from station.payments.models import (
    Account,
    BalanceTransaction,
    CallState,
    Dispute,
    GatewayCall,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    Payout,
    Refund,
    StripeEvent,
    Subscription,
)
from station.payments.queries import UNAPPLIED
from station.receipts.models import Receipt
from tests.conftest import MONEY

BOOKS = MONEY | {"stripe-events"}

BROUGHT = ("payout", "line")

# what is told once, whatever came when; how often somebody was told of a state in between depends on when one looked
TOLD = (
    "payments.payment.settled",
    "payments.payment.failed",
    "payments.payment.expired",
    "payments.fee.recorded",
    "payments.renewal.opened",
    "payments.subscription.ended",
    "giving.gift.received",
    "giving.gift.held",
    "receipts.receipt.issued",
)


def rows(*columns: Any, where: Sequence[Any] = ()) -> Callable[[], list[Any]]:
    """A fact: the sorted values of some columns; of one column its bare values."""

    def read() -> list[Any]:
        found = [tuple(row) for row in db.session().execute(sa.select(*columns).where(*where))]
        plain = [tuple(str(value) if value is not None else "" for value in row) for row in found]
        return sorted(row[0] if len(row) == 1 else row for row in plain)

    return read


# also written of states in between, such as an end that is still to come, or an amount that is changed again
ON_THE_WAY = ("giving.sustainer.notice", "giving.notice.change", "giving.notice.ahead", "giving.notice.varying")


def _letters() -> list[Any]:
    """Kind and recipient of each letter; of those about states in between, whether there is one."""
    found = rows(OutgoingMail.kind, OutgoingMail.recipient)()
    return sorted(
        [each for each in found if each[0] not in ON_THE_WAY] + list({e for e in found if e[0] in ON_THE_WAY})
    )


def _ledger() -> list[Any]:
    """Each entry; of payouts and lines, which are brought to what is known of them by then, what is left of all."""
    found = db.session().execute(
        sa.select(LedgerTransaction.kind, LedgerEntry.account, Station.slug, LedgerEntry.amount_cents)
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .join(Station, Station.id == LedgerEntry.station_id)
    )
    entries = [(row.kind, row.account.value, row.slug, row.amount_cents) for row in found]
    left: Counter[tuple[str, str, str]] = Counter()
    for kind, account, slug, cents in entries:
        left[kind, account, slug] += cents if kind in BROUGHT else 0
    brought = [(*about, cents) for about, cents in left.items() if cents]
    return sorted([each for each in entries if each[0] not in BROUGHT] + brought)


def _bank() -> list[Any]:
    """What has come to the bank, by station, in cents."""
    return [(slug, cents) for _, account, slug, cents in _ledger() if account == Account.BANK.value]


def _payouts() -> list[Any]:
    found = db.session().execute(sa.select(Payout.state, Payout.amount_cents, Payout.reconciled_at)).all()
    return sorted(
        (row.state.value, str(row.amount_cents), "reconciled" if row.reconciled_at else "") for row in found
    )


FACTS: dict[str, Callable[[], list[Any]]] = {
    "payments": rows(Payment.state),
    "payment rows": rows(
        Payment.kind,
        Payment.state,
        Payment.amount_cents,
        Payment.fee_cents,
        Payment.refunded_cents,
        Payment.method_label,
        Payment.failure,
    ),
    "methods": rows(Payment.method_label),
    "orders": rows(Subscription.state),
    "order rows": rows(Subscription.state, Subscription.amount_cents),
    "ledger": _ledger,
    "gifts": rows(Gift.amount_cents),
    "receipts": rows(Receipt.amount_cents, Receipt.given_on),
    "letters": _letters,
    "work": rows(WorkItem.kind, where=(WorkItem.state == WorkState.OPEN, WorkItem.kind.startswith("payments."))),
    "bank": _bank,
    "payouts": _payouts,
    "payout lines": rows(
        BalanceTransaction.tie, BalanceTransaction.net_cents, where=(BalanceTransaction.payout_id.is_not(None),)
    ),
    "refunds": rows(Refund.origin, Refund.state, Refund.amount_cents),
    "disputes": rows(Dispute.state, Dispute.amount_cents),
    "told": rows(Event.name, where=(Event.name.in_(TOLD),)),
    "unanswered calls": rows(GatewayCall.key, where=(GatewayCall.state == CallState.SENDING,)),
    "waiting events": rows(StripeEvent.id, where=(StripeEvent.state.in_(UNAPPLIED),)),
}


def end_of_it() -> dict[str, list[Any]]:
    """Every fact now; fails when the books do not hold."""
    db.session.rollback()
    found = {name: read() for name, read in FACTS.items()}
    broken = [line for invariant in INVARIANTS if invariant.name in BOOKS for line in invariant.broken()]
    db.session.rollback()
    assert broken == []
    return found
