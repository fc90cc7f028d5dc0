"""What giving does when payments tell of money: gifts, receipts, and work for people. It never refuses money."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core import clock, events, search
from station.core.actor import STRIPE, Actor, ActorKind
from station.core.db import db, savepoint, transaction
from station.core.events import Subject
from station.core.ids import new_id, public_id
from station.giving.models import Gift, Pledge
from station.giving.policies import gift_facts, gift_subjects, name_parts
from station.giving.queries import gift_of_payment
from station.giving.queries.checks import HELD, held_key
from station.licensee.queries import station_by_id, supported, the_licensee
from station.members import queries as members
from station.members.policies import printed_name
from station.members.services import match_or_create
from station.payments import queries as payments
from station.payments.facts import (
    PaymentExpired,
    PaymentFailed,
    PaymentSettled,
    RenewalFailed,
    RenewalNeedsAction,
    RenewalRecovered,
    SubscriptionEnded,
    SustainerLapsed,
)
from station.payments.models import PaymentKind
from station.receipts.queries import receipt
from station.receipts.services import issue

log = logging.getLogger(__name__)


class NoPledge(Exception):
    """Money arrived for something that giving does not know."""


class NoDonor(Exception):
    """Money arrived for a pledge whose donor has told neither us nor Stripe who they are."""


def money_arrived(settled: PaymentSettled) -> None:
    """Make the gift of a settled payment. What goes wrong here becomes a work item; the settlement stands."""
    try:
        with savepoint():
            make_gift(settled)
    except sa.exc.OperationalError:  # the database itself: the whole settlement is tried again
        raise
    except Exception as error:  # whatever it is, it must not refuse money
        log.exception("payment %s settled, but its gift could not be made", settled.payment_id)
        _hold(settled, error)


def make_gift(settled: PaymentSettled) -> UUID:
    """The gift of a settled payment with its member, receipt and event; the one there is when it was made before.

    Joins the transaction. The gift's date is the station's own on the day of the charge. Raises NoPledge or NoDonor.
    """
    with transaction() as session:
        known = gift_of_payment(settled.payment_id)
        if known is not None:
            return known
        pledge = session.get(Pledge, settled.reference)
        if pledge is None:
            raise NoPledge(f"no pledge {settled.reference}")
        _name_donor(pledge, settled)
        donor = _donor(pledge)
        pledge.member_id = member_id = donor.member_id
        if settled.kind is not PaymentKind.RENEWAL:
            pledge.amount_cents = settled.amount.cents  # what was charged, should it differ from what was asked
        gift = Gift(
            id=new_id(),
            payment_id=settled.payment_id,
            pledge_id=pledge.id,
            member_id=member_id,
            station_id=settled.station_id,
            amount_cents=settled.amount.cents,
            currency=settled.amount.currency,
            given_on=clock.local_date(settled.settled_at, the_licensee().timezone),
            source=pledge.source,
            created_at=clock.now(),
        )
        session.add(gift)
        session.flush()
        _acknowledge(gift, pledge, donor)
        return gift.id


@dataclass(frozen=True)
class _Donor:
    """Whose gift it is, and where the receipt goes."""

    member_id: UUID
    name: str
    email: str
    language: str


def _name_donor(pledge: Pledge, settled: PaymentSettled) -> None:
    """A pledge that was paid past our page has as its donor whom Stripe was told. Raises NoDonor."""
    if pledge.email:
        return
    if not settled.payer_email:
        raise NoDonor("nobody said who gave it")
    pledge.given_name, pledge.family_name = name_parts(settled.payer_name)
    pledge.email = settled.payer_email


def _donor(pledge: Pledge) -> _Donor:
    """The member whom the form names; for a renewal the same one, as they are called and reached today."""
    known = members.member(pledge.member_id) if pledge.member_id else None
    if known is not None:
        return _Donor(known.id, known.name, known.email or pledge.email, known.language)
    member_id = match_or_create(pledge.given_name, pledge.family_name, pledge.email, STRIPE, pledge.language)
    found = members.member(member_id)
    language = found.language if found else pledge.language
    return _Donor(member_id, printed_name(pledge.given_name, pledge.family_name), pledge.email, language)


def _acknowledge(gift: Gift, pledge: Pledge, giver: _Donor) -> None:
    """Receipt, event and search entry of a new gift."""
    donor = Actor(ActorKind.MEMBER, giver.name, gift.member_id)
    payment = payments.payment(gift.payment_id)
    assert payment is not None  # noqa: S101  # foreign key
    station_name = supported(station_by_id(gift.station_id), payment.second)
    interval = pledge.frequency.interval
    receipt_id = issue(
        reference=gift.id,
        member_id=gift.member_id,
        donor_name=giver.name,
        email=giver.email,
        amount=gift.amount,
        given_on=gift.given_on,
        station_name=station_name,
        interval=interval,
        cover=payment.cover,
        language=giver.language,
        actor=STRIPE,
    )
    issued = receipt(receipt_id) if receipt_id else None
    label = issued.label if issued else ""
    facts = gift_facts(gift.amount, interval, station_name, gift.given_on, label, gift.source)
    about = gift_subjects(gift.member_id, gift.id, pledge.id, gift.payment_id)
    events.record("giving.gift.received", donor, about, facts)
    search.index("gift", gift.id, f"{gift.amount} from {giver.name}, {gift.given_on}", f"{giver.email} {label}")


def _hold(settled: PaymentSettled, error: Exception) -> None:
    detail = (
        f"{settled.amount} arrived for {station_by_id(settled.station_id).name} and is booked, but its gift "
        f"could not be made ({type(error).__name__}: {error}). Mend the cause, then make it anew."
    )
    open_work_item(
        kind=HELD,
        key=held_key(settled.payment_id),
        role=Role.DEVELOPMENT,
        title=f"A payment of {settled.amount} has no gift yet",
        detail=detail,
        subject=Subject("payment", settled.payment_id),
        data={"payment": public_id("pay", settled.payment_id)},
    )
    events.record(
        "giving.gift.held",
        STRIPE,
        [Subject("payment", settled.payment_id)],
        {"amount": str(settled.amount), "reason": f"{type(error).__name__}: {error}"[:500]},
    )


def payment_failed(failed: PaymentFailed) -> None:
    """Write down that a pledge's payment failed. The pledge stays: the donor can try again with its facts."""
    events.record(
        "giving.pledge.failed", STRIPE, _subjects(failed.reference, failed.payment_id), {"reason": failed.reason}
    )


