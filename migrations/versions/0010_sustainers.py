"""Sustainers: quarterly and yearly, a charge day, pauses with an end, and every change of a standing order.

Revision: 0010, after 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.sql import allow_values

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
MOMENT = sa.DateTime(timezone=True)
KINDS = ("amount", "date", "skip", "pause", "resume", "cancel", "stay")
STATES = ("sending", "unknown", "done", "refused")
TEXTS = (("actor_kind", 20), ("actor_label", 200), ("reason", 20), ("words", 500), ("error", 500))


def upgrade() -> None:
    op.execute(
        "ALTER TABLE subscription ADD COLUMN charge_day INTEGER "
        "CONSTRAINT ck_subscription_charge_day CHECK (charge_day BETWEEN 1 AND 31) "
        "CONSTRAINT ck_subscription_interval CHECK (interval IN ('month', 'quarter', 'year'))"
    )
    op.add_column("subscription", sa.Column("paused_until", MOMENT))
    op.add_column("subscription", sa.Column("ends_at", MOMENT))
    op.execute(
        "ALTER TABLE subscription ADD COLUMN end_reason VARCHAR(100) NOT NULL DEFAULT '' "
        "CONSTRAINT ck_subscription_end_reason_length CHECK (length(end_reason) <= 100)"
    )
    allow_values("pledge", "frequency", "ck_pledge_frequency", ("once", "month", "quarter", "year"))
    op.execute(
        "ALTER TABLE pledge ADD COLUMN charge_day INTEGER "
        "CONSTRAINT ck_pledge_charge_day CHECK (charge_day BETWEEN 1 AND 31)"
    )
    op.add_column("pledge", sa.Column("second_meant", sa.Boolean(), server_default=sa.false(), nullable=False))
    _changes()


def _changes() -> None:
    op.create_table(
        "subscription_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("changekind", KINDS), nullable=False),
        sa.Column("state", _enum("changestate", STATES), nullable=False),
        sa.Column("old", JSON, nullable=False),
        sa.Column("new", JSON, nullable=False),
        sa.Column("actor_kind", sa.String(20), nullable=False),
        sa.Column("actor_label", sa.String(200), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("reason", sa.String(20), server_default="", nullable=False),
        sa.Column("words", sa.String(500), server_default="", nullable=False),
        sa.Column("error", sa.String(500), server_default="", nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("effective_at", MOMENT),
        *(
            sa.CheckConstraint(f"length({name}) <= {most}", name=op.f(f"ck_subscription_change_{name}_length"))
            for name, most in TEXTS
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_subscription_change_subscription_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["gateway_call.id"], name=op.f("fk_subscription_change_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_change")),
        sa.UniqueConstraint("call_id", name=op.f("uq_subscription_change_call_id")),
    )
    op.create_index("ix_subscription_change_subscription_id", "subscription_change", ["subscription_id"])
    op.create_index("ix_subscription_change_waiting", "subscription_change", ["state", "tried_at"])


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def downgrade() -> None:
    op.drop_index("ix_subscription_change_waiting", "subscription_change")
    op.drop_index("ix_subscription_change_subscription_id", "subscription_change")
    op.drop_table("subscription_change")
    for column in ("second_meant", "charge_day"):
        op.execute(f"ALTER TABLE pledge DROP COLUMN {column}")
    allow_values("pledge", "frequency", "ck_pledge_frequency", ("once", "month"))
    for column in ("end_reason", "ends_at", "paused_until", "charge_day"):
        op.execute(f"ALTER TABLE subscription DROP COLUMN {column}")
