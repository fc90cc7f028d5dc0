"""What a donor's own page shows of a recurring gift: what they promised, and nothing else that we know about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.ids import row_id
from station.giving.queries.keeping import Sustainer, sustainer
from station.licensee.queries import the_licensee
from station.payments import queries as payments
from station.payments.models import Payment, PaymentState
from station.payments.queries import INVOICE_PREFIX, MethodView, OpenInvoiceView


@dataclass(frozen=True)
class OwnGift:
    """The donor's own page. Dates are station-local."""

    donor: Sustainer
    method: MethodView | None
    invoice: OpenInvoiceView | None
    expired: bool  # the card's last month is over
    last_on: date | None  # of the newest charge that arrived

    @property
    def chargeable(self) -> bool:
        """Whether what is on file may be charged now."""
        return self.method is not None and not self.method.dead


def own_gift(subscription_id: UUID) -> OwnGift | None:
    """All that a donor sees of their recurring gift, or None for what giving does not know."""
    donor = sustainer(subscription_id)
    if donor is None:
        return None
    zone, method = the_licensee().timezone, payments.method_of(subscription_id)
    newest = db.session().scalar(
        sa.select(sa.func.max(Payment.settled_at)).where(
            Payment.subscription_id == subscription_id, Payment.state == PaymentState.SETTLED
        )
    )
    return OwnGift(
        donor,
        method,
        payments.offered_invoice(subscription_id),
        method is not None and method.expired(clock.today(zone)),
        clock.local_date(newest, zone) if newest else None,
    )


def own_invoice(subscription_id: UUID, public_id: str) -> UUID | None:
    """The invoice behind bill_… when it is of this recurring gift; a foreign one is nothing."""
    found = row_id(INVOICE_PREFIX, public_id)
    seen = payments.open_invoice(found) if found else None
    return seen.id if seen and seen.subscription_id == subscription_id else None
