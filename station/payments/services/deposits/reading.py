"""Lines of Stripe's balance come into the house: kept once, tied where they can be, mended where money was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core.actor import Actor, job
from station.core.db import db, transaction
from station.core.ids import new_id
from station.core.upsert import insert_missing
from station.payments.gateway import Movement
from station.payments.models import BalanceTransaction, Tie
from station.payments.queries.payouts import balance
from station.payments.services.deposits import payouts, ties
from station.payments.services.deposits.mending import mend, unclear_key

AT_ONCE = 50
UNMATCHED = "payments.unmatched"
TIER = job("the tying of Stripe's lines")


@dataclass(frozen=True)
class Read:
    """What came of a list of lines: how many, those that were mended at Stripe's word, those tied to nothing."""

    looked: int
    mended: tuple[Movement, ...]
    unmatched: tuple[Movement, ...]


def keep_lines(found: Sequence[Movement], payout_id: UUID | None, actor: Actor) -> Read:
    """Keep lines, of a payout where one is named, and tie each.

    What a line tells of and we do not know is asked for at Stripe: a gift whose events were all lost is made now.
    Raises StripeUnavailable between transactions; what was kept stays.
    """
    waiting = _tie_all(found, payout_id, actor, book=False)
    mended = [each for each in waiting if mend(each, actor)]
    left = _tie_all(waiting, payout_id, actor, book=True)
    return Read(len(found), tuple(each for each in mended if each not in left), tuple(left))


def _tie_all(found: Sequence[Movement], payout_id: UUID | None, actor: Actor, *, book: bool) -> list[Movement]:
    """Keep and tie, some at a time; returns the lines that are tied to nothing, which are booked as such if asked."""
    waiting: list[Movement] = []
    for start in range(0, len(found), AT_ONCE):
        some = {each.id: each for each in found[start : start + AT_ONCE]}
        with transaction():
            for each in some.values():
                _keep(each)
            for line in balance.lock_lines(some):
                line.payout_id, before = payout_id or line.payout_id, line.tie
                if not tie_again(line, book=book):
                    waiting.append(some[line.stripe_id])
                elif before is Tie.UNMATCHED and payout_id is None:
                    refresh_payout_of(line, actor)
    return waiting


def _keep(found: Movement) -> None:
    insert_missing(
        BalanceTransaction,
        id=new_id(),
        stripe_id=found.id,
        type=found.type,
        category=found.category,
        source=found.source,
        text=found.text,
        gross_cents=found.gross_cents,
        fee_cents=found.fee_cents,
        net_cents=found.net_cents,
        currency=found.currency,
        made_at=found.made_at,
        available_on=found.available_on,
        tie=Tie.UNMATCHED,
        why="",
        by_hand="",
        reason="",
        postings=0,
    )


def tie_again(line: BalanceTransaction, *, book: bool = True) -> bool:
    """Tie a line that is tied to nothing; one that is tied, or that a person decided about, stays. True when it is
    tied now; if not, it stands in the ledger as unmatched, if asked. The caller has locked it."""
    if line.tie is not Tie.UNMATCHED or line.by_hand:
        return line.tie is not Tie.UNMATCHED
    kind, tied = ties.resolve(line)
    if kind is not Tie.UNMATCHED and line.postings:  # it stood as unmatched before
        settle_work_item(unclear_key(line.stripe_id), "It is tied now.", TIER)
    if book or kind is not Tie.UNMATCHED:
        payouts.set_tie(line, kind, tied)
    return kind is not Tie.UNMATCHED


def tie_what_waits(actor: Actor) -> int:
    """Try all unmatched lines again: what they tell of may be here by now. Returns how many were tied."""
    waiting, tied = [line.id for line in balance.unmatched_lines()], 0
    db.session().rollback()
    for line_id in waiting:
        with transaction():
            line = balance.lock_line(line_id)
            if line is not None and tie_again(line):
                tied += 1
                refresh_payout_of(line, actor)
    note_unmatched(actor)
    return tied


def refresh_payout_of(line: BalanceTransaction, actor: Actor) -> None:
    """The payout that holds a line learns what the line is now."""
    if line.payout_id is not None:
        payouts.refresh(balance.lock_payout_row(line.payout_id), actor)


def note_unmatched(actor: Actor) -> None:
    """One work item as long as there are unmatched lines. Opens a transaction."""
    with transaction():
        waiting = balance.unmatched_lines()
        if not waiting:
            settle_work_item(UNMATCHED, "Every line is tied.", actor)
            return
        oldest = waiting[0].made_at
        open_work_item(
            UNMATCHED,
            UNMATCHED,
            Role.DEVELOPMENT,
            "Money at Stripe that is tied to nothing",
            f"Lines of Stripe's balance since {oldest:%Y-%m-%d} are not tied. Say at Deposits, Unmatched, what each "
            "is; a month closes only when the list is empty.",
        )
