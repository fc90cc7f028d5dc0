"""What payouts and lines mean in the ledger. Inside the caller's transaction, on rows that the caller has locked.

Each function brings the books to what the rows say now, so that the order of Stripe's events does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db
from station.core.events import Subject
from station.core.money import Money
from station.licensee.queries import the_licensee
from station.payments.models import Account, BalanceShare, BalanceTransaction, Listing, Payout, PayoutState, Tie
from station.payments.policies import OTHER_SIDE, Share, nets
from station.payments.queries.payouts import balance
from station.payments.services import ledger
from station.payments.services.deposits.ties import Tied


def parts_of(payout: Payout) -> dict[UUID, int]:
    """What each station gets of a payout, in cents: the sum of its lines once they make it; until then, and of a
    payout by hand, as the stations took money in the thirty days before it. One by hand stays as it was booked,
    whatever is learned of those days later."""
    if payout.read_at is not None and not payout.problem:
        return nets(balance.shares_of([line.id for line in balance.lines_of(payout.id)]))
    if payout.listing is Listing.NEVER and payout.postings:
        return balance.first_parts(payout.id)
    weights = balance.station_weights(payout.made_at)
    parts = payout.amount.allocate(list(weights.values()))
    return {station_id: part.cents for station_id, part in zip(weights, parts, strict=True)}


def refresh(payout: Payout, actor: Actor) -> None:
    """Bring a payout's sum, its ledger and whatever holds its return to what its lines and its state say."""
    lines = balance.lines_of(payout.id)
    if payout.read_at is not None:
        _check(payout, sum(line.net_cents for line in lines), actor)
        tied = not payout.problem and all(line.tie is not Tie.UNMATCHED for line in lines)
        if tied and payout.reconciled_at is None:
            events.record(
                "payments.payout.reconciled",
                actor,
                [Subject("payout", payout.id)],
                {"amount": str(payout.amount), "lines": len(lines)},
            )
        payout.reconciled_at = (payout.reconciled_at or clock.now()) if tied else None
    _post(payout)
    _share_with_returns(payout, actor)


def _check(payout: Payout, total: int, actor: Actor) -> None:
    """The lines must make the payout to the cent; if not, that is a person's."""
    key = f"payments.payout:{payout.id}"
    if total == payout.amount_cents:
        payout.problem = ""
        settle_work_item(key, "Its lines make its sum now.", actor)
        return
    found = Money(total, payout.currency)
    payout.problem = f"Its lines sum to {found}, not to {payout.amount}."
    open_work_item(
        "payments.payout",
        key,
        Role.DEVELOPMENT,
        "A payout whose lines do not make its sum",
        f"{payout.stripe_id}: {payout.problem} Stripe is asked again every day.",
        Subject("payout", payout.id),
    )


def _post(payout: Payout) -> None:
    """A paid payout is at the bank, by station; any other is not, and what was booked is undone."""
    target: dict[ledger.Holding, int] = {}
    if payout.state is PayoutState.PAID:
        for station_id, cents in parts_of(payout).items():
            target[Account.STRIPE, station_id], target[Account.BANK, station_id] = -cents, cents
    now = clock.now()
    at = now if payout.postings else min(clock.day_bounds(payout.arrives_on, the_licensee().timezone)[0], now)
    payout.postings = ledger.bring("payout", payout.id, payout.postings, at, payout.currency, target)


def _share_with_returns(payout: Payout, actor: Actor) -> None:
    """The payout's own line, and the one that brings it back, are shared as the payout is; so is what holds them."""
    for line in balance.lines_tied_to(payout.id):
        if write_shares(line, shares_of_payout(line, payout)) and line.payout_id not in (None, payout.id):
            refresh(balance.lock_payout_row(line.payout_id), actor)


def shares_of_payout(line: BalanceTransaction, payout: Payout) -> list[Share]:
    """The stations' parts of a line that is a payout, or its return."""
    sign = -1 if (line.gross_cents < 0) is (payout.amount_cents > 0) else 1
    return [Share(station_id, sign * cents, 0) for station_id, cents in parts_of(payout).items()]


def payout_tie(line: BalanceTransaction) -> Tied | None:
    """A payout's own line, or the return of one that failed or was cancelled."""
    if line.category not in ("payout", "payout_reversal"):
        return None
    payout = balance.payout_of(line.source)
    if payout is None:
        return None
    if abs(line.net_cents) != abs(payout.amount_cents) or line.fee_cents:
        return Tied(payout.id, problem=f"Its payout is of {payout.amount}, not of {line.net}.")
    return Tied(payout.id, shares_of_payout(line, payout))


def set_tie(
    line: BalanceTransaction, kind: Tie, tied: Tied, target: Mapping[ledger.Holding, int] | None = None
) -> None:
    """Write what a line is, its shares, and its ledger; `target` where a person says how it is booked."""
    line.tie, line.tied_id, line.why = kind, tied.row_id, tied.problem[:300]
    line.tied_at = None if kind is Tie.UNMATCHED else clock.now()
    db.session().flush()
    write_shares(line, tied.shares)
    now = clock.now()
    at = now if line.postings else min(line.made_at, now)
    wanted = _booked_here(line, tied) if target is None else target
    line.postings = ledger.bring("line", line.id, line.postings, at, line.currency, wanted)


def _booked_here(line: BalanceTransaction, tied: Tied) -> dict[ledger.Holding, int]:
    """What no row of ours has booked is booked by the line itself."""
    other = OTHER_SIDE.get(line.tie)
    target: dict[ledger.Holding, int] = {}
    for share in tied.shares if other else ():
        target[Account.STRIPE, share.station_id] = share.net
        target[other, share.station_id] = -share.net  # type: ignore[index]
    return target


def write_shares(line: BalanceTransaction, shares: Sequence[Share]) -> bool:
    """Replace a line's shares. False when they stood there already."""
    session, fresh = db.session(), {share.station_id: share for share in shares}
    known = {share.station_id: share for share in balance.shares_of([line.id])}
    if known == fresh:
        return False
    session.execute(sa.delete(BalanceShare).where(BalanceShare.line_id == line.id))
    session.add_all(
        BalanceShare(line_id=line.id, station_id=each.station_id, gross_cents=each.gross, fee_cents=each.fee)
        for each in shares
    )
    session.flush()
    return True
