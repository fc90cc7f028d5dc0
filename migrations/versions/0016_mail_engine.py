"""The mail engine: more states, a stream of appeals, leases and counts on a message; the stop, and providers.

Revision: 0016, after 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.sql import allow_values

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OLD_STATES, OLD_STREAMS = ("queued", "in_flight", "sent", "failed"), ("receipts", "notices")
STATES = ("queued", "in_flight", "unknown", "sent", "bounced", "failed", "aborted", "withheld")
WORDS = {"topic": (60, ""), "provider": (20, "other"), "unsubscribe_url": (500, ""), "status": (20, "")}
COUNTS = ("repeats", "died", "dropped")
INDEXES = {
    "ix_outgoing_mail_due": ("state", "stream", "provider", "due_at"),
    "ix_outgoing_mail_unsure": ("died", "dropped"),
    "ix_outgoing_mail_recipient": ("recipient",),
    "ix_outgoing_mail_queued_at": ("queued_at",),
}
KEPT_BACK = "kept back: %"


def upgrade() -> None:
    _columns()
    allow_values("outgoing_mail", "state", "ck_outgoing_mail_mailstate", STATES)
    allow_values("outgoing_mail", "stream", "ck_outgoing_mail_stream", (*OLD_STREAMS, "appeals"))
    op.execute(f"UPDATE outgoing_mail SET state = 'withheld' WHERE state = 'failed' AND last_error LIKE '{KEPT_BACK}'")
    for name, columns in INDEXES.items():
        op.create_index(name, "outgoing_mail", list(columns))
    _tables()


def _columns() -> None:
    instant = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMPTZ"
    for name, (length, default) in WORDS.items():
        given = "" if name == "topic" else f"NOT NULL DEFAULT '{default}' "
        op.execute(
            f"ALTER TABLE outgoing_mail ADD COLUMN {name} VARCHAR({length}) {given}"
            f"CONSTRAINT ck_outgoing_mail_{name}_length CHECK (length({name}) <= {length})"
        )
    for name in COUNTS:
        op.execute(f"ALTER TABLE outgoing_mail ADD COLUMN {name} INTEGER NOT NULL DEFAULT '0'")
    for name in ("due_at", "leased_until"):
        op.execute(f"ALTER TABLE outgoing_mail ADD COLUMN {name} {instant}")


def _tables() -> None:
    op.create_table(
        "mail_stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_by", sa.String(length=200), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("scope IN ('all', 'appeals')", name=op.f("ck_mail_stop_stopscope")),
        sa.CheckConstraint("length(reason) <= 300", name=op.f("ck_mail_stop_reason_length")),
        sa.CheckConstraint("length(stopped_by) <= 200", name=op.f("ck_mail_stop_stopped_by_length")),
        sa.CheckConstraint("length(resumed_by) <= 200", name=op.f("ck_mail_stop_resumed_by_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_stop")),
    )
    op.create_index(op.f("ix_mail_stop_resumed_at"), "mail_stop", ["resumed_at"])
    op.create_table(
        "mail_provider",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("empty_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pauses", sa.Integer(), nullable=False),
        sa.Column("last_answer", sa.String(length=300), nullable=False),
        sa.CheckConstraint("length(name) <= 20", name=op.f("ck_mail_provider_name_length")),
        sa.CheckConstraint("length(last_answer) <= 300", name=op.f("ck_mail_provider_last_answer_length")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_provider")),
    )


def downgrade() -> None:
    """What this version cannot tell apart becomes what it knew: all that will not arrive has failed."""
    op.drop_table("mail_provider")
    op.drop_index(op.f("ix_mail_stop_resumed_at"), "mail_stop")
    op.drop_table("mail_stop")
    op.execute("UPDATE outgoing_mail SET state = 'failed' WHERE state IN ('bounced', 'aborted', 'withheld')")
    op.execute("UPDATE outgoing_mail SET state = 'failed' WHERE state = 'unknown' AND stream = 'appeals'")
    op.execute("UPDATE outgoing_mail SET state = 'in_flight' WHERE state = 'unknown'")
    op.execute("UPDATE outgoing_mail SET stream = 'notices' WHERE stream = 'appeals'")
    for name in INDEXES:
        op.drop_index(name, "outgoing_mail")
    allow_values("outgoing_mail", "stream", "ck_outgoing_mail_stream", OLD_STREAMS)
    allow_values("outgoing_mail", "state", "ck_outgoing_mail_mailstate", OLD_STATES)
    for name in (*WORDS, *COUNTS, "due_at", "leased_until"):
        _drop(name, constrained=name in WORDS)


def _drop(name: str, *, constrained: bool) -> None:
    if constrained and op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE outgoing_mail DROP CONSTRAINT ck_outgoing_mail_{name}_length")
    op.execute(f"ALTER TABLE outgoing_mail DROP COLUMN {name}")
