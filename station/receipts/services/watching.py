"""Watching that the year's thresholds are there before its first gift is."""

from __future__ import annotations

from datetime import date

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core import clock
from station.core.actor import Actor, job
from station.core.db import transaction
from station.licensee.queries import NotEstablished, the_licensee
from station.receipts.policies import thresholds

KIND = "receipts.thresholds"
WATCH = job("the watch over thresholds")
FIRST_MONTH_OF_WARNING = 11  # the IRS publishes the next year's numbers in October or November


def watch_thresholds(actor: Actor = WATCH) -> None:
    """Once a day: warn from November 1 while next year has no row, urgently from January 1 while this one has none.

    What a row has answered is settled. Dates are station-local; before there is a licensee nothing is warned of.
    """
    try:
        today = clock.today(the_licensee().timezone)
    except NotEstablished:
        return
    with transaction():
        for year in (today.year, today.year + 1):
            _watch(year, today, actor)


def _watch(year: int, today: date, actor: Actor) -> None:
    coming, here = f"{KIND}:{year}", f"{KIND}.now:{year}"
    if thresholds.of(year) is not None:
        for key in (coming, here):
            settle_work_item(key, f"Station knows the thresholds of {year}.", actor)
    elif year == today.year:
        settle_work_item(coming, f"{year} has begun.", actor)
        _open(here, year, f"Receipts of {year} wait: its IRS thresholds are missing", urgent=True)
    elif today.month >= FIRST_MONTH_OF_WARNING:
        _open(coming, year, f"The IRS thresholds of {year} are missing", urgent=False)


def _open(key: str, year: int, title: str, *, urgent: bool) -> None:
    open_work_item(
        KIND,
        key,
        Role.DEVELOPMENT,
        title,
        f"The IRS publishes them in a revenue procedure in October or November of {year - 1}. Install a version of "
        f"Station that knows them. Until then the 2 % rule and the token rule are not applied to gifts of {year}: "
        "receipts without benefits go out, those with benefits are held.",
        urgent=urgent,
    )
