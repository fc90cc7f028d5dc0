"""Work items that close themselves, once what they ask for has come about."""

from __future__ import annotations

import sqlalchemy as sa

from station.accounts.models import WorkItem, WorkState
from station.accounts.services import close_work_item
from station.core.actor import Actor
from station.core.db import db


def close_item(key: str, note: str, actor: Actor) -> bool:
    """Close the open work item of a key, if there is one. Joins the current transaction."""
    found = db.session().scalar(sa.select(WorkItem.id).where(WorkItem.key == key, WorkItem.state == WorkState.OPEN))
    return found is not None and close_work_item(found, note, actor)
