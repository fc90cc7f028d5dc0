"""Stories are written at the desk: revisions, which stay as they are, and what is not saved yet.

Revision: 0026, after 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.sql import append_only
from station.core.columns import Json, Utc

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "story_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("content", Json, nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.CheckConstraint("kind IN ('saved', 'out', 'restored')", name=op.f("ck_story_revision_revisionkind")),
        sa.CheckConstraint("number > 0", name=op.f("ck_story_revision_number")),
        sa.CheckConstraint(
            "(kind = 'restored') = (restored_from IS NOT NULL)", name=op.f("ck_story_revision_restored_from")
        ),
        sa.CheckConstraint("length(note) <= 300", name=op.f("ck_story_revision_note_length")),
        sa.CheckConstraint("length(who) <= 200", name=op.f("ck_story_revision_who_length")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_revision_story_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_story_revision_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_revision")),
        sa.UniqueConstraint("story_id", "number", name=op.f("uq_story_revision_story_id_number")),
    )
    append_only("story_revision")
    op.create_table(
        "story_autosave",
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.CheckConstraint("length(who) <= 200", name=op.f("ck_story_autosave_who_length")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_autosave_story_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_story_autosave_staff_id")),
        sa.PrimaryKeyConstraint("story_id", "staff_id", name=op.f("pk_story_autosave")),
    )
    op.add_column("story", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("story", "revision")
    op.drop_table("story_autosave")
    op.drop_table("story_revision")
