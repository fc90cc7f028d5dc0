"""Telling a change of amount or day: the donor's own is confirmed at once, the station's own is told ahead."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from station.core import clock
from station.core.money import Money
from station.giving import queries
from station.giving.models import NoticeKind
from station.giving.policies import notices as rules
from station.giving.policies import phrases
from station.giving.services.keeping.links import own_link
from station.giving.services.notices import letters, writing
from station.licensee.queries import the_licensee
from station.payments import queries as payments
from station.payments.models import Asked

Before = str | int | tuple[Money, Money] | None  # an amount, a day of the month, an amount and what of it covers fees


def tell_amount(subscription_id: UUID, before: Money, asked: Asked, next_at: datetime | None) -> None:
    """Another amount from the next charge on. Joins the transaction in which that became so."""
    _tell(subscription_id, rules.AMOUNT, str(before), asked, next_at)


def tell_split(
    subscription_id: UUID, amount: Money, cover_before: Money, asked: Asked, next_at: datetime | None
) -> None:
    """What of the same amount covers fees is another part of it. Joins the transaction in which that became so."""
    _tell(subscription_id, rules.SPLIT, (amount, cover_before), asked, next_at)


def tell_day(subscription_id: UUID, before: int | None, asked: Asked, next_at: datetime) -> None:
    """Charges on another day of the month from the next one on; before it was that one, if the donor had chosen one.

    Joins the transaction in which that became so.
    """
    _tell(subscription_id, rules.DAY, before, asked, next_at)


def _tell(subscription_id: UUID, what: str, before: Before, asked: Asked, next_at: datetime | None) -> None:
    donor = queries.sustainer(subscription_id)
    if donor is None:
        return
    zone, now, method = the_licensee().timezone, clock.now(), payments.method_of(subscription_id)
    today = clock.local_date(now, zone)
    charged_on = clock.local_date(next_at, zone) if next_at else today
    by_bank = method is not None and method.by_bank
    kind = rules.of_change(asked, what, by_bank=by_bank, today=today, charged_on=charged_on)
    window = rules.window(kind, today if kind is NoticeKind.CHANGE else charged_on)
    if kind is NoticeKind.CHANGE:
        window = rules.Window(charged_on, window.opens_on, window.due_on)
    period = f"{what}:{now.isoformat()}" if kind is NoticeKind.CHANGE else f"{what}:{charged_on}:{now.isoformat()}"
    told = letters.of_a_change(period, donor, asked, _was(before, letters.language_of(donor)))
    letter = letters.letter(kind, donor, charged_on, own_link(subscription_id), **told)
    writing.give(kind, donor, period, window, letter)


def _was(before: Before, language: str) -> str:
    """What it was until then, as it is printed."""
    if isinstance(before, tuple):
        return phrases.made_up_in(language, *before)
    return phrases.day_of_month_in(language, before) if isinstance(before, int) else before or ""
