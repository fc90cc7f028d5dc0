"""People and organisations, and the addresses by which they are known."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class MemberKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class Member(Base):
    """A person or an organisation. `name` is what is printed; the parts are as the person typed them."""

    __tablename__ = "member"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[MemberKind] = mapped_column(enum(MemberKind))
    name: Mapped[str] = mapped_column(sa.String(200), index=True)
    given_name: Mapped[str] = mapped_column(sa.String(100), default="")
    family_name: Mapped[str] = mapped_column(sa.String(100), default="")
    external_id: Mapped[str | None] = mapped_column(sa.String(120), unique=True, index=True)  # where they came from
    language: Mapped[str] = mapped_column(
        sa.String(5), default="en", server_default="en"
    )  # of mail and paper to them
    created_at: Mapped[datetime] = mapped_column(Utc)


class MemberEmail(Base):
    """An email address of a member. `normalised` is unique in the house: it is how a donor is matched."""

    __tablename__ = "member_email"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("member.id"), index=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    normalised: Mapped[str] = mapped_column(sa.String(254), unique=True)
    is_primary: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Utc)
