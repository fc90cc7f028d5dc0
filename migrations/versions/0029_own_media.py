"""Pictures and recordings of our own.

Revision: 0029, after 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from station.core.columns import Json, Utc

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KINDS = ("image", "audio")
STATES = ("received", "ready", "refused")
LENGTHS = {"why": 300, "name": 200, "sha256": 64, "alt": 500, "caption": 1000, "credit": 200, "rights": 500}


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("mediakind", KINDS), nullable=False),
        sa.Column("state", _enum("mediastate", STATES), nullable=False),
        sa.Column("why", sa.String(300), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("focal_x", sa.SmallInteger(), nullable=False),
        sa.Column("focal_y", sa.SmallInteger(), nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.Column("alt", sa.String(500), nullable=False),
        sa.Column("decorative", sa.Boolean(), nullable=False),
        sa.Column("caption", sa.String(1000), nullable=False),
        sa.Column("credit", sa.String(200), nullable=False),
        sa.Column("rights", sa.String(500), nullable=False),
        sa.Column("not_after", sa.Date(), nullable=True),
        sa.Column("received_at", Utc(), nullable=False),
        sa.CheckConstraint(
            "focal_x BETWEEN 0 AND 100 AND focal_y BETWEEN 0 AND 100", name=op.f("ck_media_focal")
        ),
        sa.CheckConstraint("bytes > 0", name=op.f("ck_media_bytes")),
        *(
            sa.CheckConstraint(f"length({name}) <= {most}", name=op.f(f"ck_media_{name}_length"))
            for name, most in LENGTHS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("sha256", name=op.f("uq_media_sha256")),
    )


def downgrade() -> None:
    op.drop_table("media")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=24, name=name)
