"""A batch of history that was wrong: taken back as a whole, by reversal."""

from __future__ import annotations

from uuid import UUID

from station.core import events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.payments import services as payments


def undo_import(batch_id: UUID, reason: str, actor: Actor) -> int:
    """Take back all gifts of a batch; returns how many. They stay on file as taken back, their members stay, and
    their ids may be imported again. Raises `payments.CannotUndo` for an unknown batch or one that is undone."""
    with transaction():
        many = payments.undo_batch(batch_id)
        said = {"many": many, "reason": reason}
        events.record("giving.history.undone", actor, [Subject("imported_batch", batch_id)], said)
        return many
