"""Money that comes past Stripe: where it stands in the books, what it is called, what stock is worth."""

from __future__ import annotations

import re

from station.core.money import Money
from station.payments.models import Account, Tender, Way

E4 = 10_000
_DECIMAL = re.compile(r"\$?\s*([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})?(?:\.([0-9]{1,4}))?")
HOLDS = {
    Tender.CHECK: Account.HAND,
    Tender.CASH: Account.HAND,
    Tender.STOCK: Account.SECURITIES,
    Tender.OTHER: Account.BANK,  # it came to the bank by itself
}
WAYS = {
    Way.WIRE: "Wire transfer",
    Way.FUND: "Grant of a donor-advised fund",
    Way.PAYROLL: "Payroll giving",
    Way.IRA: "Distribution from an IRA",
    Way.ELSEWHERE: "Came to the bank",
}


def ten_thousandths(text: str) -> int:
    """A decimal number with up to four places, as a person types it, in ten-thousandths. Raises ValueError."""
    found = _DECIMAL.fullmatch(text.strip())
    if found is None or not (found[1] or found[2]):
        raise ValueError(f"not a number with up to four decimals: {text[:40]!r}")
    return int((found[1] or "0").replace(",", "")) * E4 + int((found[2] or "").ljust(4, "0"))


def decimal(e4: int) -> str:
    """Ten-thousandths as printed: 12.5."""
    whole, part = divmod(e4, E4)
    return f"{whole:,}" + (f".{part:04d}".rstrip("0") if part else "")


def stock_value(shares_e4: int, high_e4: int, low_e4: int, currency: str = "usd") -> Money:
    """What listed stock counts for: shares times the mean of the day's highest and lowest price (26 CFR 1.170A-1,
    by 20.2031-2(b)), rounded to the cent, half up."""
    twice = shares_e4 * (high_e4 + low_e4)  # of 1/10^8 dollars
    unit = E4 * E4 // 100
    return Money((twice + unit) // (2 * unit), currency)


def tender_label(
    tender: Tender, number: str = "", shares_e4: int = 0, symbol: str = "", way: Way | None = None
) -> str:
    """What people call it: Check 1047; Cash; 12.5 shares of ACME."""
    if tender is Tender.CHECK:
        return f"Check {number}" if number else "Check"
    if tender is Tender.STOCK:
        return f"{decimal(shares_e4)} shares of {symbol}"
    if tender is Tender.OTHER:
        return WAYS[way or Way.ELSEWHERE]
    return tender.value.capitalize()
