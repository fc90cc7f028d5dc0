"""The embedded broker: kombu's SQLAlchemy transport on a SQLite file of its own, tuned as a doorbell.

Against kombu's own: WAL without waiting for the disk (a lost message only delays), one cheap read while nothing
waits instead of a write lock and a look through the messages of other queues, and a message is deleted when it is
fetched (kombu hides it and keeps it for ever).
A file that has vanished is made again; one that is damaged is thrown away: the outbox rings again.
"""

from __future__ import annotations

from json import loads
from pathlib import Path
from queue import Empty
from typing import Any

import sqlalchemy as sa
from kombu import transport
from kombu.transport import sqlalchemy as kombu_sqlalchemy
from kombu.transport.sqlalchemy.models import metadata
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import sessionmaker

POLLING_SECONDS = 0.1
FULL_SECONDS = 0.01
INDEX = "CREATE INDEX IF NOT EXISTS ix_kombu_message_queue ON kombu_message (queue_id, id)"
LOCK_WAIT_MS = 5_000


def install() -> None:
    """Use this transport for broker addresses that begin with sqla+."""
    transport.TRANSPORT_ALIASES["sqla"] = "worker.embedded:Transport"


class Channel(kombu_sqlalchemy.Channel):
    """Puts and gets messages. Every database error becomes one that Celery answers by connecting again."""

    _session: Any = None

    def _open(self) -> tuple[sa.Engine, Any]:
        address = self.connection.client.hostname
        if address not in self._engines:
            engine = _engine(address)
            try:
                metadata.create_all(engine)
                with engine.begin() as connection:
                    connection.exec_driver_sql(INDEX)
            except DatabaseError as error:
                engine.dispose()
                if not isinstance(error, OperationalError):
                    _throw_away(engine)
                raise
            self._engines[address] = engine, sessionmaker(bind=engine)
        return self._engines[address]

    def _put(self, queue: str, payload: Any, **options: Any) -> None:
        try:
            super()._put(queue, payload, **options)
        except DatabaseError:
            self._forget()
            raise

    def _get(self, queue: str) -> Any:
        try:
            return loads(self._take(queue))
        except DatabaseError:
            self._forget()
            raise

    def _take(self, queue: str) -> str:
        message, parent = self.message_cls.__table__, self.queue_cls.__table__
        first = sa.select(message.c.id).join(parent).where(parent.c.name == queue).order_by(message.c.id).limit(1)
        if self.session.scalar(first) is None:
            self.session.rollback()
            raise Empty
        taken = sa.delete(message).where(message.c.id == first.scalar_subquery()).returning(message.c.payload)
        payload = self.session.scalar(taken)
        self.session.commit()
        if payload is None:  # another worker was faster
            raise Empty
        return str(payload)

    def _forget(self) -> None:
        """Drop session and engine, so that the next try opens the file anew and makes its tables."""
        known = self._engines.pop(self.connection.client.hostname, None)
        if self._session is not None:
            self._session.close()
            self._session = None
        if known:
            known[0].dispose()


class Transport(kombu_sqlalchemy.Transport):
    Channel = Channel
    connection_errors = (DatabaseError,)

    @property
    def polling_interval(self) -> float:
        """Seconds until kombu looks again. A worker with its hands full looks only whether one is free: very soon."""
        return POLLING_SECONDS if all(channel.qos.can_consume() for channel in self.channels) else FULL_SECONDS


def _engine(address: str) -> sa.Engine:
    # no pool: a connection for each transaction notices a file that was deleted and made again
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    sa.event.listen(engine, "connect", _tune)
    return engine


def _tune(connection: Any, _record: Any) -> None:
    for pragma in (f"busy_timeout={LOCK_WAIT_MS}", "journal_mode=WAL", "synchronous=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _throw_away(engine: sa.Engine) -> None:
    if engine.url.database:
        for suffix in ("", "-wal", "-shm"):
            Path(engine.url.database + suffix).unlink(missing_ok=True)
