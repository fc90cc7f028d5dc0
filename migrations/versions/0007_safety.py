"""Safety: sudo, a second person's approval, urgent work items, what the checks last answered, fingerprint.

Revision: 0007, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    never = sa.text("'1970-01-01 00:00:00'")  # what a web process of before writes: its sessions prove themselves again
    op.add_column(
        "staff_session", sa.Column("proved_at", sa.DateTime(timezone=True), server_default=never, nullable=False)
    )
    op.execute("UPDATE staff_session SET proved_at = created_at")
    op.add_column("work_item", sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False))
    _approval()
    op.create_table(
        "check_result",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("broken_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lines", JSON, nullable=False),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_check_result_name_length")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_check_result")),
    )
    op.create_table(
        "fingerprint",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("base_url", sa.String(length=300), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_fingerprint_one_row")),
        sa.CheckConstraint("length(mode) <= 20", name=op.f("ck_fingerprint_mode_length")),
        sa.CheckConstraint("length(account) <= 255", name=op.f("ck_fingerprint_account_length")),
        sa.CheckConstraint("length(base_url) <= 300", name=op.f("ck_fingerprint_base_url_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fingerprint")),
    )


def _approval() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("asks", sa.String(length=300), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=24), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('approved', 'refused', 'withdrawn', 'lapsed')", name=op.f("ck_approval_decision")
        ),
        sa.CheckConstraint("length(kind) <= 60", name=op.f("ck_approval_kind_length")),
        sa.CheckConstraint("length(subject_kind) <= 40", name=op.f("ck_approval_subject_kind_length")),
        sa.CheckConstraint("length(asks) <= 300", name=op.f("ck_approval_asks_length")),
        sa.CheckConstraint("decision <> 'approved' OR decided_by <> asked_by", name=op.f("ck_approval_two_people")),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_approval_decided")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_approval_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_approval_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    undecided = sa.text("decision IS NULL")
    op.create_index(
        "ix_approval_open",
        "approval",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=undecided,
        postgresql_where=undecided,
    )
    op.create_index("ix_approval_subject_id", "approval", ["subject_id"])
    op.create_index("ix_approval_asked_at", "approval", ["asked_at"])


def downgrade() -> None:
    op.drop_table("fingerprint")
    op.drop_table("check_result")
    op.drop_table("approval")
    op.execute("ALTER TABLE work_item DROP COLUMN urgent")
    op.execute("ALTER TABLE staff_session DROP COLUMN proved_at")
