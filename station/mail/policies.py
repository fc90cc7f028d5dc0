"""Pure rules of mail: what a message looks like on the wire, and which addresses can be written to."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import UUID

from station.mail.models import Stream


@dataclass(frozen=True)
class Letter:
    """Everything that a message on the wire is made of. `sender` and `reply_to` are header values, as stored."""

    message_id: str
    stream: Stream
    sender: str
    reply_to: str
    to_name: str
    to_email: str
    subject: str
    text: str
    html: str
    written_at: datetime


def message_id(mail_id: UUID, sender_address: str) -> str:
    """The Message-ID of a row: the same however often it is sent (RFC 5322 §3.6.4)."""
    host = sender_address.rpartition("@")[2] or "localhost"
    return f"<{mail_id.hex}@{host}>"


def one_line(text: str) -> str:
    """Text that cannot start another header: no control characters, single spaces, no encoded word of its own."""
    plain = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    return " ".join(plain.split()).replace("=?", "= ?")


def reachable(address: str) -> str | None:
    """An address in the form that SMTP takes (its domain in ASCII), or None when no mail can be written to it."""
    plain = address.strip()
    local, at, domain = plain.rpartition("@")
    if not at or not local or one_line(plain) != plain or any(letter in plain for letter in ' <>,;:"()[]\\'):
        return None
    try:
        ascii_domain = domain.encode("idna").decode()
        Address(addr_spec=f"{local}@{ascii_domain}")
    except (MessageError, ValueError, IndexError):
        return None
    return f"{local}@{ascii_domain}" if ascii_domain else None


def allowed(address: str, only_to: Collection[str]) -> bool:
    """Whether an address is on a list of addresses and domains (with what is below them), however it is written."""
    plain = address.lower()
    domain = plain.rpartition("@")[2]
    known = [each.lower().removeprefix("@") for each in only_to]
    return any(plain == each or domain == each or domain.endswith(f".{each}") for each in known)


def named(name: str, address: str) -> str:
    """`Name <address>` for a From header. `address` may be such a pair itself; then its own name is kept."""
    own_name, spec = parseaddr(address)
    return str(Address(display_name=one_line(own_name or name), addr_spec=spec))


def build(letter: Letter) -> EmailMessage:
    """The message: text and HTML, names in RFC 2047 words where they need them, never a line break from outside."""
    message = EmailMessage(policy=SMTP)
    message["From"] = letter.sender
    message["To"] = Address(display_name=one_line(letter.to_name), addr_spec=letter.to_email)
    message["Reply-To"] = letter.reply_to
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = letter.message_id
    if letter.stream is Stream.NOTICES:
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
