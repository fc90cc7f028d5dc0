"""On the air: rules of the schedule, what is different on one day, the playlist.

Revision: 0024, after 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.core.columns import Utc

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def _string(table: str, name: str, most: int) -> tuple[sa.Column[str], sa.CheckConstraint]:
    check = sa.CheckConstraint(f"length({name}) <= {most}", name=op.f(f"ck_{table}_{name}_length"))
    return sa.Column(name, sa.String(most), nullable=False), check


def _of_station(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f(f"fk_{table}_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _of_program(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("program_id", sa.Uuid(), nullable=True),
        *_string(table, "title", 120),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f(f"ck_{table}_minutes")),
        sa.CheckConstraint("program_id IS NOT NULL OR title <> ''", name=op.f(f"ck_{table}_named")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f(f"fk_{table}_program_id")),
    )


def upgrade() -> None:
    op.create_table(
        "schedule_rule",
        *_of_station("schedule_rule"),
        *_of_program("schedule_rule"),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_schedule_rule_weekdays")),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_schedule_rule_until_on")),
    )
    op.create_index("ix_schedule_rule_station", "schedule_rule", ["station_id"])
    op.create_table(
        "schedule_override",
        *_of_station("schedule_override"),
        *_of_program("schedule_override"),
        sa.Column("on_date", sa.Date(), nullable=False),
        *_string("schedule_override", "note", 300),
    )
    op.create_index("ix_schedule_override_station", "schedule_override", ["station_id", "on_date"])
    op.create_table(
        "playlist_entry",
        *_of_station("playlist_entry"),
        sa.Column("started_at", Utc(), nullable=False),
        *_string("playlist_entry", "composer", 200),
        *_string("playlist_entry", "title", 300),
        *_string("playlist_entry", "performers", 500),
        *_string("playlist_entry", "conductor", 120),
        *_string("playlist_entry", "ensemble", 200),
        *_string("playlist_entry", "label", 120),
        *_string("playlist_entry", "catalog_number", 60),
        sa.Column("seconds", sa.Integer(), nullable=True),
        *_string("playlist_entry", "source_key", 120),
        sa.CheckConstraint("seconds IS NULL OR seconds BETWEEN 1 AND 86400", name=op.f("ck_playlist_entry_seconds")),
        sa.UniqueConstraint("station_id", "source_key", name=op.f("uq_playlist_entry_station_id_source_key")),
    )
    op.create_index("ix_playlist_entry_station", "playlist_entry", ["station_id", "started_at"])


def downgrade() -> None:
    op.drop_table("playlist_entry")
    op.drop_table("schedule_override")
    op.drop_table("schedule_rule")
