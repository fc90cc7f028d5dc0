"""Gifts that come past Stripe: keyed by a person, each with a payment, ledger lines and what acknowledges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core import clock, events, search
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id, public_id
from station.core.locks import lock_name
from station.core.money import Money
from station.giving import policies, queries
from station.giving.models import Gift
from station.giving.services.letters import letter_key
from station.licensee.queries import station_by_id, supported, the_licensee
from station.members import queries as members
from station.members.services import add_member
from station.payments import services as payments
from station.payments.models import Tender, Way
from station.payments.policies import tender_label
from station.payments.services import CannotUndo, Taken
from station.receipts.models import Acknowledged
from station.receipts.policies import Because, Benefit, Why, acknowledgment, judged, letter_advice
from station.receipts.queries import receipt
from station.receipts.services import issue, recall, replace, void_letters_of

MIDDAY = timedelta(hours=12)


@dataclass(frozen=True)
class NewDonor:
    """Somebody who is no member yet. An organisation has a `name`, a person has name parts; email may be empty."""

    given_name: str = ""
    family_name: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class OfflineGift:
    """A gift as keyed: whose, how much, as what. Days are station-local.

    `given_on` counts for the tax year: the postmark of a mailed check, else the day it was received (IRS Pub. 526).
    """

    donor: UUID | NewDonor
    tender: Tender
    amount: Money
    station_id: UUID
    given_on: date
    received_on: date
    second_station_id: UUID | None = None
    number: str = ""
    dated: date | None = None
    way: Way | None = None
    symbol: str = ""
    shares_e4: int = 0
    high_e4: int = 0
    low_e4: int = 0
    benefits: tuple[Benefit, ...] = ()
    note: str = ""
    again: bool = False

    @property
    def acknowledged(self) -> Acknowledged:
        """What the rules allow to be sent for it."""
        return acknowledgment(self.tender, self.way)

    @property
    def counted(self) -> Money:
        """What of the amount pays for something in return, by the rules: no contribution."""
        return judged(self.amount, self.given_on, self.benefits).in_return.value


class OfflineRefused(Exception):
    """Why a gift cannot be entered, in a sentence for the desk."""


class KeyedBefore(OfflineRefused):
    """The same member, amount and check number stand in the books. Carries the gift."""

    def __init__(self, gift_id: UUID) -> None:
        super().__init__("This check was entered before, for the same member and amount.")
        self.gift_id = gift_id


def record_offline_gift(keyed: OfflineGift, actor: Actor) -> UUID:
    """Write a gift that was given past Stripe; returns its id. Joins the caller's transaction, as a stack would.

    Raises KeyedBefore for a check that stands there already, unless `again` says that it is another one, and
    OfflineRefused for what no gift can be.
    """
    if problem := policies.offline_problem(
        keyed.tender, keyed.way, keyed.amount, keyed.counted, bool(keyed.benefits)
    ):
        raise OfflineRefused(problem)
    with transaction():
        member_id = _donor(keyed, actor)
        lock_name(f"giving.offline:{member_id}")
        known = queries.check_keyed(member_id, keyed.amount, keyed.number) if keyed.number else None
        if known is not None and not keyed.again:
            raise KeyedBefore(known)
        gift = _write(keyed, member_id, actor)
        label = _acknowledge(gift, keyed, actor)
        _tell(gift, keyed, label, actor)
        return gift.id


def _donor(keyed: OfflineGift, actor: Actor) -> UUID:
    if isinstance(keyed.donor, UUID):
        return keyed.donor
    new = keyed.donor
    return add_member(new.given_name, new.family_name, new.name, new.email, actor)


def _write(keyed: OfflineGift, member_id: UUID, actor: Actor) -> Gift:
    session, gift_id = db.session(), new_id()
    start, _ = clock.day_bounds(keyed.given_on, the_licensee().timezone)
    taken = Taken(
        tender=keyed.tender,
        reference=gift_id,
        station_id=keyed.station_id,
        second_station_id=keyed.second_station_id,
        amount=keyed.amount,
        received_on=keyed.received_on,
        at=min(start + MIDDAY, clock.now()),
        goods_cents=keyed.counted.cents,
        number=keyed.number,
        dated=keyed.dated,
        way=keyed.way,
        symbol=keyed.symbol,
        shares_e4=keyed.shares_e4,
        high_e4=keyed.high_e4,
        low_e4=keyed.low_e4,
        note=keyed.note,
    )
    gift = Gift(
        id=gift_id,
        payment_id=payments.take_in(taken, actor),
        pledge_id=None,
        member_id=member_id,
        station_id=keyed.station_id,
        amount_cents=keyed.amount.cents,
        currency=keyed.amount.currency,
        given_on=keyed.given_on,
        source=keyed.tender.value,
        acknowledged=keyed.acknowledged,
        created_at=clock.now(),
    )
    session.add(gift)
    session.flush()
    return gift


def _acknowledge(gift: Gift, keyed: OfflineGift, actor: Actor) -> str:
    """Its receipt's number, where the rules allow one; else work for a person who writes."""
    donor = members.member(gift.member_id)
    assert donor is not None  # noqa: S101  # foreign key
    if gift.acknowledged is Acknowledged.RECEIPT:
        receipt_id = issue(
            reference=gift.id,
            member_id=gift.member_id,
            donor_name=donor.name,
            email=donor.email,
            amount=gift.amount,
            given_on=gift.given_on,
            station_name=_supported(keyed),
            interval=None,
            actor=actor,
            benefits=keyed.benefits,
            language=donor.language,
            received_on=keyed.received_on,
        )
        issued = receipt(receipt_id) if receipt_id else None
        return issued.label if issued else ""
    if gift.acknowledged is Acknowledged.LETTER:
        open_work_item(
            "giving.letter",
            letter_key(gift.id),
            Role.DEVELOPMENT,
            f"Write to {donor.name} about {came_as(keyed)}",
            letter_advice(keyed.way),
            Subject("gift", gift.id),
            {"gift": public_id("gift", gift.id)},
        )
    return ""


