"""Pictures and recordings of our own: what was sent in, what was made of it, and what is said of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Json, Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class MediaKind(StrEnum):
    IMAGE = "image"
    AUDIO = "audio"


class MediaState(StrEnum):
    """What became of the file that was sent last. What an earlier one made stays in use meanwhile."""

    RECEIVED = "received"
    READY = "ready"
    REFUSED = "refused"


class Media(Base):
    """A picture or a recording. Its original lies under its SHA-256; `files` are what readers may fetch.

    `width`, `height` and `seconds` are of what `files` were made of.
    """

    __tablename__ = "media"
    __table_args__ = (
        sa.CheckConstraint("focal_x BETWEEN 0 AND 100 AND focal_y BETWEEN 0 AND 100", name="focal"),
        sa.CheckConstraint("bytes > 0", name="bytes"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[MediaKind] = mapped_column(enum(MediaKind))
    state: Mapped[MediaState] = mapped_column(enum(MediaState), default=MediaState.RECEIVED)
    why: Mapped[str] = mapped_column(sa.String(300), default="")  # it was refused, or waits
    name: Mapped[str] = mapped_column(sa.String(200))  # of the file, as it was sent
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    bytes: Mapped[int] = mapped_column(sa.BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    seconds: Mapped[int | None]
    focal_x: Mapped[int] = mapped_column(sa.SmallInteger, default=50)  # percent from the left: what crops keep
    focal_y: Mapped[int] = mapped_column(sa.SmallInteger, default=50)
    files: Mapped[list[dict[str, Any]]] = mapped_column(Json)  # shape, width, height, ext, bytes, stamp
    alt: Mapped[str] = mapped_column(sa.String(500), default="")
    decorative: Mapped[bool] = mapped_column(default=False)  # needs no alt, and somebody said so
    caption: Mapped[str] = mapped_column(sa.String(1000), default="")  # of a recording: its title
    credit: Mapped[str] = mapped_column(sa.String(200), default="")
    rights: Mapped[str] = mapped_column(sa.String(500), default="")  # a note for the newsroom
    not_after: Mapped[date | None]  # the last day on which it may be used
    received_at: Mapped[datetime] = mapped_column(Utc)
