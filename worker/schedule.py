"""The whole schedule: what runs by the clock, and how often. Times of day are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from celery.schedules import BaseSchedule, crontab, schedule

from station.core import clock

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def every(span: timedelta) -> BaseSchedule:
    """At equal distances, by the house's clock."""
    return schedule(span, nowfun=clock.now)


def daily(hour: int, minute: int = 0) -> BaseSchedule:
    """Once a day, by the house's clock (08:00 UTC is midnight or one o'clock in Las Vegas)."""
    return crontab(hour=str(hour), minute=str(minute), nowfun=clock.now)


SCHEDULE: Mapping[str, BaseSchedule] = {
    "giving.forget_drafts": daily(9, 45),
    "giving.give_notices": every(10 * MINUTE),
    "giving.write_due_letters": every(HOUR),
    "mail.fetch": every(MINUTE),
    "mail.forget_raw": daily(9, 50),
    "mail.tend": every(MINUTE),
    "mail.tend_mailings": every(MINUTE),
    "mail.watch_rates": every(HOUR),
    "news.look_again": every(HOUR),
    "news.pull": every(MINUTE),
    "payments.check_open": every(MINUTE),
    "payments.compare": daily(10, 30),
    "payments.reconcile_all": daily(10),
    "payments.sweep_events": every(HOUR),
    "payments.sweep_lines": daily(8, 30),
    "payments.watch_disputes": every(HOUR),
    "receipts.compare_years": daily(11),
    "receipts.release_held": daily(11, 15),
    "receipts.review_legends": daily(11, 30),
    "receipts.watch_thresholds": daily(8, 15),
    "screening.forget": daily(9, 15),
    "upkeep.check_invariants": every(HOUR),
    "upkeep.forget_rate_buckets": daily(9),
    "upkeep.lapse_approvals": every(HOUR),
    "upkeep.prune_outbox": daily(9, 30),
}
