"""Receipts say by which rules they were written; held receipts, letters, states' legends, the donor's language.

Revision: 0014, after 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.sql import allow_values, append_only

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

WAYS = ("wire", "fund", "payroll", "elsewhere")
KINDS = "'stock', 'goods', 'vehicle', 'ira', 'fund_sponsor', 'fund_adviser'"
SAID = "text LIKE '%goods or services%' OR text LIKE '%bienes o servicios%'"


def upgrade() -> None:
    _columns()
    _held()
    _letters()
    op.create_table(
        "state_legend",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("on_form", "on_receipt", "on_reminder", "always")),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("written_by", sa.String(length=200), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(state) <= 2", name=op.f("ck_state_legend_state_length")),
        sa.CheckConstraint("length(written_by) <= 200", name=op.f("ck_state_legend_written_by_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_legend")),
    )
    op.create_index("ix_state_legend_state", "state_legend", ["state"])
    for table in ("letter", "letter_void", "state_legend"):
        append_only(table)
    allow_values("tendered", "way", "ck_tendered_way", [*WAYS, "ira"])


def _columns() -> None:
    for table in ("member", "pledge", "receipt"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN language VARCHAR(5) NOT NULL DEFAULT 'en' "
            f"CONSTRAINT ck_{table}_language_length CHECK (length(language) <= 5)"
        )
    op.execute(
        "ALTER TABLE receipt ADD COLUMN disclosure VARCHAR(24) NOT NULL DEFAULT '' "
        "CONSTRAINT ck_receipt_disclosure_length CHECK (length(disclosure) <= 24)"
    )
    op.execute(
        "ALTER TABLE receipt ADD COLUMN deductible_cents BIGINT "
        "CONSTRAINT ck_receipt_deductible CHECK (deductible_cents >= 0 AND deductible_cents <= amount_cents) "
        "CONSTRAINT ck_receipt_goods_or_services "
        f"CHECK (deductible_cents IS NULL OR deductible_cents < 25000 OR {SAID})"
    )
    json = "JSON" if op.get_bind().dialect.name == "sqlite" else "JSONB"
    op.execute(f"ALTER TABLE receipt ADD COLUMN benefits {json} NOT NULL DEFAULT '[]'")
    op.execute(f"ALTER TABLE receipt ADD COLUMN thresholds {json} NOT NULL DEFAULT '{{}}'")


def _held() -> None:
    op.create_table(
        "held_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("donor_name", sa.String(length=200), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(donor_name) <= 200", name=op.f("ck_held_receipt_donor_name_length")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_held_receipt_currency_length")),
        sa.CheckConstraint("length(reason) <= 300", name=op.f("ck_held_receipt_reason_length")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_held_receipt_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_receipt")),
        sa.UniqueConstraint("reference", name=op.f("uq_held_receipt_reference")),
    )
    op.create_index("ix_held_receipt_member_id", "held_receipt", ["member_id"])
    op.create_index("ix_held_receipt_settled_at", "held_receipt", ["settled_at"])


def _letters() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wording", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_letter_number")),
        sa.CheckConstraint(
            f"kind IN ('fund_sponsor', 'fund_adviser') OR {SAID}", name=op.f("ck_letter_goods_or_services")
        ),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_letter_letterkind")),
        sa.CheckConstraint("length(to_name) <= 200", name=op.f("ck_letter_to_name_length")),
        sa.CheckConstraint("length(language) <= 5", name=op.f("ck_letter_language_length")),
        sa.CheckConstraint("length(wording) <= 40", name=op.f("ck_letter_wording_length")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_letter_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_letter_year_number")),
        sa.UniqueConstraint("reference", "kind", "version", name=op.f("uq_letter_reference_kind_version")),
    )
    op.create_index("ix_letter_member_id", "letter", ["member_id"])
    op.create_table(
        "letter_void",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reason) <= 300", name=op.f("ck_letter_void_reason_length")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_void_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_letter_void")),
    )


def downgrade() -> None:
    allow_values("tendered", "way", "ck_tendered_way", WAYS)
    for table in ("letter_void", "letter", "state_legend", "held_receipt"):
        op.drop_table(table)
    for column in ("thresholds", "benefits", "deductible_cents", "disclosure", "language"):
        op.execute(f"ALTER TABLE receipt DROP COLUMN {column}")
    for table in ("member", "pledge"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN language")
