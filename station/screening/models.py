"""What was counted, and when everyone was asked for a proof."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc
from station.core.db import Base
from station.core.ids import new_id


class Tally(Base):
    """How often something was counted within one slot of five minutes. No address, email or card: a keyed hash."""

    __tablename__ = "screening_tally"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # from:<hash>, house:welcome
    slot: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, index=True)  # Unix time / 300
    many: Mapped[int] = mapped_column(sa.BigInteger)


class Stance(Base):
    """A decision to ask everyone for a proof, or not to; the one taken last is in force until it ends."""

    __tablename__ = "screening_stance"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    challenge: Mapped[bool]
    automatic: Mapped[bool]
    reason: Mapped[str] = mapped_column(sa.String(200))
    by: Mapped[str] = mapped_column(sa.String(200))
    since: Mapped[datetime] = mapped_column(Utc)
    until: Mapped[datetime | None] = mapped_column(Utc)  # without it: until somebody decides again
