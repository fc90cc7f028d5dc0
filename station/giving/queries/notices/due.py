"""Which notices are due: one statement a kind and five hundred gifts, judged by the catalogue's windows.

What was written is left out by the statement itself, so that a run that was killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from station.core.db import db
from station.giving.models import NoticeKind
from station.giving.policies.notices import CATALOGUE
from station.giving.queries.notices.finders import FINDERS
from station.giving.queries.notices.horizon import Due, Horizon
from station.payments.models import Subscription

A_PAGE = 500
KINDS = tuple(kind for kind in CATALOGUE if kind in FINDERS)  # a change is told by whoever makes it


def due(
    kind: NoticeKind, within: Horizon, after: UUID | None = None, limit: int = A_PAGE
) -> tuple[list[Due], UUID | None]:
    """A page of the notices of a kind whose windows open by then, and the gift to go on after; None at the end."""
    finder = FINDERS[kind]
    found = finder.find(within).order_by(Subscription.id).limit(limit)
    rows = db.session().execute(found.where(Subscription.id > after) if after else found).all()
    judged = [each for row in rows if (each := finder.judge(row, within)) and each.window.open_on(within.by)]
    return judged, rows[-1][0].id if len(rows) == limit else None


def due_of(kind: NoticeKind, within: Horizon, subscription_id: UUID) -> list[Due]:
    """The notices of a kind that are due about one gift."""
    finder = FINDERS[kind]
    rows = db.session().execute(finder.find(within).where(Subscription.id == subscription_id)).all()
    return [each for row in rows if (each := finder.judge(row, within)) and each.window.open_on(within.by)]


def every_due(kind: NoticeKind, within: Horizon) -> Iterator[Due]:
    """All of them, page by page."""
    after: UUID | None = None
    while True:
        page, after = due(kind, within, after)
        yield from page
        if after is None:
            return
