"""What accounts adds to the house."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import url_for

from station.accounts import queries
from station.accounts.cli import group
from station.accounts.models import Role
from station.accounts.places import NAV, QUEUES, SUBJECT_PAGES, NavItem, SubjectPage, WorkQueue, WorkRow
from station.core.events import EventRow
from station.core.ids import public_id
from station.core.places import COMMAND_GROUPS, EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant


def wire() -> None:
    COMMAND_GROUPS.contribute(group)
    NAV.contribute(NavItem("Work items", "work_desk.index", ""), rank=11)
    NAV.contribute(NavItem("Approvals", "approvals_desk.index", ""), rank=12)
    NAV.contribute(NavItem("Staff", "staff_desk.index", "House", (Role.ADMIN, Role.AUDITOR)), rank=90)
    NAV.contribute(NavItem("Audit trail", "audit_desk.index", "House", (Role.AUDITOR,)), rank=91)
    NAV.contribute(NavItem("Checks", "checks_desk.index", "House", (Role.AUDITOR,)), rank=91)
    NAV.contribute(NavItem("Your account", "account_desk.show", "House"), rank=92)
    SUBJECT_PAGES.contribute(SubjectPage("work_item", _work_url), rank=80)
    SUBJECT_PAGES.contribute(SubjectPage("approval", _approval_url), rank=81)
    SUBJECT_PAGES.contribute(SubjectPage("staff", _staff_url), rank=90)
    for role in Role:
        QUEUES.contribute(WorkQueue(f"{role.value.capitalize()} work items", (role,), partial(_waiting, role)))
        QUEUES.contribute(WorkQueue(f"{role.value.capitalize()} approvals", (role,), partial(_undecided, role)))
    INVARIANTS.contribute(*CHECKS)
    for name, tell in SENTENCES.items():
        EVENT_SENTENCES.contribute(EventSentence(f"accounts.{name}", tell))


def _waiting(role: Role, limit: int) -> list[WorkRow]:
    return [
        WorkRow(item.title, item.detail, _work_url(item.id), item.opened_at)
        for item in queries.work_items([role], limit=limit)
    ]


def _undecided(role: Role, limit: int) -> list[WorkRow]:
    return [
        WorkRow(each.asks, f"{each.asker} asks", _approval_url(each.id), each.asked_at)
        for each in queries.waiting_for(role, limit)
    ]


def _approval_url(approval_id: UUID) -> str:
    return url_for("approvals_desk.show", approval_id=public_id(queries.APPROVAL_PREFIX, approval_id))


def _work_url(item_id: UUID) -> str:
    return url_for("work_desk.show", item_id=public_id("work", item_id))


def _staff_url(staff_id: UUID) -> str:
    return url_for("staff_desk.show", staff_id=public_id("staff", staff_id))


def _roles_changed(event: EventRow) -> str:
    before, after = event.data["before"], event.data["after"]
    return f"changed the roles of {event.data['name']} from {_words(before)} to {_words(after)}"


def _words(roles: list[str]) -> str:
    return ", ".join(roles) or "none"


def _refused(event: EventRow) -> str:
    return "was refused at sign-in" if event.data["known"] else "was refused at sign-in with an unknown email"


def _proof(event: EventRow) -> str:
    if event.data["how"] == "passkey":
        return f"the passkey “{event.data['passkey']}”"
    return f"a password and {_a(event.data['how'])}"


CHECKS = (
    Invariant("jobs run", "No job is due for longer than fifteen minutes.", queries.late_jobs),
    Invariant("dead jobs are seen", "Every job that gave up has a work item.", queries.unnoticed_dead_jobs),
)
LINK_WORDS = {"join": "join the desk", "second_factor": "set up a new second factor"}
SENTENCES = {
    "staff.added": lambda e: f"added {e.data['name']} to the desk as {_words(e.data['roles'])}",
    "staff.joined": lambda e: "joined the desk",
    "staff.roles_changed": _roles_changed,
    "staff.disabled": lambda e: f"disabled the account of {e.data['name']}",
    "staff.enabled": lambda e: f"enabled the account of {e.data['name']}",
    "staff.started_over": lambda e: f"sent {e.data['name']} a link for a new password",
    "link.made": lambda e: f"made a link for {e.data['name']} to {LINK_WORDS[e.data['purpose']]}",
    "second_factor.reset": lambda e: f"reset the second factor of {e.data['name']}",
    "second_factor.renewed": lambda e: "set up a new second factor",
    "recovery_codes.renewed": lambda e: "made new recovery codes",
    "passkey.added": lambda e: f"added the passkey “{e.data['passkey']}”",
    "passkey.removed": lambda e: f"removed the passkey “{e.data['passkey']}”",
    "passkey.copied": lambda e: f"was refused with the passkey “{e.data['passkey']}”, which may have been copied",
    "session.started": lambda e: f"signed in with {_proof(e)}",
    "session.confirmed": lambda e: f"confirmed who they are with {_proof(e)}",
    "confirmation.refused": lambda e: "could not confirm who they are",
    "session.ended": lambda e: "signed out",
    "session.revoked": lambda e: "signed a browser out from elsewhere",
    "sign_in.refused": _refused,
    "checks.asked": lambda e: "had everything checked",
    "approval.asked": lambda e: f"asked for a second person: {e.data['asks']}",
    "approval.approved": lambda e: f"approved “{e.data['asks']}”: {e.data['note']}",
    "approval.refused": lambda e: f"refused “{e.data['asks']}”: {e.data['note']}",
    "approval.withdrawn": lambda e: f"withdrew the request “{e.data['asks']}”",
    "approval.lapsed": lambda e: f"let the request “{e.data['asks']}” lapse: nobody decided it in time",
    "work.closed": lambda e: f"closed “{e.data['title']}”: {e.data['note']}",
}


def _a(how: str) -> str:
    return f"an {how}" if how[0] in "aeiou" else f"a {how}"
