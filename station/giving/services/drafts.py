"""Pledges that were begun for a page's visitor who never said who they are, and never paid."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from station.core import clock, events
from station.core.actor import job
from station.core.db import transaction
from station.giving.models import Pledge
from station.payments import services as payments

KEEP = timedelta(days=30)
A_RUN = 1000


def forget_drafts() -> int:
    """Delete drafts of thirty days ago whose checkout closed unpaid, with their payments; returns how many.

    The event log keeps its lines, which hold ids alone. Whatever a donor was written into, or was paid, stays.
    """
    with transaction() as session:
        unpaid = payments.unpaid_before(clock.now() - KEEP, A_RUN)
        gone = sa.delete(Pledge).where(Pledge.payment_id.in_(unpaid))
        session.execute(gone.execution_options(synchronize_session=False))
        payments.forget_unpaid(unpaid)
        if unpaid:
            events.record("giving.drafts.forgotten", job("the upkeep of pledges"), [], {"many": len(unpaid)})
        return len(unpaid)
