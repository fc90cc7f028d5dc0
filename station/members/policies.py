"""Pure rules about names and addresses of members."""

from __future__ import annotations

import unicodedata

from station.core.addresses import normalise_email, spellings

__all__ = ["clean_name", "normalise_email", "printed_name", "same_name", "spellings"]
LONGEST_PART = 100


def clean_name(text: str) -> str:
    """A name as typed, in NFC, with single spaces and without invisible control and direction marks.

    Nothing else is refused or "corrected": Peña, O'Brien, de la Cruz, one word, another script, even an emoji are
    what this person calls themselves, and a name must not stand between a listener and a gift. Control characters
    and direction overrides go, because they change what a receipt or a mail header shows (Unicode UAX #9, UTS #39).
    """
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(" " if letter.isspace() else letter for letter in composed if letter.isspace() or _shows(letter))
    return " ".join(kept.split())[:LONGEST_PART].strip()


def _shows(letter: str) -> bool:
    joiner = letter in "\u200c\u200d"  # Persian names and emoji are written with them
    return joiner or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def printed_name(given_name: str, family_name: str, email: str = "") -> str:
    """The name that is printed: both parts, or the one there is, or the address of someone who gave none."""
    return " ".join(part for part in (given_name, family_name) if part) or email


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same to a person: capitals and spaces aside."""
    return clean_name(one).casefold() == clean_name(other).casefold()
