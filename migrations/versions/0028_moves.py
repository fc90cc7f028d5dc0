"""Moves: where old addresses lead and how often they are asked for, and the banner above all pages.

Revision: 0028, after 0025
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from station.core.columns import Utc

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

EVERYWHERE = sa.text("station_id IS NULL")
LEVEL: dict[str, Any] = {"name": "bannerlevel", "native_enum": False, "create_constraint": True, "length": 24}


def _string(table: str, name: str, most: int) -> tuple[sa.Column[str], sa.CheckConstraint]:
    check = sa.CheckConstraint(f"length({name}) <= {most}", name=op.f(f"ck_{table}_{name}_length"))
    return sa.Column(name, sa.String(most), nullable=False), check


def _reference(table: str, name: str, *, nullable: bool) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    other = name.removesuffix("_id")
    key = sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}"))
    return sa.Column(name, sa.Uuid(), nullable=nullable), key


def upgrade() -> None:
    op.create_table(
        "redirect",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_reference("redirect", "station_id", nullable=True),
        *_string("redirect", "path", 500),
        *_reference("redirect", "story_id", nullable=True),
        *_string("redirect", "target", 2000),
        *_string("redirect", "target_path", 500),
        sa.Column("permanent", sa.Boolean(), nullable=False),
        sa.Column("keep_query", sa.Boolean(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        *_string("redirect", "reason", 300),
        sa.Column("made_at", Utc(), nullable=False),
        *_string("redirect", "made_by", 200),
        sa.CheckConstraint("(story_id IS NULL) = (target <> '')", name=op.f("ck_redirect_one_target")),
        sa.CheckConstraint("NOT automatic OR story_id IS NOT NULL", name=op.f("ck_redirect_automatic")),
        sa.CheckConstraint("target_path <> path", name=op.f("ck_redirect_no_loop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redirect")),
        sa.UniqueConstraint("station_id", "path", name=op.f("uq_redirect_station_id_path")),
    )
    op.create_index("ix_redirect_story_id", "redirect", ["story_id"])
    op.create_index(
        "ix_redirect_path", "redirect", ["path"], unique=True, sqlite_where=EVERYWHERE, postgresql_where=EVERYWHERE
    )
    op.create_table(
        "redirect_use",
        *_reference("redirect_use", "redirect_id", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("redirect_id", "day", name=op.f("pk_redirect_use")),
    )
    op.create_table(
        "banner",
        *_reference("banner", "station_id", nullable=False),
        sa.Column("edition", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Enum("breaking", "notice", **LEVEL), nullable=False),
        *_string("banner", "headline", 140),
        *_reference("banner", "story_id", nullable=True),
        *_string("banner", "url", 500),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        *_string("banner", "made_by", 200),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_banner_span")),
        sa.CheckConstraint("story_id IS NULL OR url = ''", name=op.f("ck_banner_one_link")),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_banner")),
    )
    op.create_index("ix_banner_story_id", "banner", ["story_id"])


def downgrade() -> None:
    op.drop_table("banner")
    op.drop_table("redirect_use")
    op.drop_table("redirect")
