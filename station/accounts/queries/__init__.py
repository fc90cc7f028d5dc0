"""Every read of the accounts package."""

from station.accounts.queries.approvals import (
    APPROVAL_PREFIX,
    ApprovalView,
    approval,
    approval_kind,
    approvals,
    deciders,
    waiting_for,
)
from station.accounts.queries.audit import AUDIT_PAGE, AuditPage, Told, audit, packages, subject_url, tell
from station.accounts.queries.checks import CheckView, check_views, late_jobs, unnoticed_dead_jobs
from station.accounts.queries.passkeys import (
    PasskeyView,
    passkey_creation,
    passkey_request,
    passkeys_of,
    passkeys_work,
)
from station.accounts.queries.people import (
    InvitationView,
    Person,
    SessionView,
    StaffView,
    invitation,
    session_of,
    sessions_of,
    staff_id_of,
    staff_list,
    staff_member,
)
from station.accounts.queries.work import WorkItemView, was_done, work_counts, work_item, work_items

__all__ = [
    "APPROVAL_PREFIX",
    "AUDIT_PAGE",
    "ApprovalView",
    "AuditPage",
    "CheckView",
    "InvitationView",
    "PasskeyView",
    "Person",
    "SessionView",
    "StaffView",
    "Told",
    "WorkItemView",
    "approval",
    "approval_kind",
    "approvals",
    "audit",
    "check_views",
    "deciders",
    "invitation",
    "late_jobs",
    "packages",
    "passkey_creation",
    "passkey_request",
    "passkeys_of",
    "passkeys_work",
    "session_of",
    "sessions_of",
    "staff_id_of",
    "staff_list",
    "staff_member",
    "subject_url",
    "tell",
    "unnoticed_dead_jobs",
    "waiting_for",
    "was_done",
    "work_counts",
    "work_item",
    "work_items",
]
