"""What an amount or a day was before a change that a notice tells of.

Revision: 0033, after 0032
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE notice ADD COLUMN before VARCHAR(60) NOT NULL DEFAULT '' "
        "CONSTRAINT ck_notice_before_length CHECK (length(before) <= 60)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE notice DROP COLUMN before")
