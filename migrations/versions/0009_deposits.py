"""deposits: Stripe's balance line by line, payouts, periods, sweeps

Revision: 0009, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.sql import allow_values

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
OLD_ACCOUNTS = (
    "stripe",
    "bank",
    "hand",
    "securities",
    "gifts",
    "cover",
    "goods",
    "refunds",
    "disputed",
    "fees",
    "dispute_fees",
    "opening",
    "unmatched",
)


def upgrade() -> None:
    allow_values("ledger_entry", "account", "ck_ledger_entry_account", (*OLD_ACCOUNTS, "elsewhere"))
    op.create_table(
        "payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stripe_id", sa.String(length=255), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "in_transit",
                "paid",
                "failed",
                "canceled",
                name="payoutstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "listing",
            sa.Enum(
                "not_applicable",
                "in_progress",
                "completed",
                name="listing",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("postings", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_payout_amount")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_payout_currency_length")),
        sa.CheckConstraint("length(failure) <= 500", name=op.f("ck_payout_failure_length")),
        sa.CheckConstraint("length(problem) <= 300", name=op.f("ck_payout_problem_length")),
        sa.CheckConstraint("length(stripe_id) <= 255", name=op.f("ck_payout_stripe_id_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_payout_stripe_id")),
    )
    op.create_index(op.f("ix_payout_arrives_on"), "payout", ["arrives_on"], unique=False)
    op.create_table(
        "balance_transaction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stripe_id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_on", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=True),
        sa.Column(
            "tie",
            sa.Enum(
                "unmatched",
                "payment",
                "refund",
                "dispute",
                "payout",
                "fee",
                "dispute_fee",
                "opening",
                "elsewhere",
                "own",
                name="tie",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("tied_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("by_hand", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("tied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("traced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("postings", sa.Integer(), nullable=False),
        sa.CheckConstraint("by_hand = '' OR reason <> ''", name=op.f("ck_balance_transaction_reason")),
        sa.CheckConstraint("length(by_hand) <= 200", name=op.f("ck_balance_transaction_by_hand_length")),
        sa.CheckConstraint("length(category) <= 60", name=op.f("ck_balance_transaction_category_length")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_balance_transaction_currency_length")),
        sa.CheckConstraint("length(reason) <= 500", name=op.f("ck_balance_transaction_reason_length")),
        sa.CheckConstraint("length(source) <= 255", name=op.f("ck_balance_transaction_source_length")),
        sa.CheckConstraint("length(stripe_id) <= 255", name=op.f("ck_balance_transaction_stripe_id_length")),
        sa.CheckConstraint("length(text) <= 300", name=op.f("ck_balance_transaction_text_length")),
        sa.CheckConstraint("length(type) <= 60", name=op.f("ck_balance_transaction_type_length")),
        sa.CheckConstraint("length(why) <= 300", name=op.f("ck_balance_transaction_why_length")),
        sa.CheckConstraint("net_cents = gross_cents - fee_cents", name=op.f("ck_balance_transaction_net")),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_balance_transaction_payout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_transaction")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_balance_transaction_stripe_id")),
    )
    op.create_index(op.f("ix_balance_transaction_made_at"), "balance_transaction", ["made_at"], unique=False)
    op.create_index(op.f("ix_balance_transaction_payout_id"), "balance_transaction", ["payout_id"], unique=False)
    op.create_index(op.f("ix_balance_transaction_source"), "balance_transaction", ["source"], unique=False)
    op.create_index("ix_balance_transaction_tied", "balance_transaction", ["tie", "tied_id"], unique=False)
    op.create_table(
        "balance_share",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["balance_transaction.id"], name=op.f("fk_balance_share_line_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_balance_share_station_id")),
        sa.PrimaryKeyConstraint("line_id", "station_id", name=op.f("pk_balance_share")),
    )
    op.create_table(
        "period",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=200), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("length(closed_by) <= 200", name=op.f("ck_period_closed_by_length")),
        sa.CheckConstraint("length(month) <= 7", name=op.f("ck_period_month_length")),
        sa.CheckConstraint("length(reason) <= 500", name=op.f("ck_period_reason_length")),
        sa.CheckConstraint("length(reopened_by) <= 200", name=op.f("ck_period_reopened_by_length")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_period")),
    )
    op.create_index(op.f("ix_period_ends_at"), "period", ["ends_at"], unique=False)
    op.create_table(
        "stripe_sweep",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "events",
                "lines",
                "comparison",
                name="sweepkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("mended", sa.Integer(), nullable=False),
        sa.Column("notes", JSON, nullable=False),
        sa.Column("numbers", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_sweep")),
    )
    op.create_index("ix_stripe_sweep_newest", "stripe_sweep", ["kind", "began_at"], unique=False)
    op.execute(
        "ALTER TABLE stripe_event ADD COLUMN sweep_id "
        f"{'CHAR(32)' if op.get_bind().dialect.name == 'sqlite' else 'UUID'} "
        "CONSTRAINT fk_stripe_event_sweep_id REFERENCES stripe_sweep (id)"
    )
    op.create_index("ix_stripe_event_sweep_id", "stripe_event", ["sweep_id"])


def downgrade() -> None:
    op.drop_index("ix_stripe_event_sweep_id", "stripe_event")
    op.execute("ALTER TABLE stripe_event DROP COLUMN sweep_id")
    op.drop_table("stripe_sweep")
    op.drop_table("period")
    op.drop_table("balance_share")
    op.drop_table("balance_transaction")
    op.drop_table("payout")
    allow_values("ledger_entry", "account", "ck_ledger_entry_account", OLD_ACCOUNTS)
