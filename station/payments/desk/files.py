"""Deposits as files for a spreadsheet: amounts in dollars with a point, days as 2026-11-30."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from station.core import clock
from station.licensee.queries import station_by_id, the_licensee
from station.payments.policies.slips import SlipRow
from station.payments.queries.payouts.pages import Deposit, PayoutView

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def deposits_csv(found: Iterable[tuple[PayoutView, Sequence[SlipRow]]]) -> str:
    """A row for each station of each payout."""
    rows: list[Sequence[Any]] = [
        (
            "arrives_on",
            "payout",
            "state",
            "reconciled",
            "station",
            "gifts",
            "refunds",
            "disputes",
            "fees",
            "other",
            "net",
        )
    ]
    for payout, slip in found:
        head = (payout.arrives_on, payout.stripe_id, payout.state, "yes" if payout.reconciled_at else "no")
        if not slip:
            rows.append((*head, "", "", "", "", "", "", dollars(payout.amount.cents)))
        for each in slip:
            amounts = (each.gifts, each.refunds, each.disputes, each.fees, each.other, each.net)
            rows.append((*head, station_by_id(each.station_id).name, *map(dollars, amounts)))
    return _csv(rows)


def lines_csv(found: Deposit) -> str:
    """A row for each station of each line of a payout. Days are the station's own."""
    zone = the_licensee().timezone
    rows: list[Sequence[Any]] = [
        ("moved_on", "available_on", "line", "type", "is", "source", "text", "station", "gross", "fee", "net")
    ]
    for line in found.lines:
        days = (clock.local_date(line.made_at, zone), clock.local_date(line.available_on, zone))
        head = (*days, line.stripe_id, line.category, line.tie, line.source, plain(line.text))
        for share in line.shares:
            cents = (share.gross.cents, share.fee.cents, share.net.cents)
            rows.append((*head, share.station.name, *map(dollars, cents)))
    return _csv(rows)


def dollars(cents: int) -> str:
    """Cents as a number that a spreadsheet reads: -1234.50."""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{part:02d}"


def plain(text: str) -> str:
    """Words that no spreadsheet takes for a formula (owasp.org/www-community/attacks/CSV_Injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    found = StringIO()
    csv.writer(found).writerows(rows)
    return found.getvalue()
