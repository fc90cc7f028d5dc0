"""Notices that law and the card networks require: which, by what rule, and within which days. A catalogue as data.

A window is counted in station-local days before the event: (30, 7) opens thirty days before it and is kept up to and
with the seventh. Negative days lie after it. All gifts are treated by the strictest rule, wherever their donors live:
California's, and the card networks'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from station.giving.models import NoticeKind
from station.payments.models import Asked, Interval
from station.payments.policies import AHEAD, AHEAD_OF_DEBIT, MONTHS, plus_months

WORDING = "2026-11"  # version of the words of all of them
SELDOM = timedelta(days=180)  # billed less often than this, a charge is announced
YEAR = 12
ADOPTED = (7, 30)  # days after we took a gift over, or began to count, within which its donor reads the terms
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Rule:
    """A notice: what it is called, who asks for it, what it announces, its window, and its template.

    `earliest` and `latest` are days before the event; `binds` that the charge must not come without it.
    """

    kind: NoticeKind
    name: str
    source: str
    event: str
    earliest: int
    latest: int
    who: str
    template: str
    binds: bool = False

    def window(self, event: date) -> tuple[date, date]:
        """First and last day on which it is in time."""
        return event - timedelta(days=self.earliest), event - timedelta(days=self.latest)


CATALOGUE: Mapping[NoticeKind, Rule] = {
    rule.kind: rule
    for rule in (
        Rule(
            NoticeKind.TERMS,
            "Terms at the start",
            "Mastercard and Visa rules for recurring payments; 15 USC 8403; Cal. Bus. & Prof. Code 17602(a)(3)",
            "the gift begins",
            0,
            -1,
            "every recurring gift that begins here",
            "giving/mail/notices/terms",
        ),
        Rule(
            NoticeKind.MANDATE,
            "Copy of the bank authorization",
            "12 CFR 1005.10(b); Nacha Operating Rules 2.3.2",
            "the donor allows debits from a bank account",
            0,
            -1,
            "every recurring gift that is debited from a bank account",
            "giving/mail/notices/mandate",
        ),
        Rule(
            NoticeKind.REMINDER,
            "Yearly reminder",
            "Cal. Bus. & Prof. Code 17602 as amended by AB 2863 (2025-07-01); Mastercard",
            "a year since the donor last read all terms",
            14,
            0,
            "every gift that repeats monthly or quarterly, and any that is paused",
            "giving/mail/notices/reminder",
        ),
        Rule(
            NoticeKind.CHANGE,
            "Confirmation of a change",
            "12 CFR 1005.10(b); Visa rules for recurring payments",
            "amount or day is changed",
            0,
            -1,
            "whoever has changed the amount or the day, or asked us to",
            "giving/mail/notices/changed",
        ),
        Rule(
            NoticeKind.AHEAD,
            "Change by the station",
            "Cal. Bus. & Prof. Code 17602 as amended by AB 2863 (7 to 30 days); Visa (at least 7 days)",
            "the first charge of another amount, or on another day",
            30,
            AHEAD.days,
            "whoever is charged otherwise because the station wants it",
            "giving/mail/notices/changed",
            binds=True,
        ),
        Rule(
            NoticeKind.VARYING,
            "Debit of another amount",
            "12 CFR 1005.10(d) (10 days)",
            "the first debit of another amount",
            30,
            AHEAD_OF_DEBIT.days,
            "whoever is debited another amount because the station wants it",
            "giving/mail/notices/changed",
            binds=True,
        ),
        Rule(
            NoticeKind.YEARLY,
            "Charge that comes seldom",
            "Mastercard (billed less often than every 180 days: 7 to 30 days before)",
            "the charge",
            30,
            7,
            "every gift that is charged less often than every 180 days: yearly ones",
            "giving/mail/notices/yearly",
            binds=True,
        ),
        Rule(
            NoticeKind.EXPIRING,
            "Card that ends",
            "the house's own rule, after the card networks' guidance",
            "the last day of the card's last month",
            60,
            30,
            "every gift that is charged to a card that ends",
            "giving/mail/notices/expiring",
        ),
        Rule(
            NoticeKind.RESUMES,
            "End of a pause",
            "the house's own rule, after Visa's for the end of a promotion (at least 7 days)",
            "the first charge after the pause",
            14,
            7,
            "every paused gift that is charged within a week of the end of its pause",
            "giving/mail/notices/resumes",
        ),
    )
}

# What tells a donor everything that the yearly reminder tells, so that the year counts from it.
TELLS_ALL = (NoticeKind.TERMS, NoticeKind.REMINDER, NoticeKind.YEARLY)
BY_A_CHANGE = (NoticeKind.CHANGE, NoticeKind.AHEAD, NoticeKind.VARYING)
# What can be changed; the period of a notice of a change begins with it. SPLIT: what of the same amount covers fees.
AMOUNT, DAY, SPLIT = "amount", "day", "split"


@dataclass(frozen=True)
class Window:
    """What a notice announces, and from when to when it is in time. Station-local dates."""

    event_on: date
    opens_on: date
    due_on: date

    def open_on(self, today: date) -> bool:
        """Whether it is to be given by a day, in time or late."""
        return self.opens_on <= today


def window(kind: NoticeKind, event: date, known_on: date | None = None) -> Window:
    """The window of a notice. What we, or the donor, settled after it had shut is told by the day after that."""
    opens, due = CATALOGUE[kind].window(event)
    if known_on is not None:
        due = max(due, known_on + timedelta(days=1))
    return Window(event, opens, due)


def seldom(interval: Interval) -> bool:
    """Whether a gift is charged so seldom that each charge is announced."""
    return timedelta(days=30 * MONTHS[interval]) >= SELDOM


def reminder(told_on: date | None, ours_since: date) -> Window:
    """When the yearly reminder is due: within a year of the last notice that told all.

    A gift whose terms we never told (it was adopted, or is older than this house's notices) is told soon after
    `ours_since`: nobody knows when its donor last read them.
    """
    if told_on is None:
        opens, due = (ours_since + timedelta(days=days) for days in ADOPTED)
        return Window(due, opens, due)
    return window(NoticeKind.REMINDER, plus_months(told_on, YEAR))


def told_before(by: date) -> date:
    """No reminder opens by a day for whoever was told on this day or after it."""
    return plus_months(by + timedelta(days=CATALOGUE[NoticeKind.REMINDER].earliest), -YEAR) + timedelta(days=2)


def resumes(pause_ends: date, first_charge: date, asked_on: date | None) -> Window | None:
    """When the end of a pause is announced; None where it need not be.

    A charge that comes a week or more after the pause is announced by the letter that the pause is over. A pause that
    was asked for so late that its window stood open already was confirmed with its end.
    """
    found = window(NoticeKind.RESUMES, first_charge)
    if first_charge - pause_ends >= WEEK or (asked_on is not None and asked_on >= found.opens_on):
        return None
    return found


def of_change(asked: Asked, what: str, *, by_bank: bool, today: date, charged_on: date) -> NoticeKind:
    """Which notice a change is told by at once.

    The donor's own is confirmed, and so is one by which neither another sum is charged nor on another day. One of the
    station's is that confirmation, too, where its charge is more than thirty days away: the notice ahead of it
    follows then.
    """
    far = charged_on - today > timedelta(days=CATALOGUE[NoticeKind.AHEAD].earliest)
    if asked is not Asked.STATION or what == SPLIT or far:
        return NoticeKind.CHANGE
    return ahead_kind(by_bank=by_bank, amount=what == AMOUNT)


def what_changed(period: str) -> str:
    """What a notice of a change is about, from its period. Those that did not say it were of amounts."""
    return next((each for each in (DAY, SPLIT) if period.startswith(f"{each}:")), AMOUNT)


def ahead_kind(*, by_bank: bool, amount: bool) -> NoticeKind:
    """The notice ahead of a change of the station's."""
    return NoticeKind.VARYING if by_bank and amount else NoticeKind.AHEAD


def last_day_of(year: int, month: int) -> date:
    """The last day of a card."""
    return plus_months(date(year, month, 1), 1) - timedelta(days=1)
