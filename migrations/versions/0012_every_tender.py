"""Every tender: checks, cash, stock, deposits, imported history; cover and second stations; voided receipts.

Revision: 0012, after 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.sql import allow_null, append_only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WAYS = "'wire', 'fund', 'payroll', 'elsewhere'"


def upgrade() -> None:
    _columns()
    _tables()
    op.create_index("ix_tendered_number", "tendered", ["number"])
    op.create_index("ix_tendered_deposit_id", "tendered", ["deposit_id"])
    op.create_index("ix_tendered_batch_id", "tendered", ["batch_id"])
    append_only("receipt_void")
    allow_null("pledge", "payment_id", True)


def _columns() -> None:
    key, instant = ("CHAR(32)", "DATETIME") if op.get_bind().dialect.name == "sqlite" else ("UUID", "TIMESTAMPTZ")
    for table in ("payment", "subscription"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN second_station_id {key} "
            f"CONSTRAINT fk_{table}_second_station_id REFERENCES station (id)"
        )
    op.execute(
        "ALTER TABLE payment ADD COLUMN second_cents BIGINT NOT NULL DEFAULT '0' "
        "CONSTRAINT ck_payment_second_share CHECK (second_cents >= 0 AND second_cents <= amount_cents) "
        "CONSTRAINT ck_payment_second_station CHECK (second_cents = 0 OR second_station_id IS NOT NULL)"
    )
    op.execute(f"ALTER TABLE payment ADD COLUMN voided_at {instant}")
    op.execute(f"ALTER TABLE subscription ADD COLUMN adopted_at {instant}")
    op.execute(
        "ALTER TABLE subscription ADD COLUMN cover_cents BIGINT NOT NULL DEFAULT '0' "
        "CONSTRAINT ck_subscription_cover CHECK (cover_cents >= 0 AND cover_cents < amount_cents)"
    )
    op.execute(
        "ALTER TABLE gift ADD COLUMN acknowledged VARCHAR(24) NOT NULL DEFAULT 'receipt' "
        "CONSTRAINT ck_gift_acknowledged CHECK (acknowledged IN ('receipt', 'letter', 'none'))"
    )
    op.execute(
        "ALTER TABLE member ADD COLUMN external_id VARCHAR(120) "
        "CONSTRAINT ck_member_external_id_length CHECK (length(external_id) <= 120)"
    )
    op.create_index("ix_member_external_id", "member", ["external_id"], unique=True)


def _tables() -> None:
    op.create_table(
        "deposit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deposited_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("note", sa.String(length=300), server_default="", nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_deposit_amount")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_deposit_currency_length")),
        sa.CheckConstraint("length(note) <= 300", name=op.f("ck_deposit_note_length")),
        sa.CheckConstraint("length(made_by) <= 200", name=op.f("ck_deposit_made_by_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
    )
    op.create_table(
        "imported_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(name) <= 200", name=op.f("ck_imported_batch_name_length")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_imported_batch_currency_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_batch")),
    )
    op.create_table("tendered", *_tendered())
    op.create_table(
        "receipt_void",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reason) <= 300", name=op.f("ck_receipt_void_reason_length")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_void_receipt_id")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_void")),
    )


def _tendered() -> list[sa.schema.SchemaItem]:
    texts = {"number": 40, "symbol": 12, "note": 300}
    numbers = ("shares_e4", "high_e4", "low_e4")
    return [
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("way", sa.String(length=24), nullable=True),
        *(sa.Column(name, sa.String(length=size), server_default="", nullable=False) for name, size in texts.items()),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in numbers),
        sa.Column("deposit_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.CheckConstraint("shares_e4 >= 0 AND high_e4 >= low_e4 AND low_e4 >= 0", name=op.f("ck_tendered_stock")),
        sa.CheckConstraint(f"way IN ({WAYS})", name=op.f("ck_tendered_way")),
        *(
            sa.CheckConstraint(f"length({name}) <= {size}", name=op.f(f"ck_tendered_{name}_length"))
            for name, size in {**texts, "external_id": 120}.items()
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_tendered_payment_id")),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposit.id"], name=op.f("fk_tendered_deposit_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["imported_batch.id"], name=op.f("fk_tendered_batch_id")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_tendered")),
        sa.UniqueConstraint("external_id", name=op.f("uq_tendered_external_id")),
    ]


def downgrade() -> None:
    allow_null("pledge", "payment_id", False)
    op.drop_table("receipt_void")
    op.drop_table("tendered")
    op.drop_table("imported_batch")
    op.drop_table("deposit")
    op.drop_index("ix_member_external_id", "member")
    op.execute("ALTER TABLE member DROP COLUMN external_id")
    op.execute("ALTER TABLE gift DROP COLUMN acknowledged")
    op.execute("ALTER TABLE subscription DROP COLUMN adopted_at")
    op.execute("ALTER TABLE subscription DROP COLUMN cover_cents")
    for column in ("voided_at", "second_cents", "second_station_id"):
        op.execute(f"ALTER TABLE payment DROP COLUMN {column}")
    op.execute("ALTER TABLE subscription DROP COLUMN second_station_id")
