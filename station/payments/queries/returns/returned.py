"""What went back of one payment, what banks say of it, and what may still be given back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from station.core.money import Money
from station.licensee.queries import station_by_id, supported
from station.payments.policies import refund_problem
from station.payments.policies.states.refund import stripe_problem
from station.payments.queries.returns.disputes import DisputeView, WarningView, disputes_of, warnings_of
from station.payments.queries.returns.refunds import RefundView, refundable, refunds_of
from station.payments.queries.rows import PaymentView, payment_row, view_of


@dataclass(frozen=True)
class Returned:
    """A payment as somebody sees it who may give it back.

    `left` may still be given back; `why_not` says why none of it can be, or nothing; `by_hand`: not by Stripe.
    """

    payment: PaymentView
    supported: str
    left: Money
    why_not: str
    by_hand: bool
    refunds: list[RefundView]
    disputes: list[DisputeView]
    warnings: list[WarningView]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say about it, and nothing to do."""
        return bool(self.why_not) and not (self.refunds or self.disputes or self.warnings)


def returned(payment_id: UUID) -> Returned | None:
    """What went back of a payment, and what may; None for an unknown one."""
    row = payment_row(payment_id)
    if row is None:
        return None
    able, view = refundable(row, by_stripe=False), view_of(row)
    return Returned(
        payment=view,
        supported=supported(station_by_id(row.station_id), view.second),
        left=able.left,
        why_not=refund_problem(able, able.left),
        by_hand=stripe_problem(able) != "",
        refunds=refunds_of(row.id),
        disputes=disputes_of(row.id),
        warnings=warnings_of(row.id),
    )
