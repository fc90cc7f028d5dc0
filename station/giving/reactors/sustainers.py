"""What giving does when a standing order changes: the promise follows, and the donor gets it in writing.

A change is confirmed wherever it was asked, at the desk, on the donor's page or at Stripe's dashboard. A gift that
stops because its donor has died, or whose donor took money back through the bank, is confirmed to nobody.

Letters that confirm a gift, name its next charge or lead to the form of a new one print the legends of states: the
strictest text wants them on "every solicitation, confirmation, receipt or reminder" (NC 131F-9(c)). Those that only
say that nothing is charged, during a pause or from a day on, are none of these, and print none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events
from station.core.actor import STRIPE
from station.core.db import db
from station.core.events import Subject
from station.core.words import day as printed
from station.giving import policies, queries
from station.giving.models import Frequency, Pledge
from station.giving.queries import SustainerRow
from station.giving.services import again_link, own_link
from station.giving.services.notices import tell_amount, tell_day, tell_split
from station.licensee.queries import station_by_id, supported
from station.mail.models import Stream
from station.mail.services import queue_mail
from station.members import queries as members
from station.members.policies import printed_name
from station.payments import queries as payments
from station.payments.facts import (
    PaymentSettled,
    SubscriptionEnded,
    SustainerChanged,
    SustainerEnding,
    SustainerMoved,
    SustainerPaused,
    SustainerRescheduled,
    SustainerResumed,
    SustainerSplit,
)
from station.payments.models import ChangeKind, EndReason, PaymentKind, PaymentState
from station.receipts.policies import Place
from station.receipts.queries import legends_for

Facts = Sequence[tuple[str, str]]
NOTICE = "giving.sustainer.notice"
SECOND = "giving.second_sustainer"


def sustainer_changed(changed: SustainerChanged) -> None:
    """Another amount: the promise is of that amount, and the donor reads from when on."""
    pledge = _pledge(changed.reference)
    if pledge is None:
        return
    pledge.amount_cents = changed.after.cents
    asked = payments.who_asked(changed.subscription_id, ChangeKind.AMOUNT, cents=changed.after.cents)
    tell_amount(changed.subscription_id, changed.before, asked, changed.next_at)


def sustainer_split(changed: SustainerSplit) -> None:
    """The same amount, made up in another way: the donor reads of what."""
    asked = payments.who_asked(changed.subscription_id, ChangeKind.AMOUNT, cents=changed.amount.cents)
    tell_split(changed.subscription_id, changed.amount, changed.cover_before, asked, changed.next_at)


def sustainer_rescheduled(changed: SustainerRescheduled) -> None:
    """Another interval: the promise is of that one, and the donor reads it."""
    pledge = _pledge(changed.reference)
    if pledge is None:
        return
    pledge.frequency = Frequency(changed.after.value)
    _write(
        pledge,
        changed.subscription_id,
        f"Your gift is charged {changed.after.adjective} now",
        f"your gift is charged {changed.after.adjective} from now on, no longer {changed.before.adjective}.",
        [("Your gift", policies.described(pledge.amount, pledge.frequency)), _next(changed.next_at)],
        "If you did not ask for that, call or write to us, and we put it right.",
    )


def sustainer_moved(moved: SustainerMoved) -> None:
    """Another day of charge."""
    pledge = _pledge(moved.reference)
    if pledge is None:
        return
    before, pledge.charge_day = pledge.charge_day, moved.charge_day
    asked = payments.who_asked(moved.subscription_id, ChangeKind.DATE, charge_day=moved.charge_day)
    tell_day(moved.subscription_id, before, asked, moved.next_at)


def sustainer_paused(paused: SustainerPaused) -> None:
    """A pause, or another end of it."""
    until = printed(paused.until) if paused.until else "you say so"
    _confirm(
        paused.reference,
        paused.subscription_id,
        "Your gift is paused",
        "nothing is charged while your gift is paused.",
        [("Paused until", until)],
        "What is left out is not caught up afterwards. You can end the pause earlier at any time.",
        legends=False,
    )


def sustainer_resumed(resumed: SustainerResumed) -> None:
    """The end of a pause."""
    _confirm(
        resumed.reference,
        resumed.subscription_id,
        "Your gift goes on",
        "the pause of your gift is over. Thank you for coming back.",
        [_next(resumed.next_at)],
        "Nothing is charged for the time of the pause.",
    )


def sustainer_ending(ending: SustainerEnding) -> None:
    """A cancellation for later, or one that was taken back."""
    if ending.ends_at is None:
        title, lead, facts = "Your gift goes on", "your gift goes on as before.", [_next(_next_at(ending.reference))]
    else:
        title, lead = "Your gift will stop", "your gift stops as you asked. Nothing more is charged."
        facts = [("Stops on", printed(ending.ends_at))]
    _confirm(ending.reference, ending.subscription_id, title, lead, facts, legends=ending.ends_at is None)


def sustainer_stopped(ended: SubscriptionEnded) -> None:
    """A cancellation is confirmed to the donor once: not where nothing ever began, where the donor has read already
    that the first payment came back, nor where `_silent` says so."""
    pledge, donor = _pledge(ended.reference), queries.sustainer(ended.subscription_id)
    if pledge is None or donor is None or not ended.begun or _silent(ended.subscription_id):
        return
    first = payments.payment_row(pledge.payment_id) if pledge.payment_id else None
    if first is not None and first.state is PaymentState.FAILED:
        return
    _write(
        pledge,
        ended.subscription_id,
        "Your gift has stopped",
        "your gift is stopped. Nothing more is charged.",
        [("Stopped on", printed(clock.now()))],
        "What you gave until now stays with your receipts. Thank you for it: you can come back at any time.",
        link={"label": "Start again", "url": again_link(donor)},
    )


def _silent(subscription_id: UUID) -> bool:
    """Whether nobody is written to about an end: the donor has died, has taken money back through the bank, or has
    read already that we gave up, and nobody here asked for the end."""
    order = payments.subscription(subscription_id)
    reason = order.end_reason if order else ""
    if reason == EndReason.DIED.value or payments.disputed(subscription_id):
        return True
    return reason not in set(EndReason) and queries.given_up(subscription_id)


def second_sustainer(settled: PaymentSettled) -> None:
    """A donor who gives again and again to such a station already: they are told, and a person looks.

    Only now, because only now the donor is known: asked on the form, the question would tell anybody who types an
    address whether that person gives.
    """
    pledge = _pledge(settled.reference) if settled.kind is PaymentKind.FIRST else None
    if pledge is None or pledge.member_id is None or pledge.second_meant or settled.subscription_id is None:
        return
    payment = payments.payment(settled.payment_id)
    first, second = station_by_id(pledge.station_id), payment.second if payment else None
    supports = {each.id for each in (first, second) if each}
    others = queries.live_sustainers(pledge.member_id, supports, {settled.subscription_id})
    if others:
        _tell_of_second(pledge, settled.subscription_id, supported(first, second), others)


def _tell_of_second(pledge: Pledge, subscription_id: UUID, station: str, others: list[SustainerRow]) -> None:
    named = [f"{row.commitment} to {row.supported} since {printed(row.order.created_at)}" for row in others]
    new = policies.described(pledge.amount, pledge.frequency)
    who = printed_name(pledge.given_name, pledge.family_name)
    open_work_item(
        kind=SECOND,
        key=f"second:{subscription_id}",
        role=Role.DEVELOPMENT,
        title=f"{who} has a second recurring gift, to {station}",
        detail=f"{new} began today, beside {' and '.join(named)}. We have written to ask whether both are meant. "
        "Close this once it is clear; stop one on its page if only one is.",
        subject=Subject("subscription", subscription_id),
    )
    events.record(SECOND, STRIPE, [Subject("member", pledge.member_id or pledge.id)], {"new": new, "others": named})
    _write(
        pledge,
        subscription_id,
        "You now have two gifts that repeat",
        f"your new gift of {new} to {station} has begun. Before it, you gave already, and still do:",
        [("Your gift until now", each) for each in named] + [("Your new gift", f"{new} to {station}")],
        "If you mean both, there is nothing to do, and we thank you twice. If one was to replace the other, call or "
        "write to us: we stop the one that you name, and give back what was charged by mistake.",
    )


def _next(next_at: datetime | None) -> tuple[str, str]:
    return "Next charge", printed(next_at) if next_at else "Not known yet"


def _next_at(reference: UUID) -> datetime | None:
    order = payments.subscription_of(reference)
    return order.next_at if order else None


def _pledge(reference: UUID) -> Pledge | None:
    return db.session().get(Pledge, reference)


def _confirm(
    reference: UUID, subscription_id: UUID, title: str, lead: str, facts: Facts, *more: str, legends: bool = True
) -> None:
    pledge = _pledge(reference)
    if pledge is not None:
        _write(pledge, subscription_id, title, lead, facts, *more, legends=legends)


def _write(
    pledge: Pledge,
    subscription_id: UUID,
    title: str,
    lead: str,
    facts: Facts,
    *more: str,
    link: dict[str, str] | None = None,
    legends: bool = True,
) -> None:
    """One notice to the donor as they are called and reached today; to nobody whose address is not known."""
    member = members.member(pledge.member_id) if pledge.member_id else None
    name = member.name if member else printed_name(pledge.given_name, pledge.family_name)
    email = (member.email if member else "") or pledge.email
    if not email:
        return
    context: dict[str, Any] = {
        "station": station_by_id(pledge.station_id),
        "title": title,
        "name": name,
        "lead": lead,
        "facts": facts,
        "more": more,
        "legends": legends_for(Place.REMINDER) if legends else (),
        "link": link or {"label": "See or change your gift", "url": own_link(subscription_id)},
    }
    queue_mail(
        kind=NOTICE,
        key=f"{subscription_id}:{clock.now().isoformat()}:{title}"[:200],
        stream=Stream.NOTICES,
        member_id=pledge.member_id,
        to_name=name,
        to_email=email,
        template="giving/mail/sustainer",
        private=True,
        context=context,
    )
