"""Money: integer cents of one currency. Parsing and formatting happen only at the edge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_AMOUNT = re.compile(r"\$?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.([0-9]{1,2}))?\s*\$?")


class MoneyError(ValueError):
    """Text that is not an amount, or two currencies in one sum."""


@dataclass(frozen=True, order=False)
class Money:
    """`cents` (may be negative in the ledger) of an ISO 4217 `currency`, lower case as Stripe writes it."""

    cents: int
    currency: str = "usd"

    def __post_init__(self) -> None:
        if type(self.cents) is not int:
            raise MoneyError(f"cents must be whole: {self.cents!r}")

    @classmethod
    def parse(cls, text: str, currency: str = "usd") -> Money:
        """Read what a person typed: 12, 12.5, 12.50, $1,200, .50. Raises MoneyError for anything else."""
        found = _AMOUNT.fullmatch(text.strip())
        if found is None or not (found[1] or found[2]):
            raise MoneyError(f"not an amount: {text[:40]!r}")
        whole, part = (found[1] or "0").replace(",", ""), (found[2] or "").ljust(2, "0")
        return cls(int(whole) * 100 + int(part), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.cents, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.cents < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.cents <= self._same(other)

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not add up")
        return other.cents

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Split by largest remainder: the parts sum to the whole, to the cent. Raises MoneyError without weights."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise MoneyError("weights must be zero or more, and some more than zero")
        sign, cents = (-1, -self.cents) if self.cents < 0 else (1, self.cents)
        parts = [cents * weight // total for weight in weights]
        rest = sorted(range(len(weights)), key=lambda i: (-(cents * weights[i] % total), i))
        for i in rest[: cents - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def __str__(self) -> str:
        """$1,234.50; minus in front. Only US dollars have a sign here."""
        sign = "-" if self.cents < 0 else ""
        whole, part = divmod(abs(self.cents), 100)
        mark, tail = ("$", "") if self.currency == "usd" else ("", f" {self.currency.upper()}")
        return f"{sign}{mark}{whole:,}.{part:02d}{tail}"

    @property
    def short(self) -> str:
        """Without the cents where there are none: $5, $12.50."""
        return str(self).replace(".00", "", 1) if self.cents % 100 == 0 else str(self)
