"""Months of the books are closed by a person, and opened again with a reason. Closing refuses no money: what comes
late is booked in the present month (`ledger.post_lines`)."""

from __future__ import annotations

from collections.abc import Sequence

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.places import INVARIANTS
from station.licensee.queries import the_licensee
from station.payments.models import Period
from station.payments.policies import is_month, month_bounds, month_days, month_name
from station.payments.queries.payouts import balance
from station.payments.queries.payouts.checks import looked_since

NOT_COMPARED = (
    "Stripe has not been compared since the month ended. The schedule does it each night; the commands "
    "“station payments sweep” and “station payments compare” do it now."
)


class CannotClose(Exception):
    """Why a month stays as it is; `reasons` are sentences."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


def why_not_close(month: str) -> list[str]:
    """What stands against closing a month (2026-11); empty when nothing does."""
    if not is_month(month):
        return ["There is no such month."]
    ends_at = month_bounds(month, the_licensee().timezone)[1]
    if ends_at > clock.now():
        return ["The month is not over."]
    reasons = [] if looked_since(ends_at) else [NOT_COMPARED]
    if waiting := len(balance.unmatched_lines(ends_at)):
        reasons.append(f"{waiting} line(s) of Stripe's balance are tied to nothing.")
    reasons += [
        f"The payout {row.stripe_id} is not reconciled." for row in balance.unreconciled(month_days(month)[1])
    ]
    reasons += [f"This does not hold: {each.sentence}" for each in INVARIANTS if each.broken()]
    return reasons


def close_period(month: str, actor: Actor) -> None:
    """Close a month. Raises CannotClose with everything that stands against it."""
    reasons = why_not_close(month)
    db.session().rollback()
    with transaction() as session:
        row = session.get(Period, month, with_for_update=True) if is_month(month) else None
        if row is not None and row.closed_at is not None:
            raise CannotClose([f"{month_name(month)} is closed already."])
        if reasons:
            raise CannotClose(reasons)
        if row is None:
            row = Period(month=month, ends_at=month_bounds(month, the_licensee().timezone)[1])
            row.reopened_by = row.reason = ""
            session.add(row)
        row.closed_at, row.closed_by = clock.now(), actor.label[:200]
        events.record("payments.period.closed", actor, [_subject()], {"month": month_name(month)})


def reopen_period(month: str, reason: str, actor: Actor) -> None:
    """Open a closed month again. Raises CannotClose without a reason, or when it is not closed."""
    with transaction():
        row = db.session().get(Period, month, with_for_update=True) if is_month(month) else None
        if row is None or row.closed_at is None:
            raise CannotClose(["The month is not closed."])
        if not reason.strip():
            raise CannotClose(["Give a reason: it stays with the month."])
        row.closed_at, row.reopened_at = None, clock.now()
        row.reopened_by, row.reason = actor.label[:200], reason.strip()[:500]
        said = {"month": month_name(month), "why": row.reason}
        events.record("payments.period.reopened", actor, [_subject()], said)


def _subject() -> Subject:
    return Subject("licensee", the_licensee().id)
