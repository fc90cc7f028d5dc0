"""A whole drive with everything breaking: nothing lost, nothing doubled.

STORM_PLEDGES (200) and STORM_SEED (1) come from the environment. A fifth of the pledges are monthly: the clocks of
the house and of Stripe then go on by a month, twice, and their renewals meet the same weather. The whole storm is on
the broker that goes with the database (SQLite and the embedded one, PostgreSQL and RabbitMQ), a tenth of it on each
of the others that are asked for. The truth is the sandbox's: its charges are what donors' banks would show them, and
the books must say the same, one by one.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from typing import Any

import pytest
import sqlalchemy as sa

from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem, WorkState
from station.core import clock
from station.core.db import db
from station.core.events import Event, EventSubject
from station.core.outbox import Outbox
from station.giving.models import Gift, Pledge
from station.mail.models import MailState, OutgoingMail, Stream
from station.payments.models import Account, CallState, GatewayCall, LedgerEntry, Operation, Payment, PaymentState
from station.receipts.models import Receipt
from tests.conftest import MEASURED
from tests.faults.brokers import BROKERS, OF_THIS_DATABASE, Broker
from tests.faults.givers import Giver, a_giver
from tests.faults.plant import Plant
from tests.faults.storm import Weather, longest_lease

PLEDGES, SEED = int(os.environ.get("STORM_PLEDGES", "200")), int(os.environ.get("STORM_SEED", "1"))
STORMS = {broker: PLEDGES if broker == OF_THIS_DATABASE[-1] else PLEDGES // 10 for broker in BROKERS}
AT_ONCE = 12
OPEN = (PaymentState.CREATED, PaymentState.AWAITING_DONOR, PaymentState.PROCESSING)
# true in the storm, and for a person to close; a thousand pledges bring more declined cards than ten minutes should
WAITED = ("invariant:mail leaves", "invariant:stripe-events", "screening:challenge")
SEASONAL = ("receipts.thresholds",)  # two months of renewals may reach a year whose thresholds are not out yet
MINUTE, HOUR, DAY = 60, 3600, 86_400
MONTHS = 2  # of renewals
SWEEPS = 12
BACKLOG = 300  # seconds in which a busy machine works off what the storm has left
# each donor has an address; a silent Stripe is given up soon; each process says where it is
STORM = {"STATION_PROXIES": "1", "STRIPE_TIMEOUT": "4", "STATION_TEST_POINTS": "1"}
# After a thousand openings in ten minutes everyone is asked for a proof, which these donors have no script to find:
# all but the first 250 of a large storm call the phone room.
STORM["SCREENING_TRUSTED_NETWORKS"] = "10.1.0.0/16,10.2.0.0/16,10.3.0.0/16"


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("sandbox", ["auto"], indirect=True)
@pytest.mark.parametrize(("broker", "pledges"), STORMS.items(), indirect=["broker"], ids=STORMS)
def test_hundreds_of_pledges_in_a_storm(
    plant: Plant, sandbox: Handle, broker: Broker, pledges: int, record_property: Callable[[str, object], None]
) -> None:
    begun = time.monotonic()
    plant.environ.update(STORM)
    plant.start("web", "relay", "worker", "beat")
    givers = [a_giver(n, SEED, f"http://127.0.0.1:{plant.settings.port}", sandbox) for n in range(pledges)]
    for each in givers[::25]:
        plant.mailbox.refuse(each.email, 451)
    with Weather(plant, sandbox, broker, SEED) as weather, ThreadPoolExecutor(AT_ONCE) as street:
        troubled = list(street.map(partial(trouble, weather), givers))
    for each in givers[::25]:
        plant.mailbox.accept(each.email)
    sandbox.settle_debits()
    settle(plant, sandbox, weather)
    kills, faults = list(weather.kills), weather.faults.total()
    for _ in range(MONTHS):
        renewals = renew(plant, sandbox, broker)
        kills, faults = kills + renewals.kills, faults + renewals.faults.total()
        settle(plant, sandbox, renewals)
    compare_books(plant, weather)
    numbers = (
        f"storm on {type(broker).__name__}: seed {SEED}, {pledges} pledges, "
        f"{sum(each.renews for each in givers) * MONTHS} renewals, {faults} faults, {len(kills)} kills, "
        f"{time.monotonic() - begun:.0f} s until the books were closed; killed: {'; '.join(kills)}"
    )
    record_property(MEASURED, numbers)
    assert [line for line in troubled if line] == [], numbers
    assert compare(givers, sandbox) == [], numbers
    assert_the_house_is_in_order(plant)


def compare_books(plant: Plant, weather: Weather) -> None:
    """Let the daily look compare Stripe's balance with the books: what it found in the storm is old."""
    begun = clock.now()
    weather.pass_time(25 * HOUR)
    plant.wait(
        partial(plant.count, Outbox, Outbox.job == "payments.compare", Outbox.done_at > begun), "look", BACKLOG
    )
    plant.wait_idle(BACKLOG)


