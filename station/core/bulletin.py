"""Versions of what public pages are prepared from, known in memory, so that a warm page asks the database nothing.

A service that changes stories or credits calls `bump("stories")` in its transaction. Each web process keeps the last
versions it saw: its own bumps show at once (after commit), those of other processes within `POLL_SECONDS`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.db import Base, after_commit, db
from station.core.upsert import insert_missing

POLL_SECONDS = 0.5
log = logging.getLogger(__name__)


class Bulletin(Base):
    """A named version that only grows."""

    __tablename__ = "bulletin"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger, default=0)


_known: dict[str, int] = {}
_epoch = 0


def bump(name: str) -> None:
    """Say, inside a transaction, that what `name` stands for has changed."""
    insert_missing(Bulletin, name=name, version=0)
    db.session().execute(
        sa.update(Bulletin)
        .where(Bulletin.name == name)
        .values(version=Bulletin.version + 1)
        .execution_options(synchronize_session=False)
    )
    after_commit(refresh)


def version(name: str) -> int:
    """The last version of `name` that this process has seen. No SQL."""
    return _epoch + _known.get(name, 0)


def forget() -> None:
    """The database was exchanged: everything kept under an earlier version is out of date."""
    global _epoch
    _known.clear()
    _epoch += 1_000_000_000


def refresh() -> None:
    """Read all versions now (one statement)."""
    _known.update({row.name: row.version for row in db.session().execute(sa.select(Bulletin.name, Bulletin.version))})
    db.session().rollback()


def watch(within: Callable[[Callable[[], None]], None]) -> threading.Thread:
    """Refresh in a daemon thread of this process. `within` runs a function inside an application context."""

    def follow() -> None:
        stop = threading.Event()
        while not stop.wait(POLL_SECONDS):
            try:
                within(refresh)
            except sa.exc.SQLAlchemyError as error:
                log.warning("bulletin: the database does not answer (%s)", type(error).__name__)

    thread = threading.Thread(target=follow, name="bulletin", daemon=True)
    thread.start()
    return thread
