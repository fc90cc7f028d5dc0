"""Words that were meant, on plain values: parts of words, and how many slips lie between two of them."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST, LONGEST = 3, 40  # letters of words that are remembered
SHORT = 8


def parts(word: str) -> set[str]:
    """By what a word is found that was meant: every three letters in a row, its beginning and end marked.

    A short word, of which one slip may leave no three letters in a row, also by itself and without any one letter:
    lake is ^la lak ake ke$ lake ake lke lae lak.
    """
    marked = f"^{word}$"
    found = {marked[at : at + 3] for at in range(len(marked) - 2)}
    if len(word) <= SHORT:
        found |= {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
    return found


def remembered(words: Iterable[str]) -> set[str]:
    """Those words that a slip can be told from."""
    return {word for word in words if SHORTEST <= len(word) <= LONGEST and not word.isdigit()}


def slips_allowed(word: str) -> int:
    """How many slips are forgiven: none in 2026 or at, one in lake, two in reservoir."""
    if len(word) < SHORTEST or word.isdigit():
        return 0
    return 1 if len(word) < 7 else 2


def slips(wanted: str, other: str) -> int:
    """How many letters were left out, added, exchanged with another or with their neighbour (optimal alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(wanted, start=1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and wanted[i - 2] == against:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
    return row[-1]


def meant(wanted: str, known: Iterable[str]) -> str | None:
    """The known word with the fewest slips, no more than are forgiven; of several, the first of the alphabet."""
    near = sorted((slips(wanted, each), each) for each in known)
    return near[0][1] if near and near[0][0] <= slips_allowed(wanted) else None