def renew(plant: Plant, sandbox: Handle, broker: Broker) -> Weather:
    """A month goes by, and Stripe bills all sustainers while the weather is as it was. Returns it."""
    sustainers = sandbox.sandbox.store.all("subscription")
    with Weather(plant, sandbox, broker, SEED + len(sandbox.events)) as weather:
        weather.pass_time(31 * DAY + 3 * HOUR)  # what falls due is billed at once, its events come as they like
        for _ in sustainers:
            weather.arrives()
            time.sleep(weather.chance.uniform(0, 0.3))
    sandbox.settle_debits()
    return weather


def trouble(weather: Weather, giver: Giver) -> str:
    """Let somebody give; what went wrong, with all that they did, or ""."""
    try:
        weather.arrives()
        giver.give()
    except (AssertionError, ValueError) as error:
        return f"{giver.email}: {error}\n" + "\n".join(giver.diary)
    return ""


def settle(plant: Plant, sandbox: Handle, weather: Weather) -> None:
    """Let time pass until every sweep has run: ten minutes at first, then a day, after which no page is open."""
    sandbox.wait_delivered(30)
    weather.pass_time(longest_lease())  # what a worker had in hand when it died is another one's now
    for sweep in range(SWEEPS):
        if sweep and not plant.count(Payment, Payment.state.in_(OPEN)) and plant.idle():
            break
        weather.pass_time(25 * HOUR if sweep == SWEEPS // 2 else 11 * MINUTE)
        asked = (Outbox.job == "payments.check_open", Outbox.done_at > clock.now())
        plant.wait(partial(plant.count, Outbox, *asked), "sweep", BACKLOG)
        plant.wait_idle(BACKLOG)
        sandbox.wait_delivered(30)


def compare(givers: Sequence[Giver], sandbox: Handle) -> list[str]:
    """Every donor whose charges at Stripe and whose traces in the books are not one of each, with their story."""
    session = db.session()
    payments = {row.charge: row for row in session.scalars(sa.select(Payment)) if row.charge}
    gifts = {row.payment_id: row for row in session.scalars(sa.select(Gift))}
    receipts = {row.reference: row for row in session.scalars(sa.select(Receipt))}
    letters = Counter(
        session.scalars(sa.select(OutgoingMail.recipient).where(OutgoingMail.stream == Stream.RECEIPTS))
    )
    charged = by_donor(sandbox)
    wrong = []
    for giver in givers:
        charges = charged.get(giver.email, [])
        mine = [payments[str(charge["id"])] for charge in charges if charge["id"] in payments]
        made = [gifts[payment.id] for payment in mine if payment.id in gifts]
        papers = [receipts[gift.id] for gift in made if gift.id in receipts]
        amounts = [int(charge["amount"]) for charge in charges]
        found = [each.amount_cents for each in (*mine, *made, *papers)]
        meant = [giver.cents] * (1 + MONTHS * giver.renews)
        if amounts != meant or found != amounts * 3 or letters[giver.email] != len(meant):
            wrong.append(
                f"{giver.email} meant {meant}, was charged {amounts}; payments, gifts, receipts: {found}; "
                f"letters: {letters[giver.email]}\n{story(giver)}"
            )
    total = sum(int(charge["amount"]) for charges in charged.values() for charge in charges)
    credited = session.scalar(sa.select(sa.func.sum(LedgerEntry.amount_cents)).filter_by(account=Account.GIFTS))
    balance = session.scalar(sa.select(sa.func.sum(LedgerEntry.amount_cents)))
    opening = session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry).filter_by(account=Account.OPENING))
    numbers = sorted((receipt.year, receipt.number) for receipt in receipts.values())
    session.rollback()
    assert len(gifts) == len(receipts) == len(givers) + MONTHS * sum(each.renews for each in givers)
    assert (credited, balance, opening) == (-total, 0, 0)  # the account was empty when the storm began
    for year, all_of_it in groupby(numbers, lambda each: each[0]):
        taken = [number for _, number in all_of_it]
        assert taken == list(range(1, len(taken) + 1)), year
    return wrong


