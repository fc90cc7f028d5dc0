"""A lock on a name, held until the transaction ends: for decisions about rows that do not exist yet."""

from __future__ import annotations

import sqlalchemy as sa

from station.core.db import db, in_transaction


def lock_name(name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it. SQLite has one writer at a time already.

    Call it before the reads that it protects. Raises RuntimeError outside a transaction.
    """
    if not in_transaction():
        raise RuntimeError("a name is locked inside a transaction")
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))
