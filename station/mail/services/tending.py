"""Once a minute: messages whose worker died with them in hand, and bulk mail that waits for somebody to begin."""

from __future__ import annotations

import sqlalchemy as sa

from station.core import clock
from station.core.db import db, transaction
from station.mail.models import MailState, OutgoingMail
from station.mail.services import outcomes
from station.mail.services.bulk import wake

AT_ONCE = 200


def tend() -> int:
    """Make unknown what was in flight when its lease ran out, and see that bulk mail goes on; returns how many.

    A receipt or notice that became unknown goes out again by its own job, which comes back as its lease runs out.
    """
    lost = 0
    while many := _lose_some():
        lost += many
    waits = sa.select(OutgoingMail.id).where(
        OutgoingMail.state == MailState.QUEUED, OutgoingMail.stream == "appeals", OutgoingMail.due_at <= clock.now()
    )
    if db.session().scalar(waits.limit(1)):
        with transaction():
            wake()
    return lost


def _lose_some() -> int:
    run_out = (OutgoingMail.state == MailState.IN_FLIGHT, OutgoingMail.leased_until < clock.now())
    if db.session().scalar(sa.select(OutgoingMail.id).where(*run_out).limit(1)) is None:
        db.session().rollback()
        return 0
    with transaction() as session:
        rows = session.scalars(
            sa.select(OutgoingMail).where(*run_out).limit(AT_ONCE).with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            outcomes.lose(row, outcomes.DIED)
        return len(rows)
