"""Email addresses as identities: when two of them are the same."""

from __future__ import annotations

import unicodedata


def normalise_email(text: str) -> str:
    """The form in which an address is compared and stored as an identity: NFKC, trimmed, lower case.

    Dots and +tags stay. Only some providers ignore them, so folding them would make one member of two people; and a
    person who writes ana+knpr@ chose that address and expects mail there. RFC 5321 §2.4 lets a host tell Ana@ from
    ana@, but no provider in use does, and people capitalise at random.
    """
    return visible(unicodedata.normalize("NFKC", text)).strip().lower()


def visible(text: str) -> str:
    """A line of text without control characters and zero-width marks, which come along when people paste."""
    return "".join(letter for letter in text if letter.isprintable())
