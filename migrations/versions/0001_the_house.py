"""the house

Revision: 0001, after
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.sql import append_only, drop_full_text_search, full_text_search

revision = "0001"
down_revision = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulletin",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(name) <= 40", name=op.f("ck_bulletin_name_length")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bulletin")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum(
                "visitor",
                "member",
                "staff",
                "stripe",
                "job",
                "command",
                name="actorkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_label", sa.String(length=200), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(actor_label) <= 200", name=op.f("ck_event_actor_label_length")),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_event_name_length")),
        sa.CheckConstraint("length(request_id) <= 64", name=op.f("ck_event_request_id_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_name"), ["name"], unique=False)

    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(holder) <= 120", name=op.f("ck_lease_holder_length")),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_lease_name_length")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "licensee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("singleton", sa.Integer(), nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=80), nullable=False),
        sa.Column("ein", sa.String(length=10), nullable=False),
        sa.Column("address_lines", JSON, nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("fiscal_year_starts", sa.Integer(), nullable=False),
        sa.Column("minimum_pledge_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("fiscal_year_starts BETWEEN 1 AND 12", name=op.f("ck_licensee_fiscal_year_starts")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_licensee_currency_length")),
        sa.CheckConstraint("length(ein) <= 10", name=op.f("ck_licensee_ein_length")),
        sa.CheckConstraint("length(email) <= 254", name=op.f("ck_licensee_email_length")),
        sa.CheckConstraint("length(legal_name) <= 200", name=op.f("ck_licensee_legal_name_length")),
        sa.CheckConstraint("length(phone) <= 40", name=op.f("ck_licensee_phone_length")),
        sa.CheckConstraint("length(short_name) <= 80", name=op.f("ck_licensee_short_name_length")),
        sa.CheckConstraint("length(timezone) <= 60", name=op.f("ck_licensee_timezone_length")),
        sa.CheckConstraint("minimum_pledge_cents >= 50", name=op.f("ck_licensee_minimum_pledge")),
        sa.CheckConstraint("singleton = 1", name=op.f("ck_licensee_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licensee")),
        sa.UniqueConstraint("singleton", name=op.f("uq_licensee_singleton")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person", "organisation", name="memberkind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("family_name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(family_name) <= 100", name=op.f("ck_member_family_name_length")),
        sa.CheckConstraint("length(given_name) <= 100", name=op.f("ck_member_given_name_length")),
        sa.CheckConstraint("length(name) <= 200", name=op.f("ck_member_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_name"), ["name"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(length=80), nullable=False),
        sa.Column(
            "queue",
            sa.Enum(
                "money", "mail", "bulk", "reports", name="queue", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("args", JSON, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "running",
                "done",
                "dead",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(job) <= 80", name=op.f("ck_outbox_job_length")),
        sa.CheckConstraint("length(key) <= 200", name=op.f("ck_outbox_key_length")),
        sa.CheckConstraint("length(request_id) <= 64", name=op.f("ck_outbox_request_id_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("job", "key", name=op.f("uq_outbox_job_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_due", ["state", "run_at"], unique=False)

    op.create_table(
        "rate_bucket",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("empty_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(key) <= 64", name=op.f("ck_rate_bucket_key_length")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_bucket")),
    )
    with op.batch_alter_table("rate_bucket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rate_bucket_empty_at"), ["empty_at"], unique=False)

    op.create_table(
        "receipt_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_receipt_counter")),
    )
    op.create_table(
        "scheduled_run",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_scheduled_run_name_length")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scheduled_run")),
    )
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("length(kind) <= 40", name=op.f("ck_search_entry_kind_length")),
        sa.CheckConstraint("length(title) <= 300", name=op.f("ck_search_entry_title_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_search_entry_kind_subject_id")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(email) <= 254", name=op.f("ck_staff_email_length")),
        sa.CheckConstraint("length(name) <= 120", name=op.f("ck_staff_name_length")),
        sa.CheckConstraint("length(password_hash) <= 200", name=op.f("ck_staff_password_hash_length")),
        sa.CheckConstraint("length(totp_secret) <= 64", name=op.f("ck_staff_totp_secret_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "work_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "development",
                "underwriting",
                "news",
                "volunteer",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "done", name="workstate", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("length(closed_by) <= 200", name=op.f("ck_work_item_closed_by_length")),
        sa.CheckConstraint("length(key) <= 200", name=op.f("ck_work_item_key_length")),
        sa.CheckConstraint("length(kind) <= 60", name=op.f("ck_work_item_kind_length")),
        sa.CheckConstraint("length(subject_kind) <= 40", name=op.f("ck_work_item_subject_kind_length")),
        sa.CheckConstraint("length(title) <= 200", name=op.f("ck_work_item_title_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
    )
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_item_kind"), ["kind"], unique=False)
        batch_op.create_index(
            "ix_work_item_open",
            ["key"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "event_subject",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(kind) <= 40", name=op.f("ck_event_subject_kind_length")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_subject_event_id")),
        sa.PrimaryKeyConstraint("event_id", "kind", "subject_id", name=op.f("pk_event_subject")),
    )
    with op.batch_alter_table("event_subject", schema=None) as batch_op:
        batch_op.create_index("ix_event_subject_of", ["kind", "subject_id", "event_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(purpose) <= 24", name=op.f("ck_invitation_purpose_length")),
        sa.CheckConstraint("length(token_hash) <= 64", name=op.f("ck_invitation_token_hash_length")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_invitation_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "member_email",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("normalised", sa.String(length=254), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(address) <= 254", name=op.f("ck_member_email_address_length")),
        sa.CheckConstraint("length(normalised) <= 254", name=op.f("ck_member_email_normalised_length")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_email_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_email")),
        sa.UniqueConstraint("normalised", name=op.f("uq_member_email_normalised")),
    )
    with op.batch_alter_table("member_email", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_email_member_id"), ["member_id"], unique=False)

    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column(
            "stream",
            sa.Enum("receipts", "notices", name="stream", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "in_flight",
                "sent",
                "failed",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(key) <= 200", name=op.f("ck_outgoing_mail_key_length")),
        sa.CheckConstraint("length(kind) <= 60", name=op.f("ck_outgoing_mail_kind_length")),
        sa.CheckConstraint("length(message_id) <= 200", name=op.f("ck_outgoing_mail_message_id_length")),
        sa.CheckConstraint("length(recipient) <= 320", name=op.f("ck_outgoing_mail_recipient_length")),
        sa.CheckConstraint("length(recipient_name) <= 200", name=op.f("ck_outgoing_mail_recipient_name_length")),
        sa.CheckConstraint("length(sender) <= 320", name=op.f("ck_outgoing_mail_sender_length")),
        sa.CheckConstraint("length(subject) <= 300", name=op.f("ck_outgoing_mail_subject_length")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_outgoing_mail_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_outgoing_mail_kind_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_mail_message_id")),
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_mail_member_id"), ["member_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("donor_name", sa.String(length=200), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column("ein", sa.String(length=10), nullable=False),
        sa.Column("wording", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_receipt_amount")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_receipt_currency_length")),
        sa.CheckConstraint("length(donor_name) <= 200", name=op.f("ck_receipt_donor_name_length")),
        sa.CheckConstraint("length(ein) <= 10", name=op.f("ck_receipt_ein_length")),
        sa.CheckConstraint("length(legal_name) <= 200", name=op.f("ck_receipt_legal_name_length")),
        sa.CheckConstraint("length(wording) <= 40", name=op.f("ck_receipt_wording_length")),
        sa.CheckConstraint("number > 0", name=op.f("ck_receipt_number")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_receipt_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("reference", name=op.f("uq_receipt_reference")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_receipt_year_number")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_member_id"), ["member_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(code_hash) <= 64", name=op.f("ck_recovery_code_code_hash_length")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_code_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "sponsor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("credit_name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(credit_name) <= 120", name=op.f("ck_sponsor_credit_name_length")),
        sa.CheckConstraint("length(url) <= 300", name=op.f("ck_sponsor_url_length")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sponsor_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor")),
        sa.UniqueConstraint("member_id", name=op.f("uq_sponsor_member_id")),
    )
    op.create_table(
        "staff_role",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "development",
                "underwriting",
                "news",
                "volunteer",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_role_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "role", name=op.f("pk_staff_role")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(browser) <= 200", name=op.f("ck_staff_session_browser_length")),
        sa.CheckConstraint("length(token_hash) <= 64", name=op.f("ck_staff_session_token_hash_length")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "station",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("licensee_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=True),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("call_sign", sa.String(length=10), nullable=False),
        sa.Column("tagline", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=20), nullable=False),
        sa.Column("stream_url", sa.String(length=300), nullable=False),
        sa.CheckConstraint("length(brand) <= 20", name=op.f("ck_station_brand_length")),
        sa.CheckConstraint("length(call_sign) <= 10", name=op.f("ck_station_call_sign_length")),
        sa.CheckConstraint("length(format) <= 40", name=op.f("ck_station_format_length")),
        sa.CheckConstraint("length(frequency) <= 10", name=op.f("ck_station_frequency_length")),
        sa.CheckConstraint("length(host) <= 200", name=op.f("ck_station_host_length")),
        sa.CheckConstraint("length(slug) <= 40", name=op.f("ck_station_slug_length")),
        sa.CheckConstraint("length(stream_url) <= 300", name=op.f("ck_station_stream_url_length")),
        sa.CheckConstraint("length(tagline) <= 200", name=op.f("ck_station_tagline_length")),
        sa.ForeignKeyConstraint(["licensee_id"], ["licensee.id"], name=op.f("fk_station_licensee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
        sa.UniqueConstraint("call_sign", name=op.f("uq_station_call_sign")),
        sa.UniqueConstraint("host", name=op.f("uq_station_host")),
        sa.UniqueConstraint("position", name=op.f("uq_station_position")),
        sa.UniqueConstraint("slug", name=op.f("uq_station_slug")),
    )
    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_station_licensee_id"), ["licensee_id"], unique=False)

    op.create_table(
        "ask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_ask_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
    )
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ask_station_id"), ["station_id"], unique=False)

    op.create_table(
        "flight",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_flight_dates")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_flight_sponsor_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_flight_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flight")),
    )
    with op.batch_alter_table("flight", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flight_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flight_station_id"), ["station_id"], unique=False)

    op.create_table(
        "section",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("cds_collection", sa.String(length=80), nullable=True),
        sa.CheckConstraint("length(cds_collection) <= 80", name=op.f("ck_section_cds_collection_length")),
        sa.CheckConstraint("length(name) <= 120", name=op.f("ck_section_name_length")),
        sa.CheckConstraint("length(slug) <= 80", name=op.f("ck_section_slug_length")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_section_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("station_id", "slug", name=op.f("uq_section_station_id_slug")),
    )
    with op.batch_alter_table("section", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_section_cds_collection"), ["cds_collection"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "active",
                "retrying",
                "ended",
                name="subscriptionstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("interval", sa.String(length=10), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("stripe_subscription", sa.String(length=255), nullable=True),
        sa.Column("stripe_customer", sa.String(length=255), nullable=True),
        sa.Column("current_period_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_subscription_amount")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_subscription_currency_length")),
        sa.CheckConstraint("length(interval) <= 10", name=op.f("ck_subscription_interval_length")),
        sa.CheckConstraint("length(stripe_customer) <= 255", name=op.f("ck_subscription_stripe_customer_length")),
        sa.CheckConstraint(
            "length(stripe_subscription) <= 255", name=op.f("ck_subscription_stripe_subscription_length")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_subscription_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("reference", name=op.f("uq_subscription_reference")),
        sa.UniqueConstraint("stripe_subscription", name=op.f("uq_subscription_stripe_subscription")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_stripe_customer"), ["stripe_customer"], unique=False)

    op.create_table(
        "credit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("flight_id", sa.Uuid(), nullable=False),
        sa.Column("copy", sa.String(length=400), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "approved", name="creditstate", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state <> 'approved' OR approved_at IS NOT NULL", name=op.f("ck_credit_approved_at")),
        sa.CheckConstraint("length(copy) <= 400", name=op.f("ck_credit_copy_length")),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_credit_approved_by")),
        sa.ForeignKeyConstraint(["flight_id"], ["flight.id"], name=op.f("fk_credit_flight_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit")),
    )
    with op.batch_alter_table("credit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_flight_id"), ["flight_id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "once", "first", "renewal", name="paymentkind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "awaiting_donor",
                "processing",
                "settled",
                "failed",
                "expired",
                name="paymentstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("checkout_session", sa.String(length=255), nullable=True),
        sa.Column("checkout_url", sa.Text(), nullable=False),
        sa.Column("payment_intent", sa.String(length=255), nullable=True),
        sa.Column("charge", sa.String(length=255), nullable=True),
        sa.Column("invoice", sa.String(length=255), nullable=True),
        sa.Column("balance_transaction", sa.String(length=255), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("method_label", sa.String(length=80), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state <> 'settled' OR settled_at IS NOT NULL", name=op.f("ck_payment_settled_at")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payment_amount")),
        sa.CheckConstraint("fee_cents >= 0 AND fee_cents <= amount_cents", name=op.f("ck_payment_fee")),
        sa.CheckConstraint("length(balance_transaction) <= 255", name=op.f("ck_payment_balance_transaction_length")),
        sa.CheckConstraint("length(charge) <= 255", name=op.f("ck_payment_charge_length")),
        sa.CheckConstraint("length(checkout_session) <= 255", name=op.f("ck_payment_checkout_session_length")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_payment_currency_length")),
        sa.CheckConstraint("length(failure) <= 500", name=op.f("ck_payment_failure_length")),
        sa.CheckConstraint("length(invoice) <= 255", name=op.f("ck_payment_invoice_length")),
        sa.CheckConstraint("length(method) <= 40", name=op.f("ck_payment_method_length")),
        sa.CheckConstraint("length(method_label) <= 80", name=op.f("ck_payment_method_label_length")),
        sa.CheckConstraint("length(payment_intent) <= 255", name=op.f("ck_payment_payment_intent_length")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_payment_station_id")),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscription.id"], name=op.f("fk_payment_subscription_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("balance_transaction", name=op.f("uq_payment_balance_transaction")),
        sa.UniqueConstraint("charge", name=op.f("uq_payment_charge")),
        sa.UniqueConstraint("checkout_session", name=op.f("uq_payment_checkout_session")),
        sa.UniqueConstraint("invoice", name=op.f("uq_payment_invoice")),
        sa.UniqueConstraint("payment_intent", name=op.f("uq_payment_payment_intent")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index("ix_payment_open", ["state", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_reference"), ["reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_subscription_id"), ["subscription_id"], unique=False)

    op.create_table(
        "story",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "retracted",
                name="storystate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("headline", sa.String(length=300), nullable=False),
        sa.Column("teaser", sa.Text(), nullable=False),
        sa.Column("byline", sa.String(length=300), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("owner_url", sa.String(length=300), nullable=False),
        sa.Column("canonical_url", sa.String(length=500), nullable=False),
        sa.Column("image", JSON, nullable=True),
        sa.Column("blocks", JSON, nullable=False),
        sa.Column("no_underwriting", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cds_id", sa.String(length=120), nullable=True),
        sa.Column("cds_modified", sa.String(length=60), nullable=False),
        sa.Column("cds_raw", sa.Text(), nullable=True),
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_story_published_at")),
        sa.CheckConstraint("length(byline) <= 300", name=op.f("ck_story_byline_length")),
        sa.CheckConstraint("length(canonical_url) <= 500", name=op.f("ck_story_canonical_url_length")),
        sa.CheckConstraint("length(cds_id) <= 120", name=op.f("ck_story_cds_id_length")),
        sa.CheckConstraint("length(cds_modified) <= 60", name=op.f("ck_story_cds_modified_length")),
        sa.CheckConstraint("length(headline) <= 300", name=op.f("ck_story_headline_length")),
        sa.CheckConstraint("length(owner) <= 120", name=op.f("ck_story_owner_length")),
        sa.CheckConstraint("length(owner_url) <= 300", name=op.f("ck_story_owner_url_length")),
        sa.CheckConstraint("length(slug) <= 120", name=op.f("ck_story_slug_length")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_story_section_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_story_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
        sa.UniqueConstraint("cds_id", name=op.f("uq_story_cds_id")),
        sa.UniqueConstraint("station_id", "slug", name=op.f("uq_story_station_id_slug")),
    )
    with op.batch_alter_table("story", schema=None) as batch_op:
        batch_op.create_index("ix_story_newest", ["station_id", "state", "published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_story_section_id"), ["section_id"], unique=False)

    op.create_table(
        "gateway_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.String(length=60), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sending",
                "answered",
                "refused",
                name="callstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("answer_id", sa.String(length=255), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(answer_id) <= 255", name=op.f("ck_gateway_call_answer_id_length")),
        sa.CheckConstraint("length(key) <= 255", name=op.f("ck_gateway_call_key_length")),
        sa.CheckConstraint("length(operation) <= 60", name=op.f("ck_gateway_call_operation_length")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_gateway_call_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_call")),
        sa.UniqueConstraint("key", name=op.f("uq_gateway_call_key")),
    )
    with op.batch_alter_table("gateway_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gateway_call_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "ledger_transaction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("length(kind) <= 40", name=op.f("ck_ledger_transaction_kind_length")),
        sa.CheckConstraint("length(source) <= 200", name=op.f("ck_ledger_transaction_source_length")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_ledger_transaction_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transaction")),
        sa.UniqueConstraint("source", name=op.f("uq_ledger_transaction_source")),
    )
    with op.batch_alter_table("ledger_transaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_transaction_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_transaction_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "pledge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.String(length=64), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column(
            "frequency",
            sa.Enum("once", "month", name="frequency", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("family_name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_pledge_amount")),
        sa.CheckConstraint("length(attempt) <= 64", name=op.f("ck_pledge_attempt_length")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_pledge_currency_length")),
        sa.CheckConstraint("length(email) <= 254", name=op.f("ck_pledge_email_length")),
        sa.CheckConstraint("length(family_name) <= 100", name=op.f("ck_pledge_family_name_length")),
        sa.CheckConstraint("length(given_name) <= 100", name=op.f("ck_pledge_given_name_length")),
        sa.CheckConstraint("length(source) <= 120", name=op.f("ck_pledge_source_length")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_pledge_member_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_pledge_payment_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_pledge_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("attempt", name=op.f("uq_pledge_attempt")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_pledge_payment_id")),
    )
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_station_id"), ["station_id"], unique=False)

    op.create_table(
        "stripe_event",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("object_id", sa.String(length=255), nullable=False),
        sa.Column("api_version", sa.String(length=60), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "applied",
                "stale",
                "ignored",
                "failed",
                name="eventstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(api_version) <= 60", name=op.f("ck_stripe_event_api_version_length")),
        sa.CheckConstraint("length(id) <= 255", name=op.f("ck_stripe_event_id_length")),
        sa.CheckConstraint("length(object_id) <= 255", name=op.f("ck_stripe_event_object_id_length")),
        sa.CheckConstraint("length(outcome) <= 300", name=op.f("ck_stripe_event_outcome_length")),
        sa.CheckConstraint("length(type) <= 100", name=op.f("ck_stripe_event_type_length")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_stripe_event_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
    )
    with op.batch_alter_table("stripe_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stripe_event_object_id"), ["object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stripe_event_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stripe_event_type"), ["type"], unique=False)
        batch_op.create_index("ix_stripe_event_waiting", ["state", "received_at"], unique=False)

    op.create_table(
        "gift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("pledge_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_gift_amount")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_gift_currency_length")),
        sa.CheckConstraint("length(source) <= 120", name=op.f("ck_gift_source_length")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_gift_member_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_gift_payment_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_gift_pledge_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_gift_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_gift_payment_id")),
    )
    with op.batch_alter_table("gift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gift_given_on"), ["given_on"], unique=False)
        batch_op.create_index("ix_gift_member", ["member_id", "given_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_gift_pledge_id"), ["pledge_id"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column(
            "account",
            sa.Enum("stripe", "gifts", "fees", name="account", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_ledger_entry_amount")),
        sa.CheckConstraint("length(currency) <= 3", name=op.f("ck_ledger_entry_currency_length")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_ledger_entry_station_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_ledger_entry_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entry_transaction_id"), ["transaction_id"], unique=False)
    for table in ("event", "event_subject", "ledger_transaction", "ledger_entry", "receipt"):
        append_only(table)
    full_text_search()


def downgrade() -> None:
    drop_full_text_search()
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entry_transaction_id"))

    op.drop_table("ledger_entry")
    with op.batch_alter_table("gift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gift_pledge_id"))
        batch_op.drop_index("ix_gift_member")
        batch_op.drop_index(batch_op.f("ix_gift_given_on"))

    op.drop_table("gift")
    with op.batch_alter_table("stripe_event", schema=None) as batch_op:
        batch_op.drop_index("ix_stripe_event_waiting")
        batch_op.drop_index(batch_op.f("ix_stripe_event_type"))
        batch_op.drop_index(batch_op.f("ix_stripe_event_payment_id"))
        batch_op.drop_index(batch_op.f("ix_stripe_event_object_id"))

    op.drop_table("stripe_event")
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pledge_station_id"))
        batch_op.drop_index(batch_op.f("ix_pledge_member_id"))
        batch_op.drop_index(batch_op.f("ix_pledge_created_at"))

    op.drop_table("pledge")
    with op.batch_alter_table("ledger_transaction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_transaction_payment_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_transaction_at"))

    op.drop_table("ledger_transaction")
    with op.batch_alter_table("gateway_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gateway_call_payment_id"))

    op.drop_table("gateway_call")
    with op.batch_alter_table("story", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_story_section_id"))
        batch_op.drop_index("ix_story_newest")

    op.drop_table("story")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_subscription_id"))
        batch_op.drop_index(batch_op.f("ix_payment_reference"))
        batch_op.drop_index("ix_payment_open")

    op.drop_table("payment")
    with op.batch_alter_table("credit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credit_flight_id"))

    op.drop_table("credit")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscription_stripe_customer"))

    op.drop_table("subscription")
    with op.batch_alter_table("section", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_section_cds_collection"))

    op.drop_table("section")
    with op.batch_alter_table("flight", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flight_station_id"))
        batch_op.drop_index(batch_op.f("ix_flight_sponsor_id"))

    op.drop_table("flight")
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ask_station_id"))

    op.drop_table("ask")
    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_station_licensee_id"))

    op.drop_table("station")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_staff_id"))

    op.drop_table("staff_session")
    op.drop_table("staff_role")
    op.drop_table("sponsor")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_staff_id"))

    op.drop_table("recovery_code")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_member_id"))

    op.drop_table("receipt")
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outgoing_mail_member_id"))

    op.drop_table("outgoing_mail")
    with op.batch_alter_table("member_email", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_email_member_id"))

    op.drop_table("member_email")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_staff_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("event_subject", schema=None) as batch_op:
        batch_op.drop_index("ix_event_subject_of")

    op.drop_table("event_subject")
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_work_item_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(batch_op.f("ix_work_item_kind"))

    op.drop_table("work_item")
    op.drop_table("staff")
    op.drop_table("search_entry")
    op.drop_table("scheduled_run")
    op.drop_table("receipt_counter")
    with op.batch_alter_table("rate_bucket", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rate_bucket_empty_at"))

    op.drop_table("rate_bucket")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_due")

    op.drop_table("outbox")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_name"))

    op.drop_table("member")
    op.drop_table("licensee")
    op.drop_table("lease")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_name"))
        batch_op.drop_index(batch_op.f("ix_event_at"))

    op.drop_table("event")
    op.drop_table("bulletin")
