"""The address that a message leaves under, which bounces go to."""

from __future__ import annotations

from email.utils import parseaddr
from uuid import UUID

from station.mail.policies.verp import verp_address


def envelope(mail_id: UUID, sender: str, bounces_to: str) -> str:
    """The sender of the envelope: one of the message's own at MAIL_BOUNCES_TO, or else the From header's address."""
    return verp_address(mail_id, bounces_to) if bounces_to else parseaddr(sender)[1]
