"""Column types that hold the same promises on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

Json = sa.JSON().with_variant(JSONB(), "postgresql")


class Utc(TypeDecorator[datetime]):
    """An instant. Refuses naive values; always comes back aware, in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; use clock.now()")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def local_day(instant: sa.SQLColumnExpression[datetime | None], zone: str) -> sa.ColumnElement[date | None]:
    """The date that an instant of a column falls on in a time zone; the engine reckons it (SQLite by `shifted`)."""
    return sa.func.date(sa.func.timezone(zone, instant), type_=sa.Date())


def shifted(zone: str, instant: str | None) -> str | None:
    """PostgreSQL's timezone() for SQLite: an instant as it is stored, as the clocks of a zone show it."""
    if instant is None:
        return None
    return datetime.fromisoformat(instant).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).isoformat(" ")[:19]


def enum(kind: type[StrEnum], length: int = 24) -> sa.Enum:
    """A column of a StrEnum, stored as its value with a CHECK of the known ones."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=length,
        name=kind.__name__.lower(),
        values_callable=lambda members: [m.value for m in members],
    )


def check_lengths(table: sa.Table) -> None:
    """SQLite ignores VARCHAR(n): say it as a CHECK, on both engines."""
    for column in list(table.columns):
        limit = getattr(column.type, "length", None)
        if type(column.type) is sa.String and limit:
            table.append_constraint(
                sa.CheckConstraint(f"length({column.name}) <= {limit}", name=f"{column.name}_length")
            )