def payment_expired(expired: PaymentExpired) -> None:
    """Write down that nobody paid on a pledge's payment page; a visitor who said no name has pledged nothing."""
    pledge = db.session().get(Pledge, expired.reference)
    if pledge is not None and not pledge.email:
        return
    events.record("giving.pledge.expired", STRIPE, _subjects(expired.reference, expired.payment_id))


def renewal_failed(failed: RenewalFailed | RenewalNeedsAction) -> None:
    """A sustainer's charge was declined; whether Stripe tries again or not, a person may want to write."""
    pledge = db.session().get(Pledge, failed.reference)
    events.record("giving.renewal.failed", STRIPE, _subjects(failed.reference), {"reason": failed.reason})
    who = printed_name(pledge.given_name, pledge.family_name) if pledge else "a sustainer"
    again = isinstance(failed, RenewalFailed)
    what = "Stripe tries again by itself" if again else "No further try comes by itself: the donor must act"
    open_work_item(
        kind="giving.renewal_failed",
        key=_renewal_key(failed.subscription_id),
        role=Role.DEVELOPMENT,
        title=f"A charge of {who} was declined",
        detail=f"{failed.reason} {what}. A note or a call may help.",
        subject=Subject("member", pledge.member_id) if pledge and pledge.member_id else None,
        data={"subscription": str(failed.subscription_id)},
    )


def renewal_recovered(recovered: RenewalRecovered) -> None:
    """The declined charge went through after all: nobody need write."""
    settle_work_item(_renewal_key(recovered.subscription_id), "A later try succeeded.", STRIPE)


def sustainer_ended(ended: SubscriptionEnded) -> None:
    """Write down that a recurring gift was stopped; what its declined charges left to do is settled by that."""
    events.record("giving.sustainer.ended", STRIPE, _subjects(ended.reference), {"reason": ended.reason})
    settle_work_item(_renewal_key(ended.subscription_id), "The gift was stopped.", STRIPE)


def sustainer_lapsed(lapsed: SustainerLapsed) -> None:
    """A recurring gift ended over charges that failed: a person may bring its donor back."""
    events.record("giving.sustainer.lapsed", STRIPE, _subjects(lapsed.reference), {"reason": lapsed.reason})
    settle_work_item(_renewal_key(lapsed.subscription_id), "The gift has ended.", STRIPE)
    pledge = db.session().get(Pledge, lapsed.reference)
    who = printed_name(pledge.given_name, pledge.family_name) if pledge else "a sustainer"
    open_work_item(
        kind="giving.sustainer_lapsed",
        key=f"lapsed:{lapsed.subscription_id}",
        role=Role.DEVELOPMENT,
        title=f"The recurring gift of {who} has ended",
        detail="The charge was declined and no further try will be made. A note or a call may bring them back.",
        subject=Subject("member", pledge.member_id) if pledge and pledge.member_id else None,
        data={"subscription": str(lapsed.subscription_id)},
    )


def _renewal_key(subscription_id: UUID) -> str:
    return f"renewal:{subscription_id}"


def _subjects(reference: UUID, payment_id: UUID | None = None) -> list[Subject]:
    pledge = db.session().get(Pledge, reference)
    found = [Subject("pledge", pledge.id)] if pledge else []
    if payment_id:
        found.append(Subject("payment", payment_id))
    if pledge and pledge.member_id:
        found.append(Subject("member", pledge.member_id))
    return found
