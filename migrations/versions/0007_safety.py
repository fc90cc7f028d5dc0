"""Safety: sudo.

Revision: 0007, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    never = sa.text("'1970-01-01 00:00:00'")  # what a web process of before writes: its sessions prove themselves again
    op.add_column(
        "staff_session", sa.Column("proved_at", sa.DateTime(timezone=True), server_default=never, nullable=False)
    )
    op.execute("UPDATE staff_session SET proved_at = created_at")


def downgrade() -> None:
    op.execute("ALTER TABLE staff_session DROP COLUMN proved_at")
