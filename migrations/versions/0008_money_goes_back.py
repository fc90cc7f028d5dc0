"""Money goes back: refunds, disputes, fraud warnings; receipts in versions; what is left of a gift.

Revision: 0008, after 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.sql import append_only

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _word(table: str, name: str, length: int, *, null: bool = False) -> list[sa.schema.SchemaItem]:
    """A text column with its length as a CHECK, which SQLite needs."""
    check = sa.CheckConstraint(f"length({name}) <= {length}", name=op.f(f"ck_{table}_{name}_length"))
    return [sa.Column(name, sa.String(length=length), nullable=null), check]


def _state(table: str, name: str, kind: str, values: str) -> sa.Column[str]:
    known = sa.Enum(*values.split(), name=kind, native_enum=False, create_constraint=True, length=24)
    return sa.Column(name, known, nullable=False)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _of(table: str, parent: str) -> list[sa.schema.SchemaItem]:
    key = sa.ForeignKeyConstraint([f"{parent}_id"], [f"{parent}.id"], name=op.f(f"fk_{table}_{parent}_id"))
    return [sa.Column(f"{parent}_id", sa.Uuid(), nullable=False), key]


def _only(table: str, *names: str) -> list[sa.UniqueConstraint]:
    return [sa.UniqueConstraint(name, name=op.f(f"uq_{table}_{name}")) for name in names]


def _make(table: str, *parts: sa.schema.SchemaItem) -> None:
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))
    op.create_table(table, sa.Column("id", sa.Uuid(), nullable=False), *parts, key)


def _cents(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    _payments_and_gifts()
    _refunds()
    _disputes()
    _receipts()


def _payments_and_gifts() -> None:
    op.execute(
        "ALTER TABLE payment ADD COLUMN lost_cents BIGINT NOT NULL DEFAULT '0' "
        "CONSTRAINT ck_payment_lost CHECK (lost_cents >= 0 AND lost_cents <= amount_cents)"
    )
    op.execute(
        "ALTER TABLE payment ADD COLUMN fingerprint VARCHAR(60) NOT NULL DEFAULT '' "
        "CONSTRAINT ck_payment_fingerprint_length CHECK (length(fingerprint) <= 60)"
    )
    op.create_index("ix_payment_fingerprint", "payment", ["fingerprint"])
    op.execute("ALTER TABLE gift ADD COLUMN refunded_cents BIGINT NOT NULL DEFAULT '0'")
    op.execute(
        "ALTER TABLE gift ADD COLUMN lost_cents BIGINT NOT NULL DEFAULT '0' "
        "CONSTRAINT ck_gift_returned CHECK (refunded_cents >= 0 AND lost_cents >= 0) "
        "CONSTRAINT ck_gift_returned_sum CHECK (refunded_cents + lost_cents <= amount_cents)"
    )


def _refunds() -> None:
    _make(
        "refund",
        *_of("refund", "payment"),
        _state("refund", "state", "refundstate", "created pending succeeded failed cancelled"),
        _state("refund", "origin", "refundorigin", "desk stripe hand"),
        _state("refund", "reason", "refundreason", "requested_by_customer duplicate fraudulent wrong_amount other"),
        *_word("refund", "note", 500),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        _cents("amount_cents"),
        *_word("refund", "currency", 3),
        sa.Column("booked", sa.Boolean(), nullable=False),
        *_word("refund", "stripe_refund", 255, null=True),
        *_word("refund", "balance_transaction", 255, null=True),
        *_word("refund", "failure_balance_transaction", 255, null=True),
        *_word("refund", "sent_as", 80),
        *_word("refund", "failure", 500),
        *_word("refund", "asked_by", 200),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("succeeded_at", TIME, nullable=True),
        sa.Column("updated_at", TIME, nullable=False),
        _check("refund", "amount", "amount_cents > 0"),
        _check("refund", "succeeded", "state <> 'succeeded' OR (succeeded_at IS NOT NULL AND booked)"),
        _check("refund", "by_hand", "origin <> 'hand' OR stripe_refund IS NULL"),
        *_only("refund", "stripe_refund", "balance_transaction", "failure_balance_transaction"),
    )
    op.create_index("ix_refund_payment_id", "refund", ["payment_id"])
    op.create_index("ix_refund_waiting", "refund", ["state", "updated_at"])


DISPUTE_STATES = (
    "created warning_needs_response warning_under_review warning_closed needs_response under_review won lost prevented"
)


def _disputes() -> None:
    _make(
        "dispute",
        *_of("dispute", "payment"),
        _state("dispute", "state", "disputestate", DISPUTE_STATES),
        *_word("dispute", "stripe_dispute", 255),
        *_word("dispute", "reason", 60),
        _cents("amount_cents"),
        *_word("dispute", "currency", 3),
        sa.Column("refundable", sa.Boolean(), nullable=False),
        sa.Column("due_by", TIME, nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        _check("dispute", "amount", "amount_cents >= 0"),
        *_only("dispute", "stripe_dispute"),
    )
    op.create_index("ix_dispute_payment_id", "dispute", ["payment_id"])
    op.create_index("ix_dispute_opened_at", "dispute", ["opened_at"])
    op.create_index("ix_dispute_waiting", "dispute", ["state", "updated_at"])
    _make(
        "dispute_movement",
        *_of("dispute_movement", "dispute"),
        *_word("dispute_movement", "balance_transaction", 255),
        _cents("amount_cents"),
        _cents("fee_cents"),
        sa.Column("at", TIME, nullable=False),
        *_only("dispute_movement", "balance_transaction"),
    )
    op.create_index("ix_dispute_movement_dispute_id", "dispute_movement", ["dispute_id"])
    append_only("dispute_movement")
    _make(
        "fraud_warning",
        *_of("fraud_warning", "payment"),
        *_word("fraud_warning", "stripe_warning", 255),
        *_word("fraud_warning", "fraud_type", 60),
        sa.Column("actionable", sa.Boolean(), nullable=False),
        sa.Column("warned_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        *_only("fraud_warning", "stripe_warning"),
    )
    op.create_index("ix_fraud_warning_payment_id", "fraud_warning", ["payment_id"])


def _receipts() -> None:
    """Receipts in versions. A UNIQUE cannot leave a table of SQLite: there the table is written anew."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE receipt ADD COLUMN version INTEGER NOT NULL DEFAULT '1'")
        op.execute("ALTER TABLE receipt DROP CONSTRAINT uq_receipt_reference")
        op.execute("ALTER TABLE receipt ADD CONSTRAINT uq_receipt_reference_version UNIQUE (reference, version)")
    else:
        _receipt_anew(versions=True)


