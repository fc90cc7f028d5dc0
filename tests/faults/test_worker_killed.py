"""The whole worker is killed (-9) between any two steps: work is late, never lost, never done twice."""

from __future__ import annotations

import pytest

from sandbox.stripe.testing import Handle
from station.core.actor import VISITOR
from station.core.ids import new_id
from station.core.money import Money
from station.core.outbox import JobState, Outbox
from station.giving.models import Frequency, Gift
from station.giving.services import PledgeRequest, begin_pledge, open_checkout
from station.licensee.queries import default_station
from station.mail.models import MailState, OutgoingMail
from station.payments.models import LedgerEntry, Payment, PaymentState
from station.receipts.models import Receipt
from tests.faults.brokers import BROKERS, on_every_broker
from tests.faults.plant import LEASE, RING_AGAIN, Plant

STEPS = ("claimed", "worked", "finished")
# what a broker sees of a kill is a message that nobody acknowledged, whatever its job was doing
KILLS = [(BROKERS[0], job, step) for job in ("payments.apply_event", "mail.send") for step in STEPS]
KILLS += [
    (broker, job, step)
    for broker in BROKERS[1:]
    for job, step in (("payments.apply_event", "worked"), ("mail.send", "finished"))
]


def pledge_and_pay(plant: Plant, sandbox: Handle) -> None:
    """One pledge of $25, paid on the sandbox's page; Stripe's events are in our inbox."""
    station = default_station()
    begun = begin_pledge(
        PledgeRequest(
            attempt=str(new_id()),
            station_id=station.id,
            frequency=Frequency.ONCE,
            amount=Money(2500),
            given_name="Ada",
            family_name="Quill",
            email="ada@example.org",
        ),
        VISITOR,
    )
    open_checkout(begun.pledge_id, VISITOR)
    session_id = sandbox.sandbox.store.all("checkout.session")[-1]["id"]
    assert sandbox.pay(session_id, email="ada@example.org") is None
    assert sandbox.deliver_now(delayed=True) > 0


def assert_one_of_everything(plant: Plant) -> None:
    assert plant.count(Payment, Payment.state == PaymentState.SETTLED) == 1
    assert plant.count(Gift) == 1
    assert plant.count(Receipt) == 1
    assert plant.count(OutgoingMail, OutgoingMail.state == MailState.SENT) == 1
    assert plant.count(LedgerEntry) > 0
    assert plant.jobs(JobState.DEAD) == 0
    assert len(plant.message_ids()) == 1


@pytest.mark.parametrize(("broker", "job", "step"), KILLS, indirect=["broker"])
def test_a_pledge_survives_a_kill_between_any_two_steps(plant: Plant, sandbox: Handle, job: str, step: str) -> None:
    plant.start("web", "relay")
    plant.start("worker", pause_at=f"{job}:{step}")
    pledge_and_pay(plant, sandbox)
    plant.wait_for_pause()
    plant.kill("worker")
    assert plant.jobs(JobState.RUNNING) >= (0 if step == "finished" else 1)

    plant.pass_time(LEASE)
    plant.start("worker")
    plant.wait_idle()
    assert_one_of_everything(plant)


def test_a_kill_while_the_mail_server_thinks_sends_the_same_message_again(plant: Plant) -> None:
    """Nobody can know whether it left: the second delivery carries the same Message-ID, so mailboxes show one."""
    plant.mailbox.stall(60)
    plant.write_to("ada")
    plant.start("relay", "worker")
    plant.mailbox.wait_for(1)
    plant.kill("worker")
    plant.mailbox.stall(0)

    plant.pass_time(LEASE)
    plant.start("worker")
    plant.wait_idle()
    first, second = plant.message_ids()
    assert first == second
    assert plant.count(OutgoingMail, OutgoingMail.state == MailState.SENT) == 1


@on_every_broker
def test_many_jobs_and_a_kill_in_the_middle(plant: Plant) -> None:
    """Prefetched and running jobs alike come back, each message once."""
    plant.start("relay", "worker")
    plant.mailbox.stall(0.3)
    plant.write_to(*(f"donor{number}" for number in range(12)))
    plant.mailbox.wait_for(3)
    plant.kill("worker")
    plant.mailbox.stall(0)

    plant.pass_time(LEASE)
    plant.start("worker")
    plant.wait_idle()
    assert plant.count(OutgoingMail, OutgoingMail.state == MailState.SENT) == 12
    assert len(set(plant.message_ids())) == 12
    assert len(plant.message_ids()) <= 14  # what was in flight in two processes may have gone out twice


@on_every_broker
def test_a_worker_that_is_told_to_stop_ends_its_job_first(plant: Plant) -> None:
    plant.start("relay", "worker")
    plant.mailbox.stall(3)
    plant.write_to("ada")
    plant.mailbox.wait_for(1)
    assert plant.stop("worker") == 0
    assert plant.jobs(JobState.DONE) == 1
    assert len(plant.message_ids()) == 1


def test_a_job_that_outlives_its_lease_cannot_finish_for_the_one_that_took_over(plant: Plant) -> None:
    """The attempt number fences: the late one changes nothing."""
    plant.start("relay")
    plant.start("worker", pause_at="mail.send:worked", STATION_WORKER_PROCESSES="1")
    plant.write_to("ada")
    plant.wait_for_pause()
    plant.pass_time(LEASE)
    plant.wait(lambda: plant.jobs(JobState.READY) == 1, "job made ready by the sweep")
    plant.kill("worker")  # perhaps with the second message in hand
    plant.pass_time(RING_AGAIN)
    plant.start("worker")
    plant.wait_idle()
    assert len(plant.message_ids()) == 1
    assert plant.count(Outbox, Outbox.attempts == 2) == 1
