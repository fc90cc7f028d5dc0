"""Texts that states ask charities to print (W13). They are the station's own data: none is shipped."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc
from station.core.db import Base
from station.core.ids import new_id


class StateLegend(Base):
    """One version of a state's legend; the newest of a state is in force, and one without text prints nothing.

    Never edited: UPDATE and DELETE are refused by trigger.
    """

    __tablename__ = "state_legend"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[str] = mapped_column(sa.String(2), index=True)  # as the post writes it: NV
    body: Mapped[str] = mapped_column(sa.Text)
    on_form: Mapped[bool]
    on_receipt: Mapped[bool]
    on_reminder: Mapped[bool]
    always: Mapped[bool]  # also where the donor's state is not known
    review_on: Mapped[date | None]  # station-local
    written_by: Mapped[str] = mapped_column(sa.String(200))
    written_at: Mapped[datetime] = mapped_column(Utc)
