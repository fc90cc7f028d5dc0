"""The lines that decide what a receipt says: those that the IRS moves every year, and those that it never moves.

A year without a row has no 2 % rule and no token rule: last year's numbers are never used in place of this year's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from station.core.money import Money

VERSION = "2026-1"  # of this table; stored with every receipt

ACKNOWLEDGED_FROM = Money(250_00)  # 26 USC 170(f)(8)(A): a contribution of $250 or more wants the whole sentence
DISCLOSED_ABOVE = Money(75_00)  # 26 USC 6115(a): "in excess of $75", so $75.00 is outside
MEMBERSHIP_UP_TO = Money(75_00)  # Treas. Reg. 1.170A-13(f)(8)(i)(B): a package offered for $75 a year or less
VEHICLE_SALE_UP_TO = Money(500_00)  # 26 USC 170(f)(12): above it a vehicle has a regime of its own


@dataclass(frozen=True)
class Thresholds:
    """What the IRS set for gifts of a calendar year.

    `low_cost`: what a token item may cost (26 USC 513(h)(2)). `min_payment`: of the token rule. `cap`: of the 2 %
    rule (Rev. Proc. 90-12, 3.01). `rev_proc`: where the year's numbers stand. `qcd_limit`: what one IRA owner may
    give in the year (26 USC 408(d)(8)(F)). Raises ValueError for numbers that cannot belong together.
    """

    year: int
    low_cost: Money
    min_payment: Money
    cap: Money
    rev_proc: str
    qcd_limit: Money

    def __post_init__(self) -> None:
        if self.min_payment.cents != 5 * self.low_cost.cents or self.cap.cents != 10 * self.low_cost.cents:
            raise ValueError(f"the thresholds of {self.year} are not 1 to 5 to 10")

    def snapshot(self) -> dict[str, int | str]:
        """The row as plain values, for a receipt to keep."""
        return {
            "version": VERSION,
            "year": self.year,
            "low_cost_cents": self.low_cost.cents,
            "min_payment_cents": self.min_payment.cents,
            "cap_cents": self.cap.cents,
            "rev_proc": self.rev_proc,
            "qcd_limit_cents": self.qcd_limit.cents,
        }


def _row(year: int, low: int, least: int, cap: int, rev_proc: str, qcd: int) -> tuple[int, Thresholds]:
    return year, Thresholds(year, Money(low), Money(least), Money(cap), rev_proc, Money(qcd))


TABLE: Mapping[int, Thresholds] = dict(
    (
        _row(2019, 11_10, 55_50, 111_00, "Rev. Proc. 2018-57", 100_000_00),
        _row(2020, 11_20, 56_00, 112_00, "Rev. Proc. 2019-44", 100_000_00),
        _row(2021, 11_30, 56_50, 113_00, "Rev. Proc. 2020-45", 100_000_00),
        _row(2022, 11_70, 58_50, 117_00, "Rev. Proc. 2021-45", 100_000_00),
        _row(2023, 12_50, 62_50, 125_00, "Rev. Proc. 2022-38", 100_000_00),
        _row(2024, 13_20, 66_00, 132_00, "Rev. Proc. 2023-34", 105_000_00),
        _row(2025, 13_60, 68_00, 136_00, "Rev. Proc. 2024-40", 108_000_00),
        _row(2026, 13_90, 69_50, 139_00, "Rev. Proc. 2025-32", 111_000_00),
    )
)


def of(year: int) -> Thresholds | None:
    """The row of the calendar year of a gift; None where the table has none."""
    return TABLE.get(year)
