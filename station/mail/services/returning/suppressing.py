"""Addresses that are not written to: put on the list, taken off it, brought along from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.accounts.services import settle_work_item
from station.core import clock, events
from station.core.actor import Actor
from station.core.addresses import visible
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.upsert import insert_missing
from station.mail.models import Suppression, SuppressionReason
from station.mail.policies import reachable
from station.mail.policies.lists import ListedAddress
from station.mail.policies.suppressing import key_of
from station.members import queries as members


class NotAnAddress(ValueError):
    """No mail can be written to this."""


@dataclass
class ListReport:
    """What became of a list: how many were new, how many stood already, and the lines that could not be read."""

    added: int = 0
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def suppress(
    address: str,
    reason: SuppressionReason,
    actor: Actor,
    evidence: str = "",
    mail_id: UUID | None = None,
    bounce_id: UUID | None = None,
) -> UUID | None:
    """Write to an address no more; returns the suppression's id. Joins the transaction.

    None when it stands already for this reason: the first evidence stays. Raises NotAnAddress.
    """
    with transaction():
        values = {"reason": reason, "evidence": evidence, "mail_id": mail_id, "bounce_id": bounce_id}
        fresh = _insert({**values, "by": actor.label, "at": clock.now()}, address)
        if fresh is None:
            return None
        subjects = [Subject("suppression", fresh), *_whose(address)]
        subjects += [Subject("mail", mail_id)] if mail_id else []
        events.record(
            "mail.address.suppressed",
            actor,
            subjects,
            {"address": key_of(address), "reason": reason.value, "evidence": evidence[:300]},
        )
        return fresh


def lift(suppression_id: UUID, why: str, actor: Actor) -> bool:
    """Write to an address again; False when it was lifted before. The row stays, with who did it and why."""
    with transaction() as session:
        row = session.get_one(Suppression, suppression_id, with_for_update=True)
        if row.lifted_at is not None:
            return False
        row.lifted_at, row.lifted_by, row.lifted_why = clock.now(), actor.label[:200], _line(why)[:300]
        session.flush()
        settle_work_item(work_key(row.address), f"The suppression was lifted: {row.lifted_why}", actor)
        events.record(
            "mail.address.lifted",
            actor,
            [Subject("suppression", row.id), *_whose(row.address)],
            {"address": row.address, "reason": row.reason.value, "why": row.lifted_why},
        )
        return True


def suppress_list(lines: Iterable[ListedAddress], source: str, actor: Actor) -> ListReport:
    """Bring a list of suppressed addresses along, in one transaction. What stands already is left as it is, and so is
    what staff have lifted here since: the newer word is theirs."""
    report = ListReport()
    with transaction():
        for each in lines:
            try:
                lifted = _lifted_since(each.address, each.reason, each.at)
                fresh = None if lifted else _insert(_row(each, source, actor), each.address)
            except NotAnAddress:
                report.refused.append((each.line, f"no mail can be written to {_line(each.address)[:100]!r}"))
                continue
            report.added += fresh is not None
            report.known += fresh is None
        events.record(
            "mail.suppressions.imported",
            actor,
            [],
            {"source": source, "added": report.added, "known": report.known, "refused": len(report.refused)},
        )
    return report


def work_key(address: str) -> str:
    """The key of the work item about an address that bounced: one open item an address."""
    return f"mail.bounced:{key_of(address)}"[:200]


def _row(listed: ListedAddress, source: str, actor: Actor) -> dict[str, Any]:
    evidence = listed.note or source
    return {"reason": listed.reason, "evidence": evidence, "by": actor.label, "at": listed.at or clock.now()}


def _insert(values: Mapping[str, Any], address: str) -> UUID | None:
    """A new row; None when one of this reason stands."""
    if reachable(address) is None:
        raise NotAnAddress(address)
    fresh = new_id()
    cut = {"evidence": _line(values["evidence"])[:1000], "by": values["by"][:200]}
    row = {"mail_id": None, "bounce_id": None, "lifted_by": "", "lifted_why": "", **values, **cut}
    return fresh if insert_missing(Suppression, id=fresh, address=key_of(address), **row) else None


def _lifted_since(address: str, reason: SuppressionReason, at: datetime | None) -> bool:
    found = sa.select(Suppression.id).where(
        Suppression.address == key_of(address), Suppression.reason == reason, Suppression.lifted_at.is_not(None)
    )
    newer = found.where(Suppression.lifted_at > at) if at else found
    return db.session().scalar(newer.limit(1)) is not None


def _whose(address: str) -> list[Subject]:
    member_id = members.member_id_of(address)
    return [Subject("member", member_id)] if member_id else []


def _line(text: str) -> str:
    return " ".join(visible(text.replace("\n", " ").replace("\t", " ")).split())
