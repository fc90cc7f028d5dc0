"""Payments grow: tenders, what was refunded, parts for cover and goods; more accounts; more states of a subscription.

Revision: 0006, after 0005
"""

from __future__ import annotations

from alembic import op

from migrations.sql import allow_null, allow_values

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLD_ACCOUNTS = ("stripe", "gifts", "fees")
ACCOUNTS = (
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
OLD_STATES = ("created", "active", "retrying", "ended")
STATES = ("created", "active", "retrying", "needs_action", "paused", "lapsed", "ended")
TENDERS = ("stripe", "check", "cash", "stock", "other", "imported")


def upgrade() -> None:
    listed = ", ".join(f"'{tender}'" for tender in TENDERS)
    op.execute(
        "ALTER TABLE payment ADD COLUMN refunded_cents BIGINT NOT NULL DEFAULT '0' "
        "CONSTRAINT ck_payment_refunded CHECK (refunded_cents >= 0 AND refunded_cents <= amount_cents)"
    )
    op.execute("ALTER TABLE payment ADD COLUMN cover_cents BIGINT NOT NULL DEFAULT '0'")
    op.execute(
        "ALTER TABLE payment ADD COLUMN goods_cents BIGINT NOT NULL DEFAULT '0' "
        "CONSTRAINT ck_payment_parts CHECK (cover_cents >= 0 AND goods_cents >= 0) "
        "CONSTRAINT ck_payment_parts_sum CHECK (cover_cents + goods_cents <= amount_cents)"
    )
    op.execute(
        "ALTER TABLE payment ADD COLUMN tender VARCHAR(24) NOT NULL DEFAULT 'stripe' "
        f"CONSTRAINT ck_payment_tender CHECK (tender IN ({listed}))"
    )
    allow_values("ledger_entry", "account", "ck_ledger_entry_account", ACCOUNTS)
    allow_values("subscription", "state", "ck_subscription_subscriptionstate", STATES)
    allow_null("gateway_call", "payment_id", True)
    op.execute(
        "ALTER TABLE gateway_call ADD COLUMN subscription_id "
        f"{'CHAR(32)' if op.get_bind().dialect.name == 'sqlite' else 'UUID'} "
        "CONSTRAINT fk_gateway_call_subscription_id REFERENCES subscription (id)"
    )
    op.create_index("ix_gateway_call_subscription_id", "gateway_call", ["subscription_id"])


def downgrade() -> None:
    op.drop_index("ix_gateway_call_subscription_id", "gateway_call")
    op.execute("ALTER TABLE gateway_call DROP COLUMN subscription_id")
    allow_null("gateway_call", "payment_id", False)
    allow_values("subscription", "state", "ck_subscription_subscriptionstate", OLD_STATES)
    allow_values("ledger_entry", "account", "ck_ledger_entry_account", OLD_ACCOUNTS)
    for column in ("tender", "goods_cents", "cover_cents", "refunded_cents"):
        op.execute(f"ALTER TABLE payment DROP COLUMN {column}")
