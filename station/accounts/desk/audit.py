"""The audit trail: who did what, and when."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request

from station.accounts import queries
from station.accounts.guards import guard
from station.accounts.models import Role

audit = Blueprint("audit_desk", __name__, url_prefix="/desk/audit")
guard(audit, Role.AUDITOR)


@audit.get("")
def index() -> str:
    package = request.args.get("package", "")
    known = queries.packages()
    page = queries.audit(package if package in known else "", _event_id(request.args.get("before", "")))
    return render_template("accounts/audit.html", page=page, package=package, packages=known)


def _event_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
