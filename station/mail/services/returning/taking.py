"""Messages that come in: stored as they are, once, with the job that reads them."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db, transaction
from station.core.ids import new_id
from station.core.outbox import Job, Queue, enqueue
from station.core.runtime import settings
from station.core.upsert import insert_missing
from station.mail import imap_gateway
from station.mail.models import InboundKind, InboundMail, InboundWay
from station.mail.policies.bounces import LARGEST_READ

READ = Job("mail.read_inbound", Queue.REPORTS, lease=120, attempts=8)
LARGEST_KEPT = LARGEST_READ  # bytes
KEEP_RAW = timedelta(days=180)
AT_ONCE = 200  # messages fetched in one run


def take(raw: bytes, way: InboundWay, addressed_to: str = "", size: int | None = None) -> UUID | None:
    """Store a message with the job that reads it; returns its id. None when it was here before.

    `size` is how long it was where `raw` is only its beginning. Joins the transaction.
    """
    kept, whole = raw[:LARGEST_KEPT], len(raw) if size is None else size
    digest = sha256(f"{whole}:{addressed_to}:".encode("utf-8", "replace") + kept).hexdigest()
    with transaction():
        fresh = new_id()
        inserted = insert_missing(
            InboundMail,
            id=fresh,
            digest=digest,
            raw=kept,
            size=whole,
            way=way,
            addressed_to=addressed_to.replace("\x00", "")[:320],
            kind=InboundKind.WAITING,
            subject="",
            sender="",
            outcome="",
            received_at=clock.now(),
        )
        if inserted:
            enqueue(READ, key=str(fresh), inbound_id=str(fresh))
        return fresh if inserted else None


def fetch() -> int:
    """Fetch what is new in the mailbox that the settings name; returns how many messages were new."""
    url = settings().mail_bounces_imap
    if not url:
        return 0
    return imap_gateway.fetch_new(url, _keep, AT_ONCE, LARGEST_KEPT)


def _keep(raw: bytes, size: int) -> bool:
    return take(raw, InboundWay.IMAP, size=size) is not None


def forget_raw() -> int:
    """Empty the text of messages that were read half a year ago: what they said stays. Returns how many it was."""
    old = sa.and_(
        InboundMail.received_at < clock.now() - KEEP_RAW,
        InboundMail.kind != InboundKind.WAITING,
        sa.func.length(InboundMail.raw) > 0,
    )
    ids = db.session().scalars(sa.select(InboundMail.id).where(old).limit(500)).all()
    with transaction() as session:
        session.execute(
            sa.update(InboundMail)
            .where(InboundMail.id.in_(ids))
            .values(raw=b"")
            .execution_options(synchronize_session=False)
        )
    return len(ids)
