"""A contribution as the rules see it: its kind, what was paid, when it counts, what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from station.core import clock
from station.core.money import Money
from station.receipts.policies.benefits import NOTHING, Benefit, total
from station.receipts.policies.thresholds import VEHICLE_SALE_UP_TO


class Kind(StrEnum):
    CASH = "cash"
    RECURRING = "recurring"
    PAYROLL = "payroll"
    PLEDGE_UNPAID = "pledge_unpaid"
    DAF = "daf"  # a donor-advised fund's grant, as seen by its adviser
    QCD = "qcd"  # from an individual retirement account, by its trustee
    STOCK = "stock"
    VEHICLE = "vehicle"
    INKIND_GOODS = "inkind_goods"
    INKIND_SERVICE = "inkind_service"  # services, air time, the use of space
    RAFFLE = "raffle"
    MATCHING = "matching"  # the employee's own gift; the match is the employer's
    UNDERWRITING = "underwriting"
    REFUND_FULL = "refund_full"
    REFUND_PARTIAL = "refund_partial"
    RETURNED = "returned"  # a check or a debit that bounced, a dispute that was lost
    DATE_RULE = "date_rule"  # cash, where only the day is asked for


INSTALMENTS = (Kind.RECURRING, Kind.PAYROLL)
NONCASH = (Kind.STOCK, Kind.INKIND_GOODS)  # the donor sets the value: 26 USC 170(f)(8)(B)(i)
NO_CONTRIBUTION = (Kind.PLEDGE_UNPAID, Kind.UNDERWRITING, Kind.RAFFLE, Kind.INKIND_SERVICE)
ARRIVES = (Kind.STOCK, Kind.VEHICLE, Kind.INKIND_GOODS, Kind.QCD)  # dated by arrival, whatever a postmark says


@dataclass(frozen=True)
class Case:
    """A contribution to be judged. Money before benefits, gross of what the donor added for processing.

    `paid`: of one charge of a sustainer where `charges` is empty; of stock and goods what the books carry them at,
    which no document states. `year`: of the gift, where `given_on`, its station-local date, is not known. `charges`:
    each a contribution of its own, of one year. `given_back`: refunded, returned or lost; `taken_back`: all of it
    was, also of what has no price. `proceeds`: of a vehicle's sale, None while it is not sold.
    """

    kind: Kind
    paid: Money
    year: int
    benefits: tuple[Benefit, ...] = ()
    charges: tuple[Money, ...] = ()
    given_back: Money = NOTHING
    given_on: date | None = None
    vehicle_value: Money | None = None
    proceeds: Money | None = None
    taken_back: bool = False

    @property
    def tax_year(self) -> int:
        return self.given_on.year if self.given_on else self.year

    @property
    def parts(self) -> tuple[Money, ...]:
        """The contributions that it is made of: every charge of a sustainer, every paycheck."""
        return self.charges if self.kind in INSTALMENTS and self.charges else (self.paid,)

    @property
    def is_void(self) -> bool:
        """Whether nothing is left of it."""
        bounced = self.kind is Kind.RETURNED and not self.given_back.cents
        if self.taken_back or self.kind is Kind.REFUND_FULL or bounced:
            return True
        return self.given_back > NOTHING and total(self.parts) <= self.given_back

    @property
    def worth(self) -> Money:
        """What was contributed and is left, before benefits."""
        if self.kind in NO_CONTRIBUTION or self.is_void:
            return NOTHING
        if self.kind is Kind.VEHICLE:
            return _vehicle_worth(self.vehicle_value, self.proceeds)
        return total(self.parts) - self.given_back


def _vehicle_worth(value: Money | None, proceeds: Money | None) -> Money:
    """Up to a sale of $500 the lesser of fair market value and $500 (IRS Pub. 4303), above it the lesser of fair
    market value and gross proceeds (26 USC 170(f)(12)(A)(ii)); of one that is kept its value.
    """
    if proceeds is None:
        return value or NOTHING
    limit = proceeds if proceeds > VEHICLE_SALE_UP_TO else VEHICLE_SALE_UP_TO
    known = value if value is not None else proceeds
    return known if known < limit else limit


def day_of_gift(
    kind: Kind,
    zone: str,
    charged_at: datetime | None = None,
    postmark: date | None = None,
    received: date | None = None,
) -> date | None:
    """The station-local day that a gift counts on (IRS Pub. 526), None where nothing is known or nothing was given.

    A card counts on the day it is charged, in the station's time zone `zone`; a mailed check on its postmark; stock,
    goods, a vehicle and what an IRA's trustee sends on the day they arrive.
    """
    if kind is Kind.PLEDGE_UNPAID:
        return None
    charged = clock.local_date(charged_at, zone) if charged_at else None
    order = (received, charged, postmark) if kind in ARRIVES else (charged, postmark, received)
    return next((day for day in order if day is not None), None)
