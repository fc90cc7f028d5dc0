"""Ids: UUIDv7 rows (RFC 9562), and public ids that carry their kind and cannot be guessed.

A public id is `prefix_` and the 128 bits in Crockford base 32, 26 characters. 74 of the bits are random.
"""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}


def new_id() -> UUID:
    """A fresh UUIDv7: sorts by time of making."""
    return uuid_utils.compat.uuid7()


def public_id(prefix: str, row_id: UUID) -> str:
    """The id that people and other systems see, for example gift_01j…"""
    number, letters = row_id.int, []
    for _ in range(26):
        number, value = divmod(number, 32)
        letters.append(_ALPHABET[value])
    return f"{prefix}_{''.join(reversed(letters))}"


def row_id(prefix: str, text: str) -> UUID | None:
    """The row id inside a public id, or None when the text is not one of this kind."""
    head, _, tail = text.partition("_")
    if head != prefix or len(tail) != 26 or tail[0] > "7" or any(letter not in _VALUES for letter in tail):
        return None
    number = 0
    for letter in tail:
        number = number * 32 + _VALUES[letter]
    return UUID(int=number)
