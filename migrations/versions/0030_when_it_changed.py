"""When what pages are made from was last changed, for their Last-Modified.

Revision: 0030, after 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.core.columns import Utc

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bulletin", sa.Column("changed_at", Utc(), nullable=True))


def downgrade() -> None:
    op.drop_column("bulletin", "changed_at")
