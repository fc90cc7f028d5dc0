"""The address that a message leaves under, which names the message (VERP) and cannot be made up.

`bounces+<26 letters: the message's id><16 letters: a signature>@…`. A bounce goes to that address, so whoever sends
one back has seen the message. The letters are Crockford's base 32, in any case: some servers change it on the way.
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from uuid import UUID

from station.core.ids import public_id, row_id
from station.core.runtime import settings

SIGNED = 16  # letters: 80 bits
LONGEST_LOCAL = 64 - 1 - 26 - SIGNED  # RFC 5321 §4.5.3.1.1 allows 64 octets in front of the @
_TOKEN = re.compile(r"\+([0-9a-z]{26})([0-9a-z]{16})@", re.IGNORECASE)


def verp_address(mail_id: UUID, bounce_address: str) -> str:
    """The envelope sender of a message. `bounce_address` is MAIL_BOUNCES_TO."""
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{_letters(mail_id)}{_signature(mail_id, settings().secret_key)}@{domain}"


def mail_of_verp(address: str) -> UUID | None:
    """The message that an envelope sender of ours names; None for any other address, and for a forged one."""
    found = _TOKEN.search(address[:400])
    mail_id = row_id("v", f"v_{found[1].lower()}") if found else None
    if found is None or mail_id is None:
        return None
    keys = [settings().secret_key, *settings().secret_key_fallbacks]
    good = any(hmac.compare_digest(_signature(mail_id, key), found[2].lower()) for key in keys)
    return mail_id if good else None


def looks_like_verp(address: str) -> bool:
    """Whether an address has the form of ours: one that `mail_of_verp` does not know then is forged, or very old."""
    return _TOKEN.search(address[:400]) is not None


def _letters(mail_id: UUID) -> str:
    return public_id("v", mail_id)[2:]


def _signature(mail_id: UUID, key: str) -> str:
    signed = hmac.digest(key.encode(), b"mail.verp:" + mail_id.bytes, sha256)
    return _letters(UUID(bytes=signed[:16]))[-SIGNED:]
