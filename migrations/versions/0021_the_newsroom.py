"""The newsroom: people, programs, tags; where stories came from, their titles elsewhere, their quiet switches.

Revision: 0021, after 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TEXTS = ("seo_title", "social_title", "why_quiet")
FLAGS = ("noindex", "sensitive")


def upgrade() -> None:
    _people()
    _labels()
    _columns()
    op.create_index("ix_story_program_id", "story", ["program_id"])


def _length(table: str, column: str, most: int) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"length({column}) <= {most}", name=op.f(f"ck_{table}_{column}_length"))


def _of_station(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f(f"fk_{table}_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("station_id", "slug", name=op.f(f"uq_{table}_station_id_slug")),
    )


def _string(name: str, most: int, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(most), nullable=nullable)


def _named(table: str, columns: dict[str, int]) -> tuple[sa.Column[str] | sa.CheckConstraint, ...]:
    made: list[sa.Column[str] | sa.CheckConstraint] = []
    for name, most in columns.items():
        made += [_string(name, most, name.startswith("cds_")), _length(table, name, most)]
    return tuple(made)


def _people() -> None:
    known = {"slug": 120, "name": 200, "role": 120, "url": 500, "cds_id": 120}
    op.create_table(
        "person",
        *_of_station("person"),
        *_named("person", known),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("on_staff", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_person_cds_id", "person", ["cds_id"])
    op.create_table(
        "story_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_named("story_person", {"name": 200}),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_person_story_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_story_person_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_person")),
        sa.UniqueConstraint("story_id", "position", name=op.f("uq_story_person_story_id_position")),
    )
    op.create_index("ix_story_person_person_id", "story_person", ["person_id"])


def _labels() -> None:
    known = {"slug": 80, "name": 120, "source": 120, "hosts": 300, "url": 500, "cds_collection": 80}
    op.create_table(
        "program",
        *_of_station("program"),
        *_named("program", known),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("podcast", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_program_cds_collection", "program", ["cds_collection"])
    op.create_table("tag", *_of_station("tag"), *_named("tag", {"slug": 80, "name": 120, "cds_collection": 80}))
    op.create_index("ix_tag_cds_collection", "tag", ["cds_collection"])
    op.create_table(
        "story_tag",
        sa.Column("story_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_tag_story_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_story_tag_tag_id")),
        sa.PrimaryKeyConstraint("story_id", "tag_id", name=op.f("pk_story_tag")),
    )
    op.create_index("ix_story_tag_tag", "story_tag", ["tag_id", "story_id"])


def _columns() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    key, instant = ("CHAR(32)", "DATETIME") if sqlite else ("UUID", "TIMESTAMPTZ")
    no = "0" if sqlite else "false"
    op.execute(
        "ALTER TABLE story ADD COLUMN origin VARCHAR(24) NOT NULL DEFAULT 'local' "
        "CONSTRAINT ck_story_origin CHECK (origin IN ('local', 'npr', 'partner'))"
    )
    op.execute(
        "ALTER TABLE story ADD COLUMN language VARCHAR(10) NOT NULL DEFAULT 'en' "
        "CONSTRAINT ck_story_language_length CHECK (length(language) <= 10)"
    )
    op.execute("ALTER TABLE story ADD COLUMN deck TEXT NOT NULL DEFAULT ''")
    for name in TEXTS:
        op.execute(
            f"ALTER TABLE story ADD COLUMN {name} VARCHAR(300) NOT NULL DEFAULT '' "
            f"CONSTRAINT ck_story_{name}_length CHECK (length({name}) <= 300)"
        )
    for name in FLAGS:
        op.execute(f"ALTER TABLE story ADD COLUMN {name} BOOLEAN NOT NULL DEFAULT {no}")
    op.execute(
        f"ALTER TABLE story ADD COLUMN program_id {key} CONSTRAINT fk_story_program_id REFERENCES program (id)"
    )
    op.execute(f"ALTER TABLE story ADD COLUMN revised_at {instant}")
    op.execute("UPDATE story SET origin = 'npr' WHERE cds_id IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_story_program_id", table_name="story")
    for name in (*TEXTS, *FLAGS, "language", "origin", "deck", "program_id", "revised_at"):
        op.execute(f"ALTER TABLE story DROP COLUMN {name}")
    for table in ("story_tag", "tag", "story_person", "person", "program"):
        op.drop_table(table)