def came_as(keyed: OfflineGift) -> str:
    """What the gift came as: check 1047; 12.5 shares of ACME."""
    return tender_label(keyed.tender, keyed.number, keyed.shares_e4, keyed.symbol, keyed.way)


def _supported(keyed: OfflineGift) -> str:
    second = station_by_id(keyed.second_station_id) if keyed.second_station_id else None
    return supported(station_by_id(keyed.station_id), second)


def _tell(gift: Gift, keyed: OfflineGift, label: str, actor: Actor) -> None:
    facts = policies.gift_facts(gift.amount, None, _supported(keyed), gift.given_on, label, gift.source)
    about = {"member": gift.member_id, "gift": gift.id, "payment": gift.payment_id}
    subjects = [Subject(kind, row_id) for kind, row_id in about.items()]
    events.record("giving.gift.entered", actor, subjects, {**facts, "as": came_as(keyed)})
    donor = members.member(gift.member_id)
    named = donor.name if donor else ""
    words = f"{donor.email if donor else ''} {label} {keyed.number}"
    search.index("gift", gift.id, f"{gift.amount} from {named}, {gift.given_on}", words)


def void_gift(gift_id: UUID, reason: str, actor: Actor, *, bounced: bool = False) -> None:
    """Take back a gift that was keyed by mistake, or whose check bounced: payment, ledger, receipt, letters in one.

    The gift and its receipt's number stay. Whom the receipt or a letter may have reached is told, but not in the
    words of `reason`, which are the desk's. Raises CannotUndo.
    """
    with transaction() as session:
        gift = session.get(Gift, gift_id)
        if gift is None:
            raise CannotUndo("There is no such gift.")
        (payments.bounce_check if bounced else payments.void_payment)(gift.payment_id, reason, actor)
        donor = members.member(gift.member_id)
        why = Why(Because.CHECK_BOUNCED, gift.amount) if bounced else Why(Because.MISTAKE)
        replace(
            reference=gift.id,
            amount=Money(0, gift.currency),
            email=donor.email if donor else "",
            station_name=station_by_id(gift.station_id).name,
            interval=None,
            reason=why,
            tell=recall(gift.id, reason, actor),
            actor=actor,
        )
        void_letters_of(gift.id, why, actor)
        settle_work_item(letter_key(gift.id), "The gift was taken back.", actor)
        about = [Subject("gift", gift.id), Subject("member", gift.member_id)]
        events.record("giving.gift.voided", actor, about, {"amount": str(gift.amount), "reason": reason})
