"""Contacts with sustainers about payments: written once a key, shown in the queue."""

from __future__ import annotations

from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.ids import new_id
from station.core.upsert import insert_missing
from station.giving import queries
from station.giving.models import Contact
from station.payments.policies import Step

NOTE_LENGTH = 2000


def note_contact(
    step: Step,
    key: str,
    subscription_id: UUID,
    actor: Actor,
    *,
    invoice_id: UUID | None = None,
    mail_id: UUID | None = None,
    note: str = "",
) -> bool:
    """Write down that a sustainer was written to or spoken with. False when this key was noted before.

    Joins the caller's transaction.
    """
    with transaction():
        fresh = insert_missing(
            Contact,
            id=new_id(),
            key=key,
            step=step,
            subscription_id=subscription_id,
            invoice_id=invoice_id,
            mail_id=mail_id,
            by=actor.label[:200],
            note=note.strip().replace("\x00", "")[:NOTE_LENGTH],
            at=clock.now(),
        )
        if fresh:
            events.record(
                "giving.sustainer.contacted", actor, queries.sustainer_subjects(subscription_id), {"step": step.value}
            )
        return fresh


def note_call(subscription_id: UUID, note: str, actor: Actor) -> None:
    """Write down a call with a sustainer, and what came of it."""
    invoice = queries.offered(subscription_id)
    note_contact(Step.CALL, f"{Step.CALL}:{new_id()}", subscription_id, actor, invoice_id=invoice, note=note)
