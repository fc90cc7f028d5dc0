"""What people type: names, card numbers where none belong, and where a pledge came from."""

from __future__ import annotations

import re
import unicodedata

from station.core.ids import row_id

NAME_LENGTH = 100
BOTH = "both"  # in a link, and in the field `station`: a gift to two stations
IN_PAGE = ":"  # parts a form's attempt from what it was set to when its checkout opened in our page
_DIGITS = re.compile(r"[0-9](?:[ .\-]?[0-9]){12,60}")
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SOURCE_WORD = re.compile(r"[a-z][a-z0-9-]{0,39}")


def holds_card_number(text: str) -> bool:
    """Whether 13 to 19 digits stand in a text that pass the check of card numbers (ISO/IEC 7812, Luhn)."""
    for run in _DIGITS.findall(text):
        groups = re.split(r"[ .\-]", run)
        for first in range(len(groups)):
            for last in range(first + 1, len(groups) + 1):
                number = "".join(groups[first:last])
                if 13 <= len(number) <= 19 and _luhn([int(digit) for digit in number]):
                    return True
    return False


def _luhn(digits: list[int]) -> bool:
    doubled = (sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0


def tidy(text: str) -> str:
    """A typed line with its spaces made single."""
    return re.sub(" +", " ", text).strip()


def holds_control_characters(text: str) -> bool:
    """Whether a line holds characters that nobody types into a name: controls, line ends, unassigned, directions."""
    return printable(text) != text


def printable(text: str) -> str:
    """The line without those characters."""
    return "".join(
        letter
        for letter in text
        if letter not in _DIRECTION and unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
    )


def name_parts(full: str) -> tuple[str, str]:
    """First and last name of a whole name, as a wallet gives it: two words are parted, anything else stays whole.

    Never fails, because it stands in the path of money (a name of one word, or of five, is a name).
    """
    words = tidy(printable(full)).split(" ")
    if len(words) == 2:
        return words[0][:NAME_LENGTH], words[1][:NAME_LENGTH]
    return " ".join(words)[:NAME_LENGTH].strip(), ""


def source(text: str) -> str:
    """Where a pledge came from: `story:story_…` or a word such as footer. Anything else becomes empty.

    Whether the story exists is not asked: an unknown one does no harm.
    """
    kind, _, rest = text.partition(":")
    if kind == "story" and row_id("story", rest) is not None:
        return text
    return text if _SOURCE_WORD.fullmatch(text) else ""


def page_number(text: str) -> int:
    """The page of a list that an address names; the first one for anything strange."""
    return max(int(text), 1) if re.fullmatch(r"[0-9]{1,6}", text) else 1
