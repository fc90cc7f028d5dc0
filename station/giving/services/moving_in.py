"""Sustainers of another program in the same Stripe account: each goes on as one of ours, or is told with the reason.

One active each: two standing orders of one person for one station are doubles, and a person says which one stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id, public_id, row_id
from station.core.money import Money
from station.giving import queries
from station.giving.models import Frequency, Pledge
from station.giving.policies import name_parts
from station.licensee.queries import the_licensee
from station.members.policies import normalise_email
from station.members.services import match_or_create
from station.payments import gateway
from station.payments import queries as payments
from station.payments.gateway import ForeignOrder
from station.payments.models import Interval
from station.payments.services import ask_renewals, sustaining

UNPAID = ("past_due", "unpaid")
RUNS = ("active", "trialing", *UNPAID)
CHARGES = {Interval.MONTH: 12, Interval.QUARTER: 4, Interval.YEAR: 1}  # a year
SOURCE = "moved"


class Outcome(StrEnum):
    ADOPTED = "adopted"
    KNOWN = "known"  # ours, or adopted before
    DOUBLE = "double"  # one person, one station, and another one that runs
    REFUSED = "refused"


@dataclass(frozen=True)
class Ruling:
    """What a person says of a standing order, a price or a product: its station, and whether it is adopted at all.

    `adopt`: True also for a double, False for one that stays out; None leaves it to the rules.
    """

    station_id: UUID | None = None
    adopt: bool | None = None


@dataclass(frozen=True)
class Line:
    """One standing order: its old id, its new one where it has one, and what became of it."""

    old: str
    customer: str
    amount: Money
    interval: Interval | None
    outcome: Outcome
    reason: str = ""
    new: str = ""
    member: str = ""
    station_id: UUID | None = None

    @property
    def yearly(self) -> int:
        """What it brings in twelve months, in cents: whole for every interval."""
        return self.amount.cents * CHARGES[self.interval] if self.interval else 0


@dataclass
class CutOver:
    """All standing orders of the account. `before` and `after` are cents a year of those that are ours now: as Stripe
    charges them, and as our rows say. They are the same to the cent, or something is wrong."""

    lines: list[Line] = field(default_factory=list)
    after: int = 0

    @property
    def before(self) -> int:
        ours = (Outcome.ADOPTED, Outcome.KNOWN)
        return sum(line.yearly for line in self.lines if line.outcome in ours)

    def many(self) -> Counter[Outcome]:
        return Counter(line.outcome for line in self.lines)


def adopt_sustainers(
    rulings: Mapping[str, Ruling], station_id: UUID | None, actor: Actor, *, dry_run: bool = False
) -> CutOver:
    """Adopt what runs in the account; again adopts only what is new. `station_id`: of those that no ruling names.

    Runs outside any transaction; each standing order is one of its own, and a call to Stripe. Nothing is charged,
    changed or mailed. Raises StripeUnavailable and StripeRefused; then what was adopted stays, and the same again
    goes on.
    """
    judged = _doubles([_judged(each, rulings, station_id) for each in _listed()], rulings)
    found = CutOver()
    for foreign, line in judged:
        found.lines.append(line if dry_run else _carry_out(foreign, line, actor))
    found.after = found.before if dry_run else _ours(found)
    return found


def _listed() -> Iterator[ForeignOrder]:
    after = ""
    while True:
        page, after = gateway.foreign_orders(after)
        yield from page
        if not after:
            return


def _judged(
    foreign: ForeignOrder, rulings: Mapping[str, Ruling], station_id: UUID | None
) -> tuple[ForeignOrder, Line]:
    order = foreign.order
    ruling = _ruling(foreign, rulings)
    amount = Money(order.amount_cents or 0, foreign.currency)
    line = Line(order.id, order.customer, amount, order.interval, Outcome.ADOPTED)
    line = replace(line, station_id=ruling.station_id or station_id)
    known = payments.orders_at_stripe([order.id]).get(order.id)
    if known is None and order.ours.subscription_id:
        known = payments.subscription(order.ours.subscription_id)
    if known is not None:
        return foreign, replace(line, outcome=Outcome.KNOWN, new=known.public_id, station_id=known.station_id)
    reason = _why_not(foreign, line, ruling)
    return foreign, replace(line, outcome=Outcome.REFUSED, reason=reason) if reason else line


def _ruling(foreign: ForeignOrder, rulings: Mapping[str, Ruling]) -> Ruling:
    """What is said of it, of its price or of its product; the closest one says first."""
    said = [rulings[key] for key in (foreign.order.id, *foreign.priced_by) if key in rulings]
    return Ruling(
        next((each.station_id for each in said if each.station_id), None),
        next((each.adopt for each in said if each.adopt is not None), None),
    )


def _why_not(foreign: ForeignOrder, line: Line, ruling: Ruling) -> str:
    """Why a standing order cannot be adopted, or nothing."""
    order = foreign.order
    reasons = (
        (foreign.taken, "its metadata has the ids of another Station, or of a database that is gone"),
        (ruling.adopt is False, "the map leaves it out"),
        (order.status not in RUNS, f"it is {order.status}, so it does not run"),
        (foreign.by_invoice, "it is billed by invoices that the donor pays by hand"),
        (foreign.currency != the_licensee().currency, f"it is charged in {foreign.currency.upper()}"),
        (not order.item, "it has not exactly one item"),
        (line.amount.cents <= 0, "its price has no fixed amount of whole cents"),
        (order.interval is None, "it is charged neither monthly, quarterly nor yearly"),
        (not foreign.email, "its customer has no email address"),
        (line.station_id is None, "no station is named for it: name it in the map, or give --station"),
    )
    return next((words for wrong, words in reasons if wrong), "")


def _doubles(
    judged: list[tuple[ForeignOrder, Line]], rulings: Mapping[str, Ruling]
) -> list[tuple[ForeignOrder, Line]]:
    """Tell the doubles: of one person and station, the account or we have another one that runs."""
    runs = Counter(_person(foreign, line) for foreign, line in judged if line.outcome is Outcome.ADOPTED)
    found = []
    for foreign, line in judged:
        meant = _ruling(foreign, rulings).adopt is True
        if line.outcome is Outcome.ADOPTED and not meant:
            ours = queries.running_sustainers(foreign.email, line.station_id) if line.station_id else []
            if ours or runs[_person(foreign, line)] > 1:
                why = "one person has several for this station; say in the map which one is adopted"
                line = replace(line, outcome=Outcome.DOUBLE, reason=why)
        found.append((foreign, line))
    return found


def _person(foreign: ForeignOrder, line: Line) -> tuple[str, UUID | None]:
    return normalise_email(foreign.email), line.station_id


def _carry_out(foreign: ForeignOrder, line: Line, actor: Actor) -> Line:
    """Do what was judged; one that was adopted before, whose mark Stripe may not have, is marked again."""
    if line.outcome is Outcome.ADOPTED:
        return _adopted(foreign, line, actor)
    known = row_id(gateway.SUBSCRIPTION_PREFIX, line.new)
    if line.outcome is Outcome.KNOWN and known:
        sustaining.mark_adopted(known)
    return line


def _adopted(foreign: ForeignOrder, line: Line, actor: Actor) -> Line:
    """Member, promise and standing order in one transaction, then the mark at Stripe."""
    given, family = name_parts(foreign.name)
    assert line.interval is not None and line.station_id is not None  # noqa: PT018, S101  # judged
    with transaction():
        member_id = match_or_create(given, family, foreign.email, actor)
        pledge = Pledge(
            id=new_id(),
            attempt=f"{SOURCE}:{line.old}"[:64],
            station_id=line.station_id,
            frequency=Frequency(line.interval.value),
            amount_cents=line.amount.cents,
            currency=line.amount.currency,
            given_name=given,
            family_name=family,
            email=foreign.email,
            source=SOURCE,
            payment_id=None,
            member_id=member_id,
            created_at=clock.now(),
        )
        db.session().add(pledge)
        db.session().flush()
        order_id = sustaining.adopt(foreign, line.station_id, pledge.id, actor)
        about = {"member": member_id, "pledge": pledge.id, "subscription": order_id}
        said = {"amount": str(line.amount), "interval": line.interval.value, "old": line.old}
        subjects = [Subject(kind, row_id) for kind, row_id in about.items()]
        events.record("giving.sustainer.adopted", actor, subjects, said)
    refused = sustaining.mark_adopted(order_id)
    if foreign.order.status in UNPAID:
        ask_renewals(order_id)  # its open bill is ours to follow from now on
    new, member = public_id(gateway.SUBSCRIPTION_PREFIX, order_id), public_id("member", member_id)
    why = f"adopted, but Stripe did not take the mark: {refused}" if refused else ""
    return replace(line, new=new, member=member, reason=why)


def _ours(found: CutOver) -> int:
    """What our rows say of those that are ours, in cents a year."""
    rows = payments.orders_at_stripe([line.old for line in found.lines if line.new])
    return sum(row.amount.cents * CHARGES[row.interval] for row in rows.values())
