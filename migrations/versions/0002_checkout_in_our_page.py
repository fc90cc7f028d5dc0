"""Checkout in our page: the client secret of an open checkout.

Revision: 0002, after 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # as plain SQL, which both engines take: batch mode would write SQLite's whole table anew for one CHECK
    op.execute(
        "ALTER TABLE payment ADD COLUMN checkout_secret VARCHAR(255) NOT NULL DEFAULT '' "
        "CONSTRAINT ck_payment_checkout_secret_length CHECK (length(checkout_secret) <= 255)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE payment DROP COLUMN checkout_secret")
