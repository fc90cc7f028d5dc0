"""Keeping the day that a donor chose: after the start, and after a month that was too short for it."""

from __future__ import annotations

from datetime import UTC
from uuid import UUID

from station.core import clock
from station.core.actor import job
from station.licensee.queries import the_licensee
from station.payments import policies, queries
from station.payments.gateway import StandingOrder, StripeUnavailable
from station.payments.models import ChangeKind, Subscription
from station.payments.services.sustaining.changing import ChangeRefused, Wish, ask
from station.payments.services.sustaining.wishes import date_wish, next_date

KEEPER = job("the keeper of charge days")


class _Kept(Exception):
    """The next charge stands where it should: nothing to ask."""


def keep_schedule(subscription_id: UUID) -> None:
    """Move the next charge to the chosen day, if it is planned for another. Raises StripeUnavailable to try anew."""
    try:
        ask(subscription_id, ChangeKind.DATE, _plan, KEEPER)
    except _Kept:
        return
    except ChangeRefused as refusal:
        if queries.open_change(subscription_id) is not None:
            raise StripeUnavailable(str(refusal)) from refusal
        # paused, unpaid or ended since: once it runs again, the check of its next period writes the job anew


def _plan(row: Subscription, order: StandingOrder) -> Wish:
    zone = the_licensee().timezone
    planned = clock.local_date(row.current_period_end, zone) if row.current_period_end else None
    if row.charge_day is None or planned is None or not policies.off_schedule(row.charge_day, planned):
        raise _Kept
    wanted = policies.charge_instant(next_date(row, row.charge_day), zone)
    return date_wish(row, row.charge_day, wanted.astimezone(UTC))
