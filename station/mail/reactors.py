"""What mail does when a lower package speaks up."""

from __future__ import annotations

import hashlib

from station.accounts.facts import AlertRaised, PasskeyChanged, StaffInvited
from station.core.runtime import settings
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


def tell_of_work(alert: AlertRaised) -> None:
    """Something urgent waits: write to those whom the settings name, once an item and address."""
    for address in settings().alerts_mail:
        queue_mail(
            kind="accounts.alert",
            key=f"{alert.item_id}:{address}",
            stream=Stream.NOTICES,
            member_id=None,
            to_name="",
            to_email=address,
            template="mail/notices/alert",
            context={"title": alert.title, "queue": alert.queue, "url": alert.url},
        )
