"""How a gift is said in the languages of our letters: amounts, how often, days, and what is charged."""

from __future__ import annotations

from datetime import date

from station.core.money import Money
from station.core.words import day as english_day
from station.giving.models import Frequency
from station.giving.policies.amounts import described
from station.giving.policies.days import LAST_DAY, day_words
from station.licensee.queries import StationView, supported
from station.receipts.policies.wordings.spanish import MONTHS as MESES

ENGLISH, SPANISH = "en", "es"
LANGUAGES = (ENGLISH, SPANISH)
AL = {
    Frequency.ONCE: "una vez",
    Frequency.MONTH: "al mes",
    Frequency.QUARTER: "al trimestre",
    Frequency.YEAR: "al año",
}
OFTEN = {
    ENGLISH: {
        Frequency.ONCE: "once",
        Frequency.MONTH: "monthly",
        Frequency.QUARTER: "quarterly",
        Frequency.YEAR: "yearly",
    },
    SPANISH: {
        Frequency.ONCE: "única",
        Frequency.MONTH: "mensual",
        Frequency.QUARTER: "trimestral",
        Frequency.YEAR: "anual",
    },
}
UNKNOWN_METHOD = {ENGLISH: "the card or account that you gave", SPANISH: "la tarjeta o la cuenta que usted nos dio"}


def spoken(language: str) -> str:
    """The language of ours that a letter is written in; English for any that we do not write."""
    return language if language in LANGUAGES else ENGLISH


def day_in(language: str, day: date) -> str:
    """Nov 26, 2026; 26 de noviembre de 2026."""
    return f"{day.day} de {MESES[day.month - 1]} de {day.year}" if language == SPANISH else english_day(day)


def day_of_month_in(language: str, day: int) -> str:
    """A day of charge: the 5th, the last day; el día 5, el último día."""
    if language != SPANISH:
        return day_words(day)
    return "el último día" if day == LAST_DAY else f"el día {day}"


def month_in(language: str, day: date) -> str:
    """November 2026; noviembre de 2026."""
    return f"{MESES[day.month - 1]} de {day.year}" if language == SPANISH else f"{day:%B %Y}"


def commitment_in(language: str, amount: Money, frequency: Frequency) -> str:
    """$5 a month; $5 al mes."""
    return f"{amount.short} {AL[frequency]}" if language == SPANISH else described(amount, frequency)


def made_up_in(language: str, amount: Money, cover: Money) -> str:
    """What an amount is made up of: $5.00, and $0.42 for processing; $5.00 y $0.42 para el procesamiento."""
    if language == SPANISH:
        return f"{amount - cover} y {cover if cover.cents else 'nada'} para el procesamiento"
    return f"{amount - cover}, and {cover if cover.cents else 'nothing'} for processing"


def often_in(language: str, frequency: Frequency) -> str:
    """Monthly, as a word of the sentence; mensual."""
    return OFTEN[language][frequency]


def supported_in(language: str, first: StationView, second: StationView | None) -> str:
    """What a gift is for, by name."""
    if language == SPANISH and second is not None:
        return f"{first.name} y {second.name}"
    return supported(first, second)


def method_in(language: str, label: str) -> str:
    """What is charged: Visa ending 4242; Visa terminada en 4242."""
    said = label or UNKNOWN_METHOD[language]
    return said.replace(" ending ", " terminada en ") if language == SPANISH else said
