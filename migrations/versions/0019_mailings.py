"""Mailings: one template to a list of people that is frozen before anything leaves.

Revision: 0019, after 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATES = "'draft', 'checked', 'freezing', 'frozen', 'sending', 'paused', 'done', 'stopped'"
RECIPIENT = "'waiting', 'queued', 'left_out', 'called_off'"
LEFT_OUT = "'not_found', 'no_address', 'unreachable', 'duplicate', 'suppressed', 'unwanted', 'erased'"
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
TEXTS = {"name": 120, "topic": 60, "list_code": 40, "list_choice": 40, "cursor": 60, "created_by": 200}


def upgrade() -> None:
    op.create_table(
        "mailing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("language_rule", sa.String(length=24), nullable=False),
        sa.Column("list_code", sa.String(length=40), nullable=False),
        sa.Column("list_choice", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tested_version", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.String(length=60), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_by", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("language_rule IN ('theirs', 'en', 'es')", name=op.f("ck_mailing_languagerule")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_mailing_mailingstate")),
        *_lengths("mailing", {**TEXTS, "begun_by": 200, "note": 300}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_index("ix_mailing_state", "mailing", ["state"])
    op.create_table(
        "mailing_version",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=200), nullable=False),
        *_lengths("mailing_version", {"written_by": 200}),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_version_mailing_id")),
        sa.PrimaryKeyConstraint("mailing_id", "number", name=op.f("pk_mailing_version")),
    )
    op.create_table(
        "mailing_entries",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("entries", JSON, nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_entries_mailing_id")),
        sa.PrimaryKeyConstraint("mailing_id", name=op.f("pk_mailing_entries")),
    )
    _recipients()


def _recipients() -> None:
    op.create_table(
        "mailing_recipient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(length=320), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"state IN ({RECIPIENT})", name=op.f("ck_mailing_recipient_recipientstate")),
        sa.CheckConstraint(f"reason IN ({LEFT_OUT})", name=op.f("ck_mailing_recipient_leftout")),
        *_lengths(
            "mailing_recipient",
            {"address": 320, "email": 320, "name": 200, "first_name": 100, "language": 5, "provider": 20},
        ),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_recipient_mailing_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mail.id"], name=op.f("fk_mailing_recipient_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_recipient")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_mailing_recipient_mail_id")),
        sa.UniqueConstraint("mailing_id", "address", name=op.f("uq_mailing_recipient_mailing_id_address")),
        sa.UniqueConstraint("mailing_id", "position", name=op.f("uq_mailing_recipient_mailing_id_position")),
    )
    for column in ("address", "member_id"):
        op.create_index(f"ix_mailing_recipient_{column}", "mailing_recipient", [column])
    op.create_index(
        "ix_mailing_recipient_next", "mailing_recipient", ["mailing_id", "state", "provider", "position"]
    )


def _lengths(table: str, texts: dict[str, int]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(f"length({name}) <= {size}", name=op.f(f"ck_{table}_{name}_length"))
        for name, size in texts.items()
    ]


def downgrade() -> None:
    for table in ("mailing_recipient", "mailing_entries", "mailing_version", "mailing"):
        op.drop_table(table)
