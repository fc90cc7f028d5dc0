"""Stories of others: queries to NPR, names of owners, what a person took off.

Revision: 0022, after 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.core.columns import Json, Utc

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _string(table: str, name: str, most: int) -> tuple[sa.Column[str], sa.CheckConstraint]:
    check = sa.CheckConstraint(f"length({name}) <= {most}", name=op.f(f"ck_{table}_{name}_length"))
    return sa.Column(name, sa.String(most), nullable=False), check


def upgrade() -> None:
    op.create_table(
        "cds_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        *_string("cds_feed", "name", 120),
        *_string("cds_feed", "query", 1000),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=True),
        sa.Column("said", Json, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("every_minutes BETWEEN 1 AND 1440", name=op.f("ck_cds_feed_every_minutes")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_cds_feed_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cds_feed")),
    )
    op.create_table(
        "cds_owner",
        *_string("cds_owner", "service", 80),
        *_string("cds_owner", "name", 120),
        *_string("cds_owner", "url", 300),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_cds_owner")),
    )
    no = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    op.execute(f"ALTER TABLE story ADD COLUMN kept_off BOOLEAN NOT NULL DEFAULT {no}")


def downgrade() -> None:
    op.execute("ALTER TABLE story DROP COLUMN kept_off")
    op.drop_table("cds_owner")
    op.drop_table("cds_feed")
