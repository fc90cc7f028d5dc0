"""A standing order has a payment method of its own, before its customer's default.

What Checkout began, names its own at Stripe, and has a customer of its own there: what was kept as that customer's
default is it. Of an adopted one the next look at Stripe tells; until then its customer's default stands.

Revision: 0034, after 0033
"""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = "CHAR(32)" if op.get_bind().dialect.name == "sqlite" else "UUID"
    op.execute(
        f"ALTER TABLE subscription ADD COLUMN method_id {key} "
        "CONSTRAINT fk_subscription_method_id REFERENCES payment_method (id)"
    )
    op.create_index("ix_subscription_method_id", "subscription", ["method_id"])
    op.execute(
        "UPDATE subscription SET method_id = (SELECT id FROM payment_method WHERE is_default "
        "AND payment_method.stripe_customer = subscription.stripe_customer LIMIT 1) WHERE adopted_at IS NULL"
    )


def downgrade() -> None:
    op.execute("UPDATE payment_method SET is_default = true WHERE id IN (SELECT method_id FROM subscription)")
    op.drop_index("ix_subscription_method_id", "subscription")
    op.execute("ALTER TABLE subscription DROP COLUMN method_id")
