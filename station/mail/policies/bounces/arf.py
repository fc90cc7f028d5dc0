"""Feedback reports: somebody pressed “this is spam”, or took that back (RFC 5965; Microsoft's own older form)."""

from __future__ import annotations

from email.message import Message

from station.mail.models import InboundKind
from station.mail.policies.bounces.dsn import address_in, fields_of
from station.mail.policies.bounces.mime import header, kind_of, parts, returned, text_of
from station.mail.policies.bounces.shapes import Told

FEEDBACK = "message/feedback-report"
NO_COMPLAINT = {"not-spam": InboundKind.NOT_SPAM, "auth-failure": InboundKind.ORDINARY, "dmarc": InboundKind.ORDINARY}
OUTLOOK = "X-HmXmrOriginalRecipient"  # Microsoft's Junk Mail Reporting Program: the whole message, with this on top


def read_feedback(message: Message) -> tuple[InboundKind, list[Told], list[str]] | None:
    """The kind of a feedback report, whom it is about, and the envelopes that it names. None for other messages."""
    part = next((each for each in parts(message) if kind_of(each) == FEEDBACK), None)
    if part is None:
        return _outlook(message)
    recipients, envelopes, kind = [], [], "abuse"
    for group in fields_of(text_of(part)):
        kind = (
            group.get("feedback-type", kind).split()[0].lower() if group.get("feedback-type", kind).split() else kind
        )
        envelopes += [each for each in [address_in(group.get("original-mail-from", ""))] if each]
        recipients += [each for each in [address_in(group.get("original-rcpt-to", ""))] if each]
    found = [Told(address=unredacted(each), action=kind[:40]) for each in recipients[:10]]
    return NO_COMPLAINT.get(kind, InboundKind.COMPLAINT), found or [Told(action=kind[:40])], envelopes


def _outlook(message: Message) -> tuple[InboundKind, list[Told], list[str]] | None:
    for part in parts(message):
        inside = returned(part) if kind_of(part) == "message/rfc822" else None
        if inside is not None and (about := header(inside, OUTLOOK)):
            return InboundKind.COMPLAINT, [Told(address=address_in(about), action="abuse")], []
    return None


def unredacted(address: str) -> str:
    """An address, or nothing when the provider struck the person out of it (RFC 6590)."""
    local = address.partition("@")[0].lower()
    struck = not local or set(local) <= set("x*-_.") or "redacted" in local or "removed" in local
    return "" if struck else address
