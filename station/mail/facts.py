"""What mail announces to higher packages."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class MailBounced:
    """A message that had left did not arrive. `kind` and `key` are those it was queued with, copies included.

    `severity` is what it means for the person: "hard" (the address is given up: whatever must reach them goes on
    paper), "soft" (it is tried again later) or "policy" (our own trouble, the address is not to blame).
    """

    mail_id: UUID
    kind: str
    key: str
    member_id: UUID | None
    severity: str
