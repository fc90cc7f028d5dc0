"""What a podcast says of itself: its picture, its category, whether it needs a warning; and feeds of partners.

Revision: 0031, after 0025
"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


TEXTS = {"program": {"artwork_url": 500, "category": 80}, "cds_feed": {"owner": 120, "owner_url": 300, "section": 80}}
FLAGS = {"program": ("explicit",), "cds_feed": ("whole", "follow")}


def upgrade() -> None:
    no = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    for table, texts in TEXTS.items():
        for name, most in texts.items():
            op.execute(
                f"ALTER TABLE {table} ADD COLUMN {name} VARCHAR({most}) NOT NULL DEFAULT '' "
                f"CONSTRAINT ck_{table}_{name}_length CHECK (length({name}) <= {most})"
            )
        for name in FLAGS[table]:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} BOOLEAN NOT NULL DEFAULT {no}")


def downgrade() -> None:
    for table, texts in TEXTS.items():
        for name in (*FLAGS[table], *texts):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
