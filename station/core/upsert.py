"""INSERT … ON CONFLICT DO NOTHING in the dialect at hand."""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from station.core.db import Base, db


def insert_missing(table: type[Base], **values: Any) -> bool:
    """Insert a row unless one with the same unique key exists. True when it was inserted. Inside a transaction."""
    session, into = db.session(), cast(sa.Table, table.__table__)
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    insert = make(into).values(**values).on_conflict_do_nothing().returning(*into.primary_key.columns)
    return session.execute(insert).first() is not None  # psycopg's rowcount does not tell the two cases apart
