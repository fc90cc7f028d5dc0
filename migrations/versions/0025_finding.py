"""Finding stories: places of a home, parts of words, and lists under a section or a program in their order.

Revision: 0025, after 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.core.columns import Utc

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LISTS = ("section", "program")


def upgrade() -> None:
    op.create_table(
        "home_slot",
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("until", Utc(), nullable=True),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name=op.f("ck_home_slot_position")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_home_slot_station_id")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_home_slot_story_id")),
        sa.PrimaryKeyConstraint("station_id", "position", name=op.f("pk_home_slot")),
    )
    op.create_index("ix_home_slot_story_id", "home_slot", ["story_id"])
    op.create_table(
        "word_part",
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("part", sa.String(8), nullable=False),
        sa.CheckConstraint("length(word) <= 40", name=op.f("ck_word_part_word_length")),
        sa.CheckConstraint("length(part) <= 8", name=op.f("ck_word_part_part_length")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_word_part_station_id")),
        sa.PrimaryKeyConstraint("station_id", "word", "part", name=op.f("pk_word_part")),
    )
    op.create_index("ix_word_part_part", "word_part", ["station_id", "part"])
    for name in LISTS:
        op.drop_index(f"ix_story_{name}_id", table_name="story")
        op.create_index(f"ix_story_of_{name}", "story", [f"{name}_id", "state", "published_at"])


def downgrade() -> None:
    for name in LISTS:
        op.drop_index(f"ix_story_of_{name}", table_name="story")
        op.create_index(f"ix_story_{name}_id", "story", [f"{name}_id"])
    op.drop_table("word_part")
    op.drop_table("home_slot")
