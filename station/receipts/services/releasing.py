"""Writing the receipts that waited, once the rules can say them."""

from __future__ import annotations

from uuid import UUID

from station.core.actor import Actor
from station.receipts.services import holding
from station.receipts.services.issuing import write


def release(reference: UUID, actor: Actor) -> UUID | None:
    """Write the receipt of a contribution that waits; returns its id, or None while the rules cannot say it."""
    return holding.release(reference, write, actor)


def release_held() -> int:
    """Write every receipt that waits and can be written now; returns how many."""
    return sum(release(reference, holding.CLERK) is not None for reference in holding.open_ones())
