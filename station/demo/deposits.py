"""Payouts of everything that was given, week by week, with their lines; one line that nobody knows; closed months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from station.core.actor import STRIPE, Actor
from station.core.events import Subject
from station.core.money import Money
from station.demo.generator.calendar import Calendar
from station.demo.generator.money.pledges import CURRENCY
from station.demo.generator.rows import Rows
from station.licensee.queries import StationView, the_licensee
from station.payments.models import (
    Account,
    BalanceShare,
    BalanceTransaction,
    LedgerEntry,
    LedgerTransaction,
    Listing,
    Payment,
    PaymentState,
    Payout,
    PayoutState,
    Period,
    Tie,
)
from station.payments.policies import month_bounds, month_name, month_of, next_month

WEEK = timedelta(days=7)
WAITS = timedelta(days=28)
RADAR, RADAR_TEXT = -735, "Radar for Fraud Teams"
SHOP, SHOP_FEE, SHOP_TEXT = 4200, 122, "Tote bag, the station's shop"
Parts = Mapping[UUID, tuple[int, int]]  # gross and fee by station, in cents


def deposits(rows: Rows, calendar: Calendar, stations: Sequence[StationView], closer: Actor) -> None:
    """Every charge is in the payout of its week: nothing is left at Stripe, which here never had any of it."""
    Deposits(rows, calendar, stations).enter()
    _months(rows, calendar, closer)


class Deposits:
    """Turns settled payments into lines and payouts."""

    def __init__(self, rows: Rows, calendar: Calendar, stations: Sequence[StationView]) -> None:
        self.rows, self.calendar, self.stations = rows, calendar, stations
        self._number = 0

    def enter(self) -> None:
        """Payouts, oldest first. The last one but one holds a line that nobody knows."""
        settled = [row for row in self.rows.all(Payment) if row["state"] is PaymentState.SETTLED]
        weeks: dict[int, list[dict[str, Any]]] = {}
        for row in settled:
            weeks.setdefault((self.calendar.now - row["settled_at"]) // WEEK, []).append(row)
        for place, week in enumerate(sorted(weeks, reverse=True)):
            self._payout(self.calendar.now - WEEK * week, weeks[week], radar=place % 4 == 0, shop=week == 1)

    def _payout(self, ends: datetime, paid: Sequence[Mapping[str, Any]], *, radar: bool, shop: bool) -> None:
        made = ends - timedelta(hours=3)
        payout_id = self.rows.new_id(made)
        parts: dict[UUID, int] = {}
        for each in paid:
            self._charge(each, payout_id)
            parts[each["station_id"]] = parts.get(each["station_id"], 0) + each["amount_cents"] - each["fee_cents"]
        news = self.stations[0].id
        for wanted, at, values in self._extras(ends, radar, shop):
            if wanted:
                net = self._extra(payout_id, at, **values)
                parts[news] = parts.get(news, 0) + net
        self._whole(payout_id, made, ends.date(), parts, reconciled=not shop)

    def _whole(
        self, payout_id: UUID, made: datetime, day: date, parts: Mapping[UUID, int], *, reconciled: bool
    ) -> None:
        """The payout's own row, line and ledger."""
        stripe_id, total = self._stripe_id("po"), sum(parts.values())
        own = {station_id: (-cents, 0) for station_id, cents in parts.items()}
        line = self._stripe_id("txn")
        self._line(line, made, "payout", stripe_id, "STRIPE PAYOUT", own, Tie.PAYOUT, payout_id, payout_id)
        self.rows.put(
            Payout,
            id=payout_id,
            stripe_id=stripe_id,
            state=PayoutState.PAID,
            listing=Listing.COMPLETE,
            amount_cents=total,
            currency=CURRENCY,
            automatic=True,
            livemode=False,
            failure="",
            problem="",
            made_at=made,
            arrives_on=day,
            read_at=made,
            reconciled_at=made if reconciled else None,
            postings=1,
            updated_at=made,
        )
        at_bank = {(Account.BANK, station_id): cents for station_id, cents in parts.items()}
        self._post("payout", payout_id, made, at_bank | {(Account.STRIPE, s): -cents for s, cents in parts.items()})
        said = {"amount": str(Money(total, CURRENCY)), "why": "", "was_paid": False}
        self.rows.tell("payments.payout.paid", made, STRIPE, [Subject("payout", payout_id)], said)

    def _charge(self, row: Mapping[str, Any], payout_id: UUID) -> None:
        parts = {row["station_id"]: (row["amount_cents"], row["fee_cents"])}
        at = row["settled_at"]
        self._line(
            row["balance_transaction"], at, "charge", row["charge"], "", parts, Tie.PAYMENT, row["id"], payout_id
        )

    def _extras(self, ends: datetime, radar: bool, shop: bool) -> list[tuple[bool, datetime, dict[str, Any]]]:
        at = ends - timedelta(days=2)
        fee = {"kind": "fee", "text": RADAR_TEXT, "gross": RADAR, "fee": 0, "tie": Tie.FEE, "account": Account.FEES}
        charge = {"kind": "charge", "text": SHOP_TEXT, "gross": SHOP, "fee": SHOP_FEE}
        return [(radar, at, fee), (shop, at, {**charge, "tie": Tie.UNMATCHED, "account": Account.UNMATCHED})]

    def _extra(
        self, payout_id: UUID, at: datetime, *, kind: str, text: str, gross: int, fee: int, tie: Tie, account: Account
    ) -> int:
        """A line that no payment has; returns its net."""
        news, net = self.stations[0].id, gross - fee
        source = self._stripe_id("ch") if kind == "charge" else ""
        parts = {news: (gross, fee)}
        line_id = self._line(self._stripe_id("txn"), at, kind, source, text, parts, tie, None, payout_id, 1)
        self._post("line", line_id, at, {(Account.STRIPE, news): net, (account, news): -net})
        return net

    def _line(
        self,
        stripe_id: str,
        at: datetime,
        kind: str,
        source: str,
        text: str,
        parts: Parts,
        tie: Tie,
        tied_id: UUID | None,
        payout_id: UUID,
        postings: int = 0,
    ) -> UUID:
        gross, fee = (sum(part[side] for part in parts.values()) for side in (0, 1))
        line_id = self.rows.add(
            BalanceTransaction,
            at,
            stripe_id=stripe_id,
            type="stripe_fee" if kind == "fee" else kind,
            category=kind,
            source=source,
            text=text,
            gross_cents=gross,
            fee_cents=fee,
            net_cents=gross - fee,
            currency=CURRENCY,
            made_at=at,
            available_on=at + timedelta(days=2),
            payout_id=payout_id,
            tie=tie,
            tied_id=tied_id,
            why="" if tie is not Tie.UNMATCHED else "Nothing of ours has this id.",
            by_hand="",
            reason="",
            tied_at=at if tie is not Tie.UNMATCHED else None,
            postings=postings,
        )
        for station_id, (part, cut) in parts.items():
            self.rows.put(BalanceShare, line_id=line_id, station_id=station_id, gross_cents=part, fee_cents=cut)
        return line_id

    def _post(self, kind: str, row_id: UUID, at: datetime, lines: Mapping[tuple[Account, UUID], int]) -> None:
        source = f"{kind}:{row_id}:1"
        entry = self.rows.add(LedgerTransaction, at, at=at, kind=kind, source=source, payment_id=None)
        for (account, station_id), cents in lines.items():
            self.rows.add(
                LedgerEntry,
                at,
                transaction_id=entry,
                account=account,
                station_id=station_id,
                amount_cents=cents,
                currency=CURRENCY,
            )

    def _stripe_id(self, kind: str) -> str:
        """An id that looks like Stripe's and is nobody's."""
        self._number += 1
        return f"{kind}_demo_{9_000_000 + self._number}"


def _months(rows: Rows, calendar: Calendar, closer: Actor) -> None:
    """Every month is closed four days after its end; the last one waits, like the line that nobody knows."""
    month, now = month_of(calendar.at(calendar.first, time()), calendar.zone), calendar.now
    house = Subject("licensee", the_licensee().id)
    while (ends := month_bounds(month, calendar.zone)[1]) + WAITS < now:
        closed_at = ends + timedelta(days=4, hours=17)
        rows.put(
            Period,
            month=month,
            ends_at=ends,
            closed_at=closed_at,
            closed_by=closer.label,
            reopened_at=None,
            reopened_by="",
            reason="",
        )
        rows.tell("payments.period.closed", closed_at, closer, [house], {"month": month_name(month)})
        month = next_month(month)
