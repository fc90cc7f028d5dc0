"""A payout on paper: what each station gets, and the journal that a bookkeeper enters. Plain values, whole cents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from station.payments.models import Tie

FEES = (Tie.FEE, Tie.DISPUTE_FEE)
OTHERS = {
    Tie.PAYOUT: "Payout that came back",
    Tie.OPENING: "Opening balance",
    Tie.ELSEWHERE: "Other programs",
    Tie.OWN: "Own money",
    Tie.UNMATCHED: "Unmatched",
}


@dataclass(frozen=True)
class Part:
    """A station's part of a line of a payout, in cents; `goods` is what of it was paid for goods."""

    station_id: UUID
    tie: Tie
    gross: int
    fee: int
    goods: int = 0


@dataclass(frozen=True)
class SlipRow:
    """A station's row of the deposit slip, in cents, as they count towards `net`."""

    station_id: UUID
    gifts: int = 0
    refunds: int = 0
    disputes: int = 0
    fees: int = 0
    other: int = 0

    @property
    def net(self) -> int:
        return self.gifts + self.refunds + self.disputes + self.fees + self.other


@dataclass(frozen=True)
class JournalLine:
    """One line of the journal: a debit is positive, a credit negative, in cents."""

    account: str
    station_id: UUID
    cents: int


def slip(parts: Iterable[Part]) -> list[SlipRow]:
    """The deposit slip: a row a station, in the order in which the stations first appear."""
    rows: dict[UUID, SlipRow] = {}
    columns = {Tie.PAYMENT: "gifts", Tie.REFUND: "refunds", Tie.DISPUTE: "disputes"} | dict.fromkeys(FEES, "fees")
    for part in parts:
        row = rows.get(part.station_id) or SlipRow(part.station_id)
        column = columns.get(part.tie, "other")
        row = replace(row, **{column: getattr(row, column) + part.gross})
        rows[part.station_id] = replace(row, fees=row.fees - part.fee)
    return list(rows.values())


def journal(parts: Iterable[Part], undone: bool = False) -> list[JournalLine]:
    """The journal of a payout: cash and fees in debit, contributions (less refunds) and what else there is in credit.

    It sums to zero by station. That of a payout that came back, `undone`, is the same with its sides changed.
    """
    sums: dict[tuple[str, UUID], int] = {}

    def add(account: str, station_id: UUID, cents: int) -> None:
        sums[account, station_id] = sums.get((account, station_id), 0) + cents

    for part in parts:
        add("Cash", part.station_id, part.gross - part.fee)
        add("Processing fees", part.station_id, part.fee)
        if part.tie in (Tie.PAYMENT, Tie.REFUND):
            add("Contributions", part.station_id, part.goods - part.gross)
            add("Goods for donors", part.station_id, -part.goods)
        elif part.tie in FEES:
            add("Dispute fees" if part.tie is Tie.DISPUTE_FEE else "Processing fees", part.station_id, -part.gross)
        elif part.tie is Tie.DISPUTE:
            add("Disputed gifts", part.station_id, -part.gross)
        else:
            add(OTHERS[part.tie], part.station_id, -part.gross)
    sign = -1 if undone else 1
    found = [JournalLine(account, station_id, sign * cents) for (account, station_id), cents in sums.items() if cents]
    return sorted(found, key=lambda line: (line.account != "Cash", line.cents < 0, line.account))
