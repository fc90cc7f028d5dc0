"""The members of the demonstration, before they are rows."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from string import ascii_uppercase

from station.core.search import fold
from station.demo.generator.names import GROUPS, SPECIAL
from station.members.policies import printed_name

SPANISH = frozenset(GROUPS[0][0].split())
_WEIGHTS = (20, 26, 9, 9, 9, 8, 6, 6, 5, 4, 3)


@dataclass(frozen=True)
class Person:
    """A donor as they typed themselves. `language` is the one that they are written to in."""

    given_name: str
    family_name: str
    email: str
    language: str = "en"

    @property
    def name(self) -> str:
        return printed_name(self.given_name, self.family_name)


def people(chance: random.Random, many: int) -> list[Person]:
    """So many people with names and addresses that differ. Where plain names run out, initials tell them apart."""
    names, taken_before = dict.fromkeys(SPECIAL), 0
    while len(names) < many:
        given, family = chance.choices(GROUPS, _WEIGHTS)[0]
        pair = (chance.choice(given.split()), chance.choice(family.split()))
        initials = (f" {chance.choice(ascii_uppercase)}." for _ in range(taken_before // many))
        pair = (pair[0] + "".join(initials), pair[1])
        taken_before += pair in names
        names[pair] = None
    everyone = list(names)
    chance.shuffle(everyone)
    taken: set[str] = set()
    return [
        Person(given, family, _email(chance, given, family, taken), _language(number, given))
        for number, (given, family) in enumerate(everyone)
    ]


def _language(number: int, given: str) -> str:
    """Every fourth of the donors with a first name of the first group of names is written to in Spanish."""
    return "es" if number % 4 == 0 and given.split(maxsplit=1)[0] in SPANISH else "en"


def _email(chance: random.Random, given: str, family: str, taken: set[str]) -> str:
    """An address made of the name; always in a domain kept for examples."""
    parts = [re.sub(r"[^a-z]", "", fold(part).translate(_LETTERS)) for part in (given, family)]
    local = chance.choice([".".join(filter(None, parts)), parts[0][:1] + parts[1] if parts[1] else parts[0]])
    address, number = f"{local}@{chance.choice(('example.com', 'example.org'))}", 2
    while address in taken:
        address, number = f"{local}{number}@example.com", number + 1
    taken.add(address)
    return address


_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ı": "i", "ł": "l", "æ": "ae"})
