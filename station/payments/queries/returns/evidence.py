"""The evidence about a payment, put together from our own records, for a page and for the bank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from station.accounts.queries import tell
from station.core import clock
from station.core.db import db
from station.core.events import Subject, events_of
from station.payments.models import Dispute, Payment, PaymentState
from station.payments.places import EVIDENCE, IN_OTHER_WORDS, Exhibit
from station.payments.queries.rows import payment_row

LONGEST = 20_000  # characters of one field: Stripe takes 150,000 in all
OLDEST = timedelta(days=3650)
SHOWN = 20


def evidence(payment_id: UUID) -> list[Exhibit]:
    """Everything that our records say about a payment, from every package that knows something."""
    return [exhibit for source in EVIDENCE for exhibit in source.load(payment_id) if exhibit.lines]


def evidence_fields(exhibits: Sequence[Exhibit], words: str) -> dict[str, str]:
    """The same in Stripe's fields, with the words of the person who sends it first."""
    found: dict[str, list[str]] = {IN_OTHER_WORDS: [words.strip()] if words.strip() else []}
    for each in exhibits:
        text = "\n".join(each.lines)
        found.setdefault(each.field, []).append(f"{each.title}\n{text}" if each.field == IN_OTHER_WORDS else text)
    return {field: "\n\n".join(parts)[:LONGEST] for field, parts in found.items() if parts}


def own_evidence(payment_id: UUID) -> list[Exhibit]:
    """What payments itself knows: the charge, what happened since, and earlier payments that nobody disputed."""
    row = payment_row(payment_id)
    if row is None or row.settled_at is None:
        return []
    charged = f"{row.amount} by {row.method_label or row.method}, charged {row.settled_at:%Y-%m-%d %H:%M} UTC"
    log = tuple(f"{told.at}: {told.text} ({told.actor})" for told in tell(events_of(Subject("payment", row.id))))
    return [
        Exhibit("The payment", (charged,)),
        Exhibit("Day of the payment", (f"{row.settled_at:%Y-%m-%d}",), "service_date"),
        Exhibit("What happened, newest first", log, "access_activity_log"),
        Exhibit("Earlier payments of the same card that nobody disputed", _undisputed(row)),
    ]


def _undisputed(row: Payment) -> tuple[str, ...]:
    """Payments of the same card or account before this one."""
    disputed = sa.select(Dispute.payment_id)
    earlier = (
        Payment.fingerprint == row.fingerprint,
        Payment.state == PaymentState.SETTLED,
        Payment.settled_at < row.settled_at,
        Payment.settled_at > clock.now() - OLDEST,
        Payment.id.not_in(disputed),
    )
    if not row.fingerprint:
        return ()
    wanted = sa.select(Payment).where(*earlier).order_by(Payment.settled_at.desc()).limit(SHOWN)
    return tuple(f"{each.settled_at:%Y-%m-%d}: {each.amount}" for each in db.session().scalars(wanted))
