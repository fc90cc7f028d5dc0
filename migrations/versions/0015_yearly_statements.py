"""Yearly statements: frozen versions under one number a member and year, how each left, and the runs that make them.

Revision: 0015, after 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.sql import append_only

revision = "0015"
down_revision = "0014"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statement_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_statement_counter")),
    )
    op.create_table(
        "statement_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "freeze", "send", "compare", name="runkind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(asked_by) <= 200", name=op.f("ck_statement_run_asked_by_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_run")),
    )
    op.create_index("ix_statement_run_year", "statement_run", ["year", "kind"], unique=False)
    op.create_table(
        "yearly_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("donor_name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("gifts", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("reduced_cents", sa.BigInteger(), nullable=False),
        sa.Column("deductible_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("wording", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_yearly_statement_currency_length")),
        sa.CheckConstraint("length(digest) <= 64", name=op.f("ck_yearly_statement_digest_length")),
        sa.CheckConstraint("length(donor_name) <= 200", name=op.f("ck_yearly_statement_donor_name_length")),
        sa.CheckConstraint("length(language) <= 5", name=op.f("ck_yearly_statement_language_length")),
        sa.CheckConstraint("length(wording) <= 40", name=op.f("ck_yearly_statement_wording_length")),
        sa.CheckConstraint("number > 0 AND version > 0", name=op.f("ck_yearly_statement_number")),
        sa.CheckConstraint("reduced_cents >= 0 AND deductible_cents >= 0", name=op.f("ck_yearly_statement_parts")),
        sa.CheckConstraint("total_cents = reduced_cents + deductible_cents", name=op.f("ck_yearly_statement_sums")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_yearly_statement_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_statement")),
        sa.UniqueConstraint("year", "member_id", "version", name=op.f("uq_yearly_statement_year_member_id_version")),
        sa.UniqueConstraint("year", "number", "version", name=op.f("uq_yearly_statement_year_number_version")),
    )
    op.create_index("ix_yearly_statement_member_id", "yearly_statement", ["member_id"], unique=False)
    append_only("yearly_statement")
    op.create_table(
        "statement_delivery",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "way",
            sa.Enum("mail", "print", name="deliveryway", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(by) <= 200", name=op.f("ck_statement_delivery_by_length")),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mail.id"], name=op.f("fk_statement_delivery_mail_id")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["yearly_statement.id"], name=op.f("fk_statement_delivery_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_statement_delivery")),
    )
    op.create_index("ix_statement_delivery_mail_id", "statement_delivery", ["mail_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_statement_delivery_mail_id", "statement_delivery")
    op.drop_table("statement_delivery")
    op.drop_index("ix_yearly_statement_member_id", "yearly_statement")
    op.drop_table("yearly_statement")
    op.drop_index("ix_statement_run_year", "statement_run")
    op.drop_table("statement_run")
    op.drop_table("statement_counter")
