"""The desk's queue of recurring payments that failed, and one sustainer in trouble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from station.accounts.queries import Told
from station.core.db import db
from station.core.ids import public_id
from station.giving.models import Contact, Pledge
from station.giving.queries.keeping import (
    PAGE,
    ContactView,
    Sustainer,
    contact_of,
    contacts_of,
    sustainer,
    sustainer_of,
)
from station.payments import queries as payments
from station.payments.models import InvoiceState, OpenInvoice, Subscription, SubscriptionState
from station.payments.policies import BANK_DEBIT, UNPAID
from station.payments.queries import WAITING, MethodView, OpenInvoiceView


class Trouble(StrEnum):
    """The parts of the queue of failed payments."""

    RETRYING = "retrying"
    CONFIRM = "confirm"
    STUCK = "stuck"
    BANK = "bank"
    SETTLING = "settling"


@dataclass(frozen=True)
class FailedRow:
    """One line of the queue: whose charge failed, why, what comes next, and who spoke with them last."""

    donor: Sustainer
    invoice: OpenInvoiceView
    last: ContactView | None


@dataclass(frozen=True)
class FailedPage:
    """A page of the queue, the longest unpaid first, with how many there are of each kind."""

    rows: list[FailedRow]
    counts: dict[Trouble, int]
    many: int
    page: int

    @property
    def more(self) -> bool:
        return self.page * PAGE < self.many


@dataclass(frozen=True)
class FailedStory:
    """All that the desk shows of one sustainer in trouble."""

    donor: Sustainer
    member_public_id: str
    invoice: OpenInvoiceView | None
    method: MethodView | None
    method_events: list[Told]
    contacts: list[ContactView]


TROUBLES: dict[Trouble, sa.ColumnElement[bool]] = {
    Trouble.RETRYING: sa.and_(OpenInvoice.state == InvoiceState.OPEN, OpenInvoice.next_attempt_at.is_not(None)),
    Trouble.CONFIRM: sa.and_(OpenInvoice.state == InvoiceState.OPEN, OpenInvoice.asks),
    Trouble.STUCK: sa.and_(
        OpenInvoice.state == InvoiceState.OPEN, OpenInvoice.next_attempt_at.is_(None), ~OpenInvoice.asks
    ),
    Trouble.BANK: sa.and_(OpenInvoice.state == InvoiceState.OPEN, OpenInvoice.kind == BANK_DEBIT),
    Trouble.SETTLING: OpenInvoice.state == InvoiceState.SETTLING,
}


def failed_payments(wanted: Trouble | None, page: int) -> FailedPage:
    """A page (from 1) of the queue: of one kind, or everything that was refused and is open."""
    where = [*_in_queue(), TROUBLES[wanted] if wanted else OpenInvoice.state == InvoiceState.OPEN]
    joined = sa.join(OpenInvoice, Subscription, Subscription.id == OpenInvoice.subscription_id)
    rows = (
        db.session()
        .execute(
            sa.select(OpenInvoice, Subscription, Pledge)
            .select_from(joined)
            .join(Pledge, Pledge.id == Subscription.reference)
            .where(*where)
            .order_by(OpenInvoice.billed_at, OpenInvoice.id)
            .limit(PAGE)
            .offset((page - 1) * PAGE)
        )
        .all()
    )
    last = _last_contacts([row[1].id for row in rows])
    shown = [
        FailedRow(sustainer_of(order, pledge), payments.invoice_view(bill), last.get(order.id))
        for bill, order, pledge in rows
    ]
    return FailedPage(shown, failed_counts(), _count(where), page)


def failed_counts() -> dict[Trouble, int]:
    """How many there are of each kind; one may be of two."""
    return {kind: _count([*_in_queue(), condition]) for kind, condition in TROUBLES.items()}


def refused_open() -> int:
    """How many renewals were refused and stand open."""
    return _count([*_in_queue(), OpenInvoice.state == InvoiceState.OPEN])


def _in_queue() -> list[sa.ColumnElement[bool]]:
    return [OpenInvoice.state.in_(WAITING), Subscription.state.in_((*UNPAID, SubscriptionState.ACTIVE))]


def _count(where: Sequence[sa.ColumnElement[bool]]) -> int:
    joined = sa.join(OpenInvoice, Subscription, Subscription.id == OpenInvoice.subscription_id)
    return db.session().scalar(sa.select(sa.func.count()).select_from(joined).where(*where)) or 0


def _last_contacts(orders: Sequence[UUID]) -> dict[UUID, ContactView]:
    rows = db.session().scalars(sa.select(Contact).where(Contact.subscription_id.in_(orders)).order_by(Contact.at))
    return {row.subscription_id: contact_of(row) for row in rows}


def failed_story(subscription_id: UUID) -> FailedStory | None:
    """One sustainer in trouble, with everything that staff need to call; None for an unknown one."""
    donor = sustainer(subscription_id)
    if donor is None:
        return None
    method = payments.method_of(subscription_id)
    return FailedStory(
        donor,
        public_id("member", donor.member_id) if donor.member_id else "",
        payments.offered_invoice(subscription_id),
        method,
        payments.method_changes(method.id) if method else [],
        contacts_of(subscription_id),
    )
