"""Email addresses as identities: when two of them are the same."""

from __future__ import annotations

import unicodedata

LONGEST = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets


def normalise_email(text: str) -> str:
    """The form in which an address is compared and stored as an identity: NFKC, trimmed, lower case, its domain
    in ASCII as SMTP takes it. Some browsers send niño.example as xn--nio-8ma.example, some do not: it is one mailbox.

    Dots and +tags stay. Only some providers ignore them, so folding them would make one member of two people; and a
    person who writes ana+knpr@ chose that address and expects mail there. RFC 5321 §2.4 lets a host tell Ana@ from
    ana@, but no provider in use does, and people capitalise at random.
    """
    return _folded(_plain(text))


def spellings(text: str) -> tuple[str, ...]:
    """The normalised form of an address, and those under which it may be stored from before domains were folded.

    One for nearly every address.
    """
    plain = _plain(text)
    folded = _folded(plain)
    return tuple(dict.fromkeys((folded, readable(folded), plain)))


def readable(address: str) -> str:
    """An address with its domain as people read it: niño.example."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('ascii').decode('idna')}" if "xn--" in domain else address
    except UnicodeError:
        return address


def _plain(text: str) -> str:
    return visible(unicodedata.normalize("NFKC", text)).strip().lower()


def _folded(plain: str) -> str:
    local, at, domain = plain.rpartition("@")
    if not at or domain.isascii():
        return plain
    try:
        folded = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return plain
    return folded if len(folded) <= LONGEST else plain


def visible(text: str) -> str:
    """A line of text without control characters and zero-width marks, which come along when people paste."""
    return "".join(letter for letter in text if letter.isprintable())