def by_donor(sandbox: Handle) -> dict[str, list[dict[str, Any]]]:
    """What was taken from each donor's card, by email."""
    found: dict[str, list[dict[str, Any]]] = {}
    for charge in sandbox.sandbox.store.all("charge"):
        if charge["status"] == "succeeded":
            found.setdefault(str(charge["billing_details"]["email"]), []).append(charge)
    return found


def story(giver: Giver) -> str:
    """What a donor did and saw, and what the house wrote down about their pledges."""
    told = db.session().execute(
        sa.select(Event.at, Event.name, Event.data)
        .join(EventSubject, EventSubject.event_id == Event.id)
        .join(Pledge, Pledge.payment_id == EventSubject.subject_id)
        .where(Pledge.email == giver.email)
        .order_by(Event.at)
    )
    return "\n".join([*giver.diary, *(f"{row.at:%H:%M:%S} {row.name} {row.data}" for row in told)])


def assert_the_house_is_in_order(plant: Plant) -> None:
    assert plant.broken() == []
    assert plant.count(Payment, Payment.state.in_(OPEN)) == 0
    assert unanswered() == []
    assert plant.unfinished() == []
    assert items(WorkItem.state == WorkState.OPEN, WorkItem.key.not_in(WAITED), WorkItem.kind.not_in(SEASONAL)) == []
    assert items(WorkItem.kind.in_(("payments.unexpected_money", "payments.amount", "giving.gift_held"))) == []
    assert_each_letter_arrived_once(plant)


def unanswered() -> list[str]:
    """Calls that nobody answered and nothing came after: every opening, and what a paid checkout was changed to.

    A change that was overtaken by another stays as it is: the later one has the last word.
    """
    calls = db.session().execute(
        sa.select(GatewayCall, Payment.state)
        .join(Payment, Payment.id == GatewayCall.payment_id)
        .order_by(GatewayCall.payment_id, GatewayCall.id)
    )
    last = {(call.payment_id, call.operation): (call, state) for call, state in calls}
    found = [
        call.key
        for (_, operation), (call, state) in last.items()
        if call.state is CallState.SENDING and (operation == Operation.OPEN or state is PaymentState.SETTLED)
    ]
    db.session().rollback()
    return found


def items(*where: Any) -> list[str]:
    rows = db.session().scalars(sa.select(WorkItem).where(*where)).all()
    db.session().rollback()
    return [f"{row.kind}: {row.title}: {row.detail}" for row in rows]


def assert_each_letter_arrived_once(plant: Plant) -> None:
    """A letter in flight when its worker died goes out again under its Message-ID, so that mailboxes show one."""
    assert plant.count(OutgoingMail, OutgoingMail.state != MailState.SENT) == 0
    arrived = Counter(plant.message_ids())
    assert len(arrived) == plant.count(OutgoingMail)
    assert arrived.total() - len(arrived) <= plant.count(Event, Event.name == "mail.message.sent_again")
