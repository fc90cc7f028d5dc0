"""Notices that law and networks require: what was written, how it was given; who wanted a change; when a gift began.

Revision: 0020, after 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.sql import append_only

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ASKED = ("self", "phone", "writing", "in_person", "station")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    instant = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMPTZ"
    op.execute(f"ALTER TABLE subscription ADD COLUMN started_at {instant}")
    listed = ", ".join(f"'{each}'" for each in ASKED)
    op.execute(
        "ALTER TABLE subscription_change ADD COLUMN asked VARCHAR(24) NOT NULL DEFAULT 'self' "
        f"CONSTRAINT ck_subscription_change_asked CHECK (asked IN ({listed}))"
    )
    _notice()
    _delivery()
    for table in ("notice", "notice_delivery"):
        append_only(table)


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _enum(
                "noticekind",
                "terms",
                "reminder",
                "change",
                "ahead",
                "varying",
                "yearly",
                "expiring",
                "resumes",
                "mandate",
            ),
            nullable=False,
        ),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=60), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked", _enum("asked", *ASKED), nullable=False),
        sa.Column("wording", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("opens_on <= due_on", name=op.f("ck_notice_window")),
        sa.CheckConstraint("length(language) <= 5", name=op.f("ck_notice_language_length")),
        sa.CheckConstraint("length(period) <= 60", name=op.f("ck_notice_period_length")),
        sa.CheckConstraint("length(subject) <= 300", name=op.f("ck_notice_subject_length")),
        sa.CheckConstraint("length(wording) <= 40", name=op.f("ck_notice_wording_length")),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscription.id"], name=op.f("fk_notice_subscription_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("subscription_id", "kind", "period", name=op.f("uq_notice_subscription_id_kind_period")),
    )
    op.create_index("ix_notice_due", "notice", ["due_on", "id"], unique=False)
    op.create_index(op.f("ix_notice_written_at"), "notice", ["written_at"], unique=False)


def _delivery() -> None:
    op.create_table(
        "notice_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("how", _enum("channel", "mail", "post", "phone", "not_needed"), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(by) <= 200", name=op.f("ck_notice_delivery_by_length")),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mail.id"], name=op.f("fk_notice_delivery_mail_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_delivery_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
    )
    op.create_index(op.f("ix_notice_delivery_mail_id"), "notice_delivery", ["mail_id"], unique=False)
    op.create_index(op.f("ix_notice_delivery_notice_id"), "notice_delivery", ["notice_id"], unique=False)


def downgrade() -> None:
    op.drop_table("notice_delivery")
    op.drop_table("notice")
    op.execute("ALTER TABLE subscription_change DROP COLUMN asked")
    op.execute("ALTER TABLE subscription DROP COLUMN started_at")
