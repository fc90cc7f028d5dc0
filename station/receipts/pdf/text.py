"""Text as paper can hold it: no control characters, no word that runs off the page, no letter without a shape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

LACKING = "\ufffd"  # printed in the place of a character that no typeface has
_LONG_WORD = re.compile(r"[^\s\u200b]{31,}")
_WIDE, _ROOM = 1.7, 52  # the width of a capital, and what surely fits a line, in widths of small letters
_STEP = 12  # letters between two places where a long word may break
# Space of every kind but the no-break ones is a space. Marks that turn the direction of what follows are dropped: a
# name may not reorder the words of a receipt. So is what has no shape at all.
_SPACE = re.compile(r"[\t\r\n\v\f\u0085\u2028\u2029]+")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]"
)


def clean(text: str) -> str:
    """A text as it is printed. Accents are joined to their letters; half of a surrogate pair is LACKING."""
    known = _UNSEEN.sub("", _SPACE.sub(" ", unicodedata.normalize("NFC", text)))
    known = "".join(LACKING if 0xD800 <= ord(letter) <= 0xDFFF else letter for letter in known)
    return _LONG_WORD.sub(_breakable, known)


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same data with every text in it changed; names of fields stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: each_text(inner, change) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [each_text(inner, change) for inner in value]
    return value


def foreign(value: Any) -> set[str]:
    """Every character in the data that is not in ASCII."""
    found: set[str] = set()

    def note(text: str) -> str:
        found.update(text)
        return text

    each_text(value, note)
    return {letter for letter in found if ord(letter) > 0x7E}


def _breakable(word: re.Match[str]) -> str:
    """A word that may not fit, with zero-width spaces in it, at which a line may end. They are not printed."""
    letters = word[0]
    if sum(1 if letter in "-./:,@" or letter.islower() or letter.isdigit() else _WIDE for letter in letters) <= _ROOM:
        return letters
    return "\u200b".join(letters[at : at + _STEP] for at in range(0, len(letters), _STEP))
