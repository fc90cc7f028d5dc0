"""screening

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "screening_stance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge", sa.Boolean(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(by) <= 200", name=op.f("ck_screening_stance_by_length")),
        sa.CheckConstraint("length(reason) <= 200", name=op.f("ck_screening_stance_reason_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_stance")),
    )
    op.create_table(
        "screening_tally",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("many", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(key) <= 64", name=op.f("ck_screening_tally_key_length")),
        sa.PrimaryKeyConstraint("key", "slot", name=op.f("pk_screening_tally")),
    )
    op.create_index(op.f("ix_screening_tally_slot"), "screening_tally", ["slot"])
    # one statement on both engines: SQLite adds a column with its CHECK in place, without a copy of the table
    op.execute(
        "ALTER TABLE pledge ADD COLUMN sender VARCHAR(64) DEFAULT '' NOT NULL "
        "CONSTRAINT ck_pledge_sender_length CHECK (length(sender) <= 64)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE pledge DROP COLUMN sender")
    op.drop_index(op.f("ix_screening_tally_slot"), table_name="screening_tally")
    op.drop_table("screening_tally")
    op.drop_table("screening_stance")
