"""What people said about mail to them: an append-only log, and what it comes to.

Revision: 0018, after 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.sql import append_only

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SOURCES = "'form', 'one_click', 'desk', 'import', 'reply'"
ACTORS = "'visitor', 'member', 'staff', 'stripe', 'job', 'command'"
TEXTS = {"address": 254, "topic": 60, "wording_version": 20, "language": 5, "browser": 200, "network": 32}


def upgrade() -> None:
    op.create_table(
        "mail_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("before", sa.Boolean(), nullable=True),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_version", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("network", sa.String(length=32), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("actor_kind", sa.String(length=24), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_label", sa.String(length=200), nullable=False),
        sa.CheckConstraint(f"source IN ({SOURCES})", name=op.f("ck_mail_consent_consentsource")),
        sa.CheckConstraint(f"actor_kind IN ({ACTORS})", name=op.f("ck_mail_consent_actorkind")),
        *_lengths("mail_consent", {**TEXTS, "actor_label": 200}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_consent")),
    )
    op.create_index("ix_mail_consent_address", "mail_consent", ["address", "at"])
    op.create_index("ix_mail_consent_at", "mail_consent", ["at"])
    op.create_index("ix_mail_consent_change_id", "mail_consent", ["change_id"])
    op.create_index("ix_mail_consent_member_id", "mail_consent", ["member_id"])
    append_only("mail_consent")
    op.create_table(
        "mail_preference",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        *_lengths("mail_preference", {"address": 254, "topic": 60}),
        sa.ForeignKeyConstraint(["consent_id"], ["mail_consent.id"], name=op.f("fk_mail_preference_consent_id")),
        sa.PrimaryKeyConstraint("address", "topic", name=op.f("pk_mail_preference")),
    )


def _lengths(table: str, texts: dict[str, int]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(f"length({name}) <= {size}", name=op.f(f"ck_{table}_{name}_length"))
        for name, size in texts.items()
    ]


def downgrade() -> None:
    op.drop_table("mail_preference")
    op.drop_table("mail_consent")
