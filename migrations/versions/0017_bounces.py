"""Mail that comes back, what it says, and the addresses that are not written to any more.

Revision: 0017, after 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = "'waiting', 'report', 'complaint', 'not_spam', 'auto_reply', 'challenge', 'ordinary', 'unreadable'"
SEVERITIES = "'hard', 'soft', 'policy', 'delayed', 'delivered', 'complaint', 'nothing'"
MATCHES = "'session', 'verp', 'message_id', 'recipient', 'nothing'"
REASONS = "'hard_bounce', 'soft_bounces', 'manual', 'complaint', 'unsubscribed_all'"


def _texts(table: str, sizes: dict[str, int]) -> list[sa.schema.SchemaItem]:
    return [
        *(sa.Column(name, sa.String(length=size), nullable=False) for name, size in sizes.items()),
        *(
            sa.CheckConstraint(f"length({name}) <= {size}", name=op.f(f"ck_{table}_{name}_length"))
            for name, size in sizes.items()
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_texts("inbound_mail", {"digest": 64, "addressed_to": 320, "subject": 300, "sender": 320, "outcome": 300}),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("way IN ('pipe', 'imap')", name=op.f("ck_inbound_mail_inboundway")),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_inbound_mail_inboundkind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("digest", name=op.f("uq_inbound_mail_digest")),
    )
    op.create_index("ix_inbound_mail_listed", "inbound_mail", ["kind", "id"])
    op.create_index("ix_inbound_mail_received_at", "inbound_mail", ["received_at"])
    op.create_table(
        "bounce",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inbound_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=24), nullable=False),
        sa.Column("matched_by", sa.String(length=24), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        *_texts("bounce", {"address": 320, "action": 40, "status": 12, "words": 1000}),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"severity IN ({SEVERITIES})", name=op.f("ck_bounce_severity")),
        sa.CheckConstraint(f"matched_by IN ({MATCHES})", name=op.f("ck_bounce_matchedby")),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound_mail.id"], name=op.f("fk_bounce_inbound_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mail.id"], name=op.f("fk_bounce_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("inbound_id", "position", name=op.f("uq_bounce_inbound_id_position")),
    )
    op.create_index("ix_bounce_address", "bounce", ["address"])
    op.create_index("ix_bounce_mail_id", "bounce", ["mail_id"])
    op.create_index("ix_bounce_counted", "bounce", ["severity", "at"])
    _suppression()


def _suppression() -> None:
    op.create_table(
        "suppression",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("bounce_id", sa.Uuid(), nullable=True),
        *_texts("suppression", {"address": 320, "evidence": 1000, "by": 200, "lifted_by": 200, "lifted_why": 300}),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_suppression_suppressionreason")),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mail.id"], name=op.f("fk_suppression_mail_id")),
        sa.ForeignKeyConstraint(["bounce_id"], ["bounce.id"], name=op.f("fk_suppression_bounce_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
    )
    for column in ("address", "mail_id", "bounce_id"):
        op.create_index(f"ix_suppression_{column}", "suppression", [column])
    standing = sa.text("lifted_at IS NULL")
    op.create_index(
        "ix_suppression_standing",
        "suppression",
        ["address", "reason"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )


def downgrade() -> None:
    for table in ("suppression", "bounce", "inbound_mail"):
        op.drop_table(table)
