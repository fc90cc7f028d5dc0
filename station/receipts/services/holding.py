"""Receipts that wait: what no rule can say yet is written later, because a wrong receipt is worse than a late one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core import clock, events
from station.core.actor import Actor, job
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id, public_id
from station.core.locks import lock_name
from station.core.money import Money
from station.receipts.models import HeldReceipt
from station.receipts.policies import Benefit, Judged
from station.receipts.queries import Asked, facts_kept, of_facts

HELD = "receipts.held"
CLERK = job("the receipts desk")
Write = Callable[[Asked, Judged, int, str, str, Actor], UUID]


def lock(reference: UUID) -> None:
    """Wait until nobody else writes the receipts of a contribution, and hold that right until the transaction ends.

    Call it before the first look at them: what somebody else wrote in the same instant is seen then. Whoever also
    locks a payment, a held receipt, a message or a year's numbers does it in that order: payment, this, the others.
    """
    lock_name(f"receipts:{reference}")


def held_key(reference: UUID) -> str:
    """The key of the work item that says why a receipt waits."""
    return f"{HELD}:{reference}"


def hold(
    asked: Asked, waits: str, actor: Actor, *, version: int = 1, replaces: str = "", reason: str = ""
) -> HeldReceipt:
    """Keep what a receipt is written from until the rules can say it, and tell a person why. Again is one."""
    with transaction() as session:
        row = session.scalar(sa.select(HeldReceipt).where(HeldReceipt.reference == asked.reference))
        if row is None:
            row = HeldReceipt(id=new_id(), reference=asked.reference, member_id=asked.member_id)
            session.add(row)
        row.donor_name, row.given_on, row.settled_at = asked.donor_name[:200], asked.given_on, None
        row.amount_cents, row.currency = asked.amount.cents, asked.amount.currency
        row.facts = {**facts_kept(asked), "version": version, "replaces": replaces, "reason": reason}
        row.reason, row.held_at = waits[:300], clock.now()
        session.flush()
        open_work_item(
            HELD,
            held_key(asked.reference),
            Role.DEVELOPMENT,
            f"The receipt of {asked.donor_name} for {asked.amount} waits",
            f"{waits} The money is booked. The receipt is written once this is known; open it to try again.",
            Subject("held_receipt", row.id),
            {"held": public_id("held", row.id)},
        )
        about = [Subject("held_receipt", row.id), Subject("member", row.member_id)]
        events.record("receipts.receipt.held", actor, about, {"amount": str(asked.amount), "reason": waits})
        return row


def bring(reference: UUID, amount: Money, benefits: Sequence[Benefit] | None, actor: Actor) -> None:
    """Bring a receipt that waits to what is left of its gift; of nothing none is owed. Joins the transaction."""
    row = _open(reference)
    if row is None:
        return
    if not amount.cents:
        _settle(row, "Nothing is left of the gift, so no receipt is owed.", actor)
        return
    row.amount_cents = amount.cents
    if benefits is not None:
        asked = of_facts(row)
        row.facts = {**row.facts, **facts_kept(asked, benefits)}
    db.session().flush()


def release(reference: UUID, write: Write, actor: Actor) -> UUID | None:
    """Write a receipt that waits, if the rules can say it now; returns its id, or None while they cannot."""
    with transaction():
        lock(reference)
        row = _open(reference)
        if row is None:
            return None
        asked = of_facts(row)
        judged = asked.judged()
        if judged.waits:
            row.reason = judged.waits[:300]
            return None
        known = row.facts
        made = write(asked, judged, known["version"], known["replaces"], known["reason"], actor)
        _settle(row, "The receipt is written.", actor)
        return made


def open_ones() -> list[UUID]:
    """The contributions whose receipts wait, oldest first."""
    waiting = sa.select(HeldReceipt.reference).where(HeldReceipt.settled_at.is_(None))
    return list(db.session().scalars(waiting.order_by(HeldReceipt.held_at)))


def _open(reference: UUID) -> HeldReceipt | None:
    wanted = sa.select(HeldReceipt).where(HeldReceipt.reference == reference, HeldReceipt.settled_at.is_(None))
    return db.session().scalar(wanted)


def _settle(row: HeldReceipt, note: str, actor: Actor) -> None:
    row.settled_at = clock.now()
    db.session().flush()
    settle_work_item(held_key(row.reference), note, actor)
