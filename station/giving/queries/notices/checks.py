"""What must be true of notices: none that is required is overdue, and no seldom charge came without its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import WorkItem, WorkState
from station.core import clock
from station.core.db import db
from station.core.ids import public_id
from station.core.words import day
from station.giving.models import Notice, NoticeKind
from station.giving.policies.notices import CATALOGUE, seldom
from station.giving.queries.notices.due import KINDS, every_due
from station.giving.queries.notices.horizon import horizon, notices_since
from station.giving.queries.notices.written import PREFIX, given, in_time, sent_since, waits
from station.licensee.queries import the_licensee
from station.payments.gateway import SUBSCRIPTION_PREFIX
from station.payments.models import Interval, Payment, PaymentKind, PaymentState, Subscription
from station.payments.policies import LIVE

SHOWN = 50
BACK = timedelta(days=45)  # so far back a charge that came without its notice is looked for
BEFORE = timedelta(days=60)
A_RUN = timedelta(minutes=15)  # what happened after the last run of yesterday


def overdue() -> list[str]:
    """Required notices whose last day is over and which were not given, whether they were written or not."""
    if notices_since() is None:
        return []
    within = horizon()
    found: list[str] = []
    for kind in KINDS:
        late = (each for each in every_due(kind, within) if each.window.due_on < within.today)
        found += [
            f"{CATALOGUE[each.kind].name} of {public_id(SUBSCRIPTION_PREFIX, each.subscription_id)} was due by "
            f"{day(each.window.due_on)} and is not written"
            for each in islice(late, SHOWN)
        ]
    rows = db.session().scalars(
        sa.select(Notice)
        .join(Subscription, Subscription.id == Notice.subscription_id)
        .where(Notice.due_on < within.today, ~given(), Subscription.state.in_(LIVE))
        .order_by(Notice.due_on, Notice.id)
        .limit(SHOWN)
    )
    return found + [
        f"{CATALOGUE[row.kind].name} of {public_id(SUBSCRIPTION_PREFIX, row.subscription_id)} was due by "
        f"{day(row.due_on)} and was not given ({public_id(PREFIX, row.id)})"
        for row in rows
    ]


def not_given(limit: int = SHOWN, after: UUID | None = None) -> list[UUID]:
    """Notices about gifts that run which reached nobody, are not on the way, and are not a person's work already."""
    handed = sa.exists().where(WorkItem.state == WorkState.OPEN, WorkItem.subject_id == Notice.id)
    lost = sa.select(Notice.id).join(Subscription, Subscription.id == Notice.subscription_id)
    lost = lost.where(~given(), ~waits(), ~handed, Subscription.state.in_(LIVE)).order_by(Notice.id).limit(limit)
    return list(db.session().scalars(lost.where(Notice.id > after) if after else lost))


def late_today() -> dict[NoticeKind, int]:
    """By kind: how many notices were written or sent today after their last day."""
    zone = the_licensee().timezone
    today = clock.today(zone)
    since = clock.day_bounds(today, zone)[0] - A_RUN
    gone = sa.or_(Notice.written_at >= since, sent_since(since))
    late = (gone, Notice.due_on < today, ~in_time())
    rows = db.session().execute(sa.select(Notice.kind, sa.func.count()).where(*late).group_by(Notice.kind))
    return {row[0]: row[1] for row in rows}


def missed_charges(limit: int = SHOWN) -> Sequence[tuple[UUID, date]]:
    """Gifts charged seldom whose last charge came without a notice: (gift, day of the charge).

    Of a gift that we took over within the time of that notice nothing could be told.
    """
    since, now, zone = notices_since(), clock.now(), the_licensee().timezone
    if since is None:
        return []
    ours = max(now - BACK, since + timedelta(days=CATALOGUE[NoticeKind.YEARLY].latest + 1))
    told = sa.exists().where(
        Notice.subscription_id == Payment.subscription_id,
        Notice.kind == NoticeKind.YEARLY,
        Notice.written_at > now - BACK - BEFORE,
    )
    rows = db.session().execute(
        sa.select(Subscription.id, Payment.created_at, Subscription.adopted_at)
        .join(Subscription, Subscription.id == Payment.subscription_id)
        .where(
            Subscription.interval.in_([each.value for each in Interval if seldom(each)]),
            Payment.kind == PaymentKind.RENEWAL,
            Payment.state.in_((PaymentState.SETTLED, PaymentState.PROCESSING)),
            Payment.created_at > ours,
            ~told,
        )
        .order_by(Payment.id)
        .limit(limit)
    )
    week = timedelta(days=CATALOGUE[NoticeKind.YEARLY].latest + 1)
    return [(row[0], clock.local_date(row[1], zone)) for row in rows if row[2] is None or row[1] - row[2] > week]
