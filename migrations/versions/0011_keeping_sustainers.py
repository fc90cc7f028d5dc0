"""Keeping sustainers: what they pay with, mandates, invoices that stayed open, contacts, and the donor's own page.

Revision: 0011, after 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_method",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stripe_method", sa.String(length=255), nullable=False),
        sa.Column("stripe_customer", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=True),
        sa.Column("exp_year", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.String(length=60), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("kept", "gone", name="methodstate", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(exp_month IS NULL) = (exp_year IS NULL)", name=op.f("ck_payment_method_expiry")),
        sa.CheckConstraint("exp_month BETWEEN 1 AND 12", name=op.f("ck_payment_method_exp_month")),
        sa.CheckConstraint("length(fingerprint) <= 60", name=op.f("ck_payment_method_fingerprint_length")),
        sa.CheckConstraint("length(kind) <= 40", name=op.f("ck_payment_method_kind_length")),
        sa.CheckConstraint("length(label) <= 80", name=op.f("ck_payment_method_label_length")),
        sa.CheckConstraint("length(stripe_customer) <= 255", name=op.f("ck_payment_method_stripe_customer_length")),
        sa.CheckConstraint("length(stripe_method) <= 255", name=op.f("ck_payment_method_stripe_method_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_method")),
        sa.UniqueConstraint("stripe_method", name=op.f("uq_payment_method_stripe_method")),
    )
    op.create_index("ix_payment_method_expiry", "payment_method", ["exp_year", "exp_month"], unique=False)
    op.create_index(op.f("ix_payment_method_stripe_customer"), "payment_method", ["stripe_customer"], unique=False)
    op.create_table(
        "mandate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stripe_mandate", sa.String(length=255), nullable=False),
        sa.Column("method_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "active",
                "inactive",
                name="mandatestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reason) <= 200", name=op.f("ck_mandate_reason_length")),
        sa.CheckConstraint("length(stripe_mandate) <= 255", name=op.f("ck_mandate_stripe_mandate_length")),
        sa.ForeignKeyConstraint(["method_id"], ["payment_method.id"], name=op.f("fk_mandate_method_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
        sa.UniqueConstraint("stripe_mandate", name=op.f("uq_mandate_stripe_mandate")),
    )
    op.create_index(op.f("ix_mandate_method_id"), "mandate", ["method_id"], unique=False)
    op.create_table(
        "open_invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_invoice", sa.String(length=255), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "settling",
                "paid",
                "void",
                "uncollectible",
                name="invoicestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_code", sa.String(length=60), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("billed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_open_invoice_amount")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_open_invoice_attempts")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_open_invoice_currency_length")),
        sa.CheckConstraint("length(decline_code) <= 60", name=op.f("ck_open_invoice_decline_code_length")),
        sa.CheckConstraint("length(failure) <= 500", name=op.f("ck_open_invoice_failure_length")),
        sa.CheckConstraint("length(kind) <= 40", name=op.f("ck_open_invoice_kind_length")),
        sa.CheckConstraint("length(stripe_invoice) <= 255", name=op.f("ck_open_invoice_stripe_invoice_length")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_open_invoice_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_invoice")),
        sa.UniqueConstraint("stripe_invoice", name=op.f("uq_open_invoice_stripe_invoice")),
    )
    op.create_index(op.f("ix_open_invoice_subscription_id"), "open_invoice", ["subscription_id"], unique=False)
    op.create_index("ix_open_invoice_waiting", "open_invoice", ["state", "billed_at"], unique=False)
    op.create_table(
        "own_door",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscription.id"], name=op.f("fk_own_door_subscription_id")),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_own_door")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "failed",
                "last_try",
                "confirm",
                "returned",
                "given_up",
                "recovered",
                "expiring",
                "link",
                "call",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(by) <= 200", name=op.f("ck_contact_by_length")),
        sa.CheckConstraint("length(key) <= 200", name=op.f("ck_contact_key_length")),
        sa.ForeignKeyConstraint(["invoice_id"], ["open_invoice.id"], name=op.f("fk_contact_invoice_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mail.id"], name=op.f("fk_contact_mail_id")),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscription.id"], name=op.f("fk_contact_subscription_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("key", name=op.f("uq_contact_key")),
    )
    op.create_index(op.f("ix_contact_invoice_id"), "contact", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_contact_subscription_id"), "contact", ["subscription_id"], unique=False)


def downgrade() -> None:
    for table in ("contact", "own_door", "open_invoice", "mandate", "payment_method"):
        op.drop_table(table)