RECEIPT = (
    ("currency", 3),
    ("donor_name", 200),
    ("ein", 10),
    ("legal_name", 200),
    ("wording", 40),
)
RECEIPT_COLUMNS = (
    "id, year, number, reference, member_id, donor_name, amount_cents, currency, given_on, issued_at, legal_name, "
    "ein, wording, text"
)


def _receipt_anew(*, versions: bool) -> None:
    version = [sa.Column("version", sa.Integer(), server_default="1", nullable=False)] if versions else []
    once = ("reference", "version") if versions else ("reference",)
    op.create_table(
        "receipt_anew",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        *version,
        *_of("receipt", "member"),
        _cents("amount_cents"),
        *(part for name, length in RECEIPT for part in _word("receipt", name, length)),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _check("receipt", "amount", "amount_cents > 0"),
        _check("receipt", "number", "number > 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint(*once, name=op.f(f"uq_receipt_{'_'.join(once)}")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_receipt_year_number")),
    )
    op.execute(f"INSERT INTO receipt_anew ({RECEIPT_COLUMNS}) SELECT {RECEIPT_COLUMNS} FROM receipt")  # noqa: S608
    op.drop_table("receipt")
    op.rename_table("receipt_anew", "receipt")
    op.create_index("ix_receipt_member_id", "receipt", ["member_id"])
    append_only("receipt")


def downgrade() -> None:
    """Refuses while a gift has more than one receipt: the tables before know one only."""
    newer = op.get_bind().scalar(sa.text("SELECT count(*) FROM receipt WHERE version > 1"))
    if newer:
        raise RuntimeError(f"{newer} receipts replace others, which the tables before cannot say")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE receipt DROP CONSTRAINT uq_receipt_reference_version")
        op.execute("ALTER TABLE receipt ADD CONSTRAINT uq_receipt_reference UNIQUE (reference)")
        op.execute("ALTER TABLE receipt DROP COLUMN version")
    else:
        _receipt_anew(versions=False)
    for table in ("fraud_warning", "dispute_movement", "dispute", "refund"):
        op.drop_table(table)
    op.execute("ALTER TABLE gift DROP COLUMN lost_cents")
    op.execute("ALTER TABLE gift DROP COLUMN refunded_cents")
    op.drop_index("ix_payment_fingerprint", "payment")
    op.execute("ALTER TABLE payment DROP COLUMN fingerprint")
    op.execute("ALTER TABLE payment DROP COLUMN lost_cents")
