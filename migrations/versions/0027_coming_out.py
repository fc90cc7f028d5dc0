"""Coming out: embargoes, what came out when, corrections that nothing takes back.

Revision: 0027, after 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.sql import append_only
from station.core.columns import Utc

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Of stories that are out the embargo is over: one place says so, and no page has to ask.
EMBARGO = "state <> 'published' OR embargo_until IS NULL OR published_at >= embargo_until"


def upgrade() -> None:
    instant = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMPTZ"
    op.execute(
        f"ALTER TABLE story ADD COLUMN embargo_until {instant} CONSTRAINT ck_story_embargo_until CHECK ({EMBARGO})"
    )
    op.execute(
        "ALTER TABLE story ADD COLUMN embargo_why VARCHAR(300) NOT NULL DEFAULT '' "
        "CONSTRAINT ck_story_embargo_why_length CHECK (length(embargo_why) <= 300)"
    )
    op.execute(f"ALTER TABLE story ADD COLUMN came_out_at {instant}")
    op.create_index("ix_story_changed", "story", ["station_id", "updated_at", "id"])
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("headline", sa.String(300), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.CheckConstraint("length(headline) <= 300", name=op.f("ck_correction_headline_length")),
        sa.CheckConstraint("length(key) <= 64", name=op.f("ck_correction_key_length")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_correction_station_id")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_correction_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("story_id", "key", name=op.f("uq_correction_story_id_key")),
    )
    op.create_index("ix_correction_station", "correction", ["station_id", "at", "id"])
    append_only("correction")


def downgrade() -> None:
    op.drop_table("correction")
    op.drop_index("ix_story_changed", table_name="story")
    for name in ("came_out_at", "embargo_why", "embargo_until"):
        op.execute(f"ALTER TABLE story DROP COLUMN {name}")
