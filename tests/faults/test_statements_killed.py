"""A worker that freezes or mails a year is killed (-9) in the middle: one statement and one message a member."""

from __future__ import annotations

import pytest

from station.core.actor import COMMAND
from station.core.outbox import JobState
from station.mail.models import MailState, OutgoingMail
from station.receipts.models import StatementRun, YearlyStatement
from station.receipts.queries.statements import number_breaches, version_breaches
from station.receipts.services import statements as services
from tests.faults.plant import LEASE, Plant
from tests.receipts.yearly import YEAR, give, person

MEMBERS = 12


def all_is_there(plant: Plant) -> None:
    assert plant.count(YearlyStatement) == MEMBERS
    assert plant.count(StatementRun, StatementRun.finished_at.is_(None)) == 0
    assert plant.jobs(JobState.DEAD) == 0
    assert (number_breaches(), version_breaches()) == ([], [])


@pytest.mark.parametrize("step", ["batch", "worked"])
def test_a_year_is_frozen_and_mailed_over_kills(plant: Plant, step: str) -> None:
    for number in range(MEMBERS):
        give(person(f"Donor{number}"))
    services.start_freeze(YEAR, COMMAND)
    plant.start("relay")
    plant.start("worker", pause_at=f"receipts.freeze_statements:{step}")
    plant.wait_for_pause()
    plant.kill("worker")
    plant.pass_time(LEASE)
    plant.start("worker")
    plant.wait_idle()
    all_is_there(plant)
    plant.kill("worker")

    before = set(plant.message_ids())  # one that was in hand when its worker died is there twice
    services.start_sending(YEAR, COMMAND)
    plant.start("worker", pause_at=f"receipts.send_statements:{step}")
    plant.wait_for_pause()
    plant.kill("worker")
    plant.pass_time(LEASE)
    plant.start("worker")
    plant.wait_idle()
    all_is_there(plant)
    wanted = OutgoingMail.kind == "receipts.statement"
    assert plant.count(OutgoingMail, wanted, OutgoingMail.state == MailState.SENT) == MEMBERS
    assert len(set(plant.message_ids()) - before) >= MEMBERS
