"""What must be true of deposits. Each check returns one line for each breach; none asks Stripe."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.payments.models import (
    Account,
    BalanceShare,
    BalanceTransaction,
    LedgerEntry,
    LedgerTransaction,
    Payout,
    PayoutState,
    StripeSweep,
    SweepKind,
    Tie,
)

SHOWN = 50
SILENT = timedelta(days=3)


def untied_in_reconciled() -> list[str]:
    """Lines of reconciled payouts that are tied to nothing."""
    rows = db.session().execute(
        sa.select(BalanceTransaction.stripe_id, Payout.stripe_id.label("payout"))
        .join(Payout, Payout.id == BalanceTransaction.payout_id)
        .where(Payout.reconciled_at.is_not(None), BalanceTransaction.tie == Tie.UNMATCHED)
        .limit(SHOWN)
    )
    return [f"{row.stripe_id} in {row.payout} is tied to nothing" for row in rows]


def payouts_beside_their_lines() -> list[str]:
    """Payouts that were read and are not the sum of their lines, and lines that are not the sum of their shares."""
    own = sa.and_(BalanceTransaction.tie == Tie.PAYOUT, BalanceTransaction.tied_id == BalanceTransaction.payout_id)
    total = sa.func.coalesce(sa.func.sum(BalanceTransaction.net_cents), 0)
    sums = sa.select(BalanceTransaction.payout_id, total.label("cents")).where(~own)
    lines = sums.group_by(BalanceTransaction.payout_id).subquery()
    rows = db.session().execute(
        sa.select(Payout.stripe_id, Payout.amount_cents, lines.c.cents)
        .join(lines, lines.c.payout_id == Payout.id, isouter=True)
        .where(Payout.read_at.is_not(None), sa.func.coalesce(lines.c.cents, 0) != Payout.amount_cents)
        .limit(SHOWN)
    )
    found = [f"{row.stripe_id} is of {row.amount_cents} cents, its lines of {row.cents or 0}" for row in rows]
    parts = sa.func.coalesce(sa.func.sum(BalanceShare.gross_cents - BalanceShare.fee_cents), 0)
    broken = db.session().execute(
        sa.select(BalanceTransaction.stripe_id, BalanceTransaction.net_cents, parts.label("cents"))
        .join(BalanceShare, BalanceShare.line_id == BalanceTransaction.id, isouter=True)
        .group_by(BalanceTransaction.id, BalanceTransaction.stripe_id, BalanceTransaction.net_cents)
        .having(parts != BalanceTransaction.net_cents)
        .limit(SHOWN)
    )
    return found + [f"{row.stripe_id} is of {row.net_cents} cents, its shares of {row.cents}" for row in broken]


def bank_beside_payouts() -> list[str]:
    """Payouts whose deposit in the ledger is not theirs: the amount of a paid one, nothing of any other."""
    booked = (
        sa.select(LedgerTransaction.source, sa.func.sum(LedgerEntry.amount_cents).label("cents"))
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(LedgerTransaction.kind == "payout", LedgerEntry.account == Account.BANK)
        .group_by(LedgerTransaction.source)
    )
    sums: dict[str, int] = {}
    for row in db.session().execute(booked):
        payout_id = row.source.split(":")[1]
        sums[payout_id] = sums.get(payout_id, 0) + int(row.cents)
    breaches = []
    for payout in db.session().scalars(sa.select(Payout).order_by(Payout.made_at)):
        wanted = payout.amount_cents if payout.state is PayoutState.PAID else 0
        found = sums.pop(str(payout.id), 0)
        if found != wanted:
            breaches.append(f"{payout.stripe_id} ({payout.state}) has {found} cents at the bank, not {wanted}")
    breaches += [
        f"the ledger has {cents} cents at the bank for no payout ({key})" for key, cents in sums.items() if cents
    ]
    return breaches[:SHOWN]


def differs_from_stripe() -> list[str]:
    """What the last comparison found, and a comparison that has not been made for three days."""
    last = last_comparison()
    if last is None:
        return []
    if last.began_at < clock.now() - SILENT:
        return [f"Stripe's balance and ours were last compared at {last.began_at:%Y-%m-%d %H:%M} UTC"]
    return list(last.notes)


def last_comparison() -> StripeSweep | None:
    """The newest comparison, or None."""
    newest = (
        sa.select(StripeSweep).where(StripeSweep.kind == SweepKind.COMPARISON).order_by(StripeSweep.began_at.desc())
    )
    return db.session().scalar(newest.limit(1))


def looked_since(at: datetime) -> bool:
    """Whether a sweep of Stripe's balance lines and a comparison have both begun at an instant or later."""
    needed = (SweepKind.LINES, SweepKind.COMPARISON)
    since = (StripeSweep.kind.in_(needed), StripeSweep.began_at >= at)
    return db.session().scalar(sa.select(sa.func.count(StripeSweep.kind.distinct())).where(*since)) == len(needed)
