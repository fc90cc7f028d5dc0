"""Versions of what public pages are prepared from, known in memory, so that a warm page asks the database nothing.

A service that changes stories or credits calls `bump("stories")` in its transaction. Each web process keeps the last
versions it saw: its own bumps show at once (after commit), those of other processes within `POLL_SECONDS`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core import clock
from station.core.columns import Utc
from station.core.db import Base, after_commit, db
from station.core.upsert import insert_missing

POLL_SECONDS = 0.5
log = logging.getLogger(__name__)


class Bulletin(Base):
    """A named version that only grows."""

    __tablename__ = "bulletin"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    changed_at: Mapped[datetime | None] = mapped_column(Utc)


_known: dict[str, int] = {}
_changed: dict[str, datetime | None] = {}
_epoch = 0


def bump(name: str) -> None:
    """Say, inside a transaction, that what `name` stands for has changed."""
    insert_missing(Bulletin, name=name, version=0)
    session = db.session()
    session.execute(sa.select(Bulletin.version).where(Bulletin.name == name).with_for_update())
    session.execute(  # only now, when nobody else can be before us, is it known what time it is
        sa.update(Bulletin)
        .where(Bulletin.name == name)
        .values(version=Bulletin.version + 1, changed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    after_commit(refresh)


def version(name: str) -> int:
    """The last version of `name` that this process has seen. No SQL."""
    return _epoch + _known.get(name, 0)


def changed(*names: str) -> datetime | None:
    """The last instant at which any of these was bumped; None when that is not known. No SQL."""
    instants = [_changed[name] for name in names if name in _changed]
    known = [each for each in instants if each]
    return max(known) if known and len(known) == len(instants) else None


def everything() -> tuple[int, ...]:
    """All versions that this process has seen: equal as long as nothing has changed. No SQL."""
    return _epoch, *_known.values()


def forget() -> None:
    """The database was exchanged: everything kept under an earlier version is out of date."""
    global _epoch
    _known.clear()
    _changed.clear()
    _epoch += 1_000_000_000


def refresh() -> None:
    """Read all versions now (one statement)."""
    rows = db.session().execute(sa.select(Bulletin.name, Bulletin.version, Bulletin.changed_at)).all()
    _changed.update({row.name: row.changed_at for row in rows})
    _known.update({row.name: row.version for row in rows})
    db.session().rollback()


def watch(
    within: Callable[[Callable[[], object]], None], call: Callable[[], object] = refresh, name: str = "bulletin"
) -> threading.Thread:
    """Refresh, or `call` something else, twice a second in a daemon thread of this process.

    `within` runs a function inside an application context.
    """

    def follow() -> None:
        stop = threading.Event()
        while not stop.wait(POLL_SECONDS):
            try:
                within(call)
            except sa.exc.SQLAlchemyError as error:
                log.warning("%s: the database does not answer (%s)", name, type(error).__name__)

    thread = threading.Thread(target=follow, name=name, daemon=True)
    thread.start()
    return thread
