"""How long before its charge a donor must know of a change that the station makes: pure rules on station-local dates.

California Bus. & Prof. Code 17602 (price: 7 to 30 days), Visa's rules for recurring payments (changed terms: at least
7 days), Regulation E, 12 CFR 1005.10(d) (a debit of another amount: 10 days).
"""

from __future__ import annotations

from datetime import date, timedelta

AHEAD = timedelta(days=7)
AHEAD_OF_DEBIT = timedelta(days=10)  # of another amount, from a bank account


def ahead(*, by_bank: bool, amount: bool) -> timedelta:
    """How long before the next charge a change of ours must be told: of an amount, or of a day."""
    return AHEAD_OF_DEBIT if by_bank and amount else AHEAD


def too_soon(today: date, charged_on: date, needed: timedelta) -> str:
    """Why the station may not change what is charged on a day, or nothing."""
    if charged_on - today >= needed:
        return ""
    return (
        f"The next charge is on {charged_on:%B} {charged_on.day}, {charged_on.year}. A donor must read of a change "
        f"that the station makes at least {needed.days} days before it is charged. Make it after that charge, or ask "
        "the donor first and say here how they agreed."
    )
