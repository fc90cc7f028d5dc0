"""Staff, their second factors and sessions, and the work that waits for them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.columns import Json, Utc, enum
from station.core.db import Base
from station.core.ids import new_id


class Role(StrEnum):
    """What a person at the desk is for. A person may have several; an admin may do everything."""

    ADMIN = "admin"
    DEVELOPMENT = "development"
    UNDERWRITING = "underwriting"
    NEWS = "news"
    VOLUNTEER = "volunteer"
    AUDITOR = "auditor"


class Staff(Base):
    """A person at the desk. Without a password hash the invitation is still open."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)  # normalised
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    totp_secret: Mapped[str | None] = mapped_column(sa.String(64))
    totp_last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # a code is used once (RFC 6238 §5.2)
    disabled_at: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)


class StaffRole(Base):
    __tablename__ = "staff_role"

    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum(Role), primary_key=True)


class Invitation(Base):
    """A link that lets a person set a password, or set up a new second factor. Used once, ends after days."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    purpose: Mapped[str] = mapped_column(sa.String(24))  # join, second_factor
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)


class RecoveryCode(Base):
    """A one-time stand-in for the second factor."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None] = mapped_column(Utc)


class Passkey(Base):
    """A key pair whose private half never leaves its owner's devices; it is password and second factor at once."""

    __tablename__ = "passkey"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    credential_id: Mapped[str] = mapped_column(sa.String(1364), unique=True)  # 1023 bytes at most, in base64url
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)  # COSE
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)


class StaffSession(Base):
    """A signed-in browser: revocable, with an idle and an absolute end. The cookie's token is stored as a hash."""

    __tablename__ = "staff_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    second_factor: Mapped[bool] = mapped_column(default=False)  # only a session with it opens the desk
    proved_at: Mapped[datetime] = mapped_column(Utc)  # when its owner last proved who they are: sudo counts from here
    browser: Mapped[str] = mapped_column(sa.String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Utc)
    seen_at: Mapped[datetime] = mapped_column(Utc)
    ends_at: Mapped[datetime] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)


class WorkState(StrEnum):
    OPEN = "open"
    DONE = "done"


class WorkItem(Base):
    """Something that a person must look at: what happened, what to do, and whose queue it is in."""

    __tablename__ = "work_item"
    __table_args__ = (
        sa.Index(
            "ix_work_item_open",
            "key",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(sa.String(60), index=True)
    key: Mapped[str] = mapped_column(sa.String(200))  # one open item a key
    role: Mapped[Role] = mapped_column(enum(Role))
    title: Mapped[str] = mapped_column(sa.String(200))
    detail: Mapped[str] = mapped_column(sa.Text, default="")
    subject_kind: Mapped[str] = mapped_column(sa.String(40), default="")
    subject_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    urgent: Mapped[bool] = mapped_column(default=False)  # it is told outside the desk as well
    state: Mapped[WorkState] = mapped_column(enum(WorkState), default=WorkState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_by: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")


class CheckResult(Base):
    """What an invariant of the books answered when it was last asked. Without lines it holds."""

    __tablename__ = "check_result"

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(Utc)
    broken_since: Mapped[datetime | None] = mapped_column(Utc)
    lines: Mapped[list[str]] = mapped_column(Json, default=list)


class Decision(StrEnum):
    """How a request for a second person's approval ended."""

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Approval(Base):
    """Something that one person asked for and another one decides. One open request a kind and subject."""

    __tablename__ = "approval"
    __table_args__ = (
        sa.Index(
            "ix_approval_open",
            "kind",
            "subject_id",
            unique=True,
            sqlite_where=sa.text("decision IS NULL"),
            postgresql_where=sa.text("decision IS NULL"),
        ),
        sa.CheckConstraint("decision <> 'approved' OR decided_by <> asked_by", name="two_people"),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(sa.String(60))
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[UUID] = mapped_column(index=True)
    asks: Mapped[str] = mapped_column(sa.String(300))  # in words
    amount_cents: Mapped[int | None] = mapped_column(sa.BigInteger)
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[str] = mapped_column(sa.Text)
    asked_by: Mapped[UUID] = mapped_column(sa.ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(Utc, index=True)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    decision: Mapped[Decision | None] = mapped_column(enum(Decision))
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("staff.id"))  # none: it lapsed
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    note: Mapped[str] = mapped_column(sa.Text, default="")
