"""Expected payments: whether a donor has said that they pay.

Revision: 0005, after 0004
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE payment ADD COLUMN expected BOOLEAN NOT NULL DEFAULT true")
    op.execute("UPDATE payment SET expected = false WHERE id IN (SELECT payment_id FROM pledge WHERE email = '')")


def downgrade() -> None:
    op.execute("ALTER TABLE payment DROP COLUMN expected")
