"""What mail does when a lower package speaks up."""

from __future__ import annotations

import hashlib

from station.accounts.facts import PasskeyChanged, StaffInvited
from station.mail.models import Stream
from station.mail.services import queue_mail


def send_link(invited: StaffInvited) -> None:
    """Someone needs a link to the desk: write to them. Each link is a message of its own."""
    key = hashlib.sha256(invited.link.encode()).hexdigest()
    queue_mail(
        kind=f"accounts.{invited.purpose}",
        key=key,
        stream=Stream.NOTICES,
        member_id=None,
        to_name=invited.name,
        to_email=invited.email,
        template="mail/notices/invitation",
        private=True,
        context={"name": invited.name, "link": invited.link, "purpose": invited.purpose},
    )


def tell_of_passkey(changed: PasskeyChanged) -> None:
    """A passkey opens the desk by itself: its owner hears of each that comes or goes."""
    queue_mail(
        kind="accounts.passkey",
        key=str(changed.id),
        stream=Stream.NOTICES,
        member_id=None,
        to_name=changed.name,
        to_email=changed.email,
        template="mail/notices/passkey",
        context={"name": changed.name, "passkey": changed.passkey, "done": changed.done},
    )
