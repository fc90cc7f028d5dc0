"""Alerts: an urgent work item is told outside the desk, once, to the addresses and the webhook of the settings.

Nothing but its title and its address at the desk leaves the house: details name people.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from station.accounts import gateway
from station.accounts.facts import AlertRaised
from station.accounts.models import WorkItem, WorkState
from station.core.announce import announce
from station.core.db import db, transaction
from station.core.ids import public_id
from station.core.outbox import Job, Queue, enqueue
from station.core.runtime import settings

ALERT = Job("accounts.alert", Queue.MAIL, lease=60, attempts=30, quiet=True)
DESK_PAGE = "/desk/work"
CALM = timedelta(hours=1)
AT_MOST = 30  # alerts within CALM: whoever got so many looks at the desk for the rest


def enqueue_alert(item_id: UUID) -> None:
    """Write down, inside the transaction that opens an item, that it is to be told; nothing where nobody listens."""
    if settings().alerts_mail or settings().alerts_webhook:
        enqueue(ALERT, key=str(item_id), item_id=str(item_id))


def raise_alert(item_id: UUID) -> None:
    """Tell of an urgent item, unless it is closed by now or part of a storm.

    The letters are one a person and item, however often this runs; the webhook may hear of an item twice, and knows
    it by its id. Raises gateway.AlertNotTaken, so that the job tries it again.
    """
    row = db.session().get(WorkItem, item_id)
    if row is None or row.state is not WorkState.OPEN or _is_storm(row):
        return
    name = public_id("work", row.id)
    alert = AlertRaised(row.id, row.title, row.role.value, f"{settings().base_url}{DESK_PAGE}/{name}")
    with transaction():
        announce(alert)
    if settings().alerts_webhook:
        body = {
            "id": name,
            "kind": row.kind,
            "title": alert.title,
            "queue": alert.queue,
            "url": alert.url,
            "opened_at": row.opened_at.isoformat(),
        }
        gateway.post_alert(body)


def _is_storm(row: WorkItem) -> bool:
    before = (WorkItem.urgent, WorkItem.opened_at > row.opened_at - CALM, WorkItem.opened_at < row.opened_at)
    earlier = db.session().scalar(sa.select(sa.func.count()).select_from(WorkItem).where(*before)) or 0
    return earlier >= AT_MOST
