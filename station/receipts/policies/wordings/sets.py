"""Versions of the wordings, each in all languages, and the one in force on a day.

A change of a sentence is a new version: raise `version`, set `effective`. What was issued before keeps its own text,
which is stored; a version that is no longer in force therefore needs no copy here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from station.receipts.policies.wordings import english, spanish

DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Language:
    """One language of a version: sentences by key, and how days, lists and intervals are written."""

    code: str
    words: Mapping[str, str]
    months: Sequence[str]
    day_form: str
    conjunction: str
    intervals: Mapping[str, tuple[str, str]]  # of an interval: its adjective, and the span itself
    goods_or_services: str

    def say(self, key: str, **facts: object) -> str:
        """A sentence with its facts put in, each on one line. Raises KeyError for an unknown key or missing fact."""
        return self.words[key].format_map({name: one_line(str(value)) for name, value in facts.items()})

    def day(self, day: date) -> str:
        """November 23, 2026; 23 de noviembre de 2026."""
        return self.day_form.format(month=self.months[day.month - 1], day=day.day, year=day.year)

    def listed(self, names: Sequence[str]) -> str:
        """One, two and three."""
        shown = [one_line(name) for name in names]
        if len(shown) < 2:
            return "".join(shown)
        return f"{', '.join(shown[:-1])} {self.conjunction} {shown[-1]}"


@dataclass(frozen=True)
class WordingSet:
    """All wordings of a version, in force from a station-local day on."""

    version: str
    effective: date
    languages: Mapping[str, Language]

    def language(self, code: str) -> Language:
        """A language, or English for one that there are no wordings in."""
        return self.languages.get(code) or self.languages[DEFAULT_LANGUAGE]


def _language(code: str, module: object) -> Language:
    names = ("WORDS", "MONTHS", "DAY", "AND", "INTERVALS", "GOODS_OR_SERVICES")
    return Language(code, *(getattr(module, name) for name in names))


SETS = (WordingSet("2026-3", date(2026, 11, 26), {"en": _language("en", english), "es": _language("es", spanish)}),)
NO_GOODS = english.WORDS["w2"]
LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Spanish"}  # as the desk calls them


def in_force(day: date) -> WordingSet:
    """The wordings that are printed on a station-local day: the latest in force, or the first ones before any is."""
    return max((each for each in SETS if each.effective <= day), key=lambda each: each.effective, default=SETS[0])


def speech(code: str) -> Language:
    """A language of the newest wordings."""
    return SETS[-1].language(code)


def one_line(text: str) -> str:
    """Text with single spaces and no line break, so that it stays in its line."""
    return " ".join(text.split())
