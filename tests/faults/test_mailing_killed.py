"""A mailing whose worker is killed (-9) while it freezes, feeds and sends: everybody on the list is accounted for."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from station.core import clock
from station.core.db import db
from station.mail.models import MailingState
from station.mail.services import mailings as services
from tests.faults.plant import LEASE, Plant
from tests.mail.mailing_scenes import STAFF, counts, members, passed, row

MANY = 120


def until(plant: Plant, mailing_id: object, *states: MailingState) -> None:
    """Wait for a state; the house's clock goes on meanwhile, as jobs look again after a second of it. Four times as
    fast as ours, no more: a busy machine has a message in hand for some seconds, and its lease must not end."""
    moved = [time.monotonic()]

    def there() -> bool:
        if time.monotonic() - moved[0] > 0.25:
            moved[0] = time.monotonic()
            clock.move(timedelta(seconds=1))
        return row(mailing_id).state in states  # type: ignore[arg-type]

    plant.wait(there, f"mailing in {states}")


@pytest.mark.parametrize(
    "step", ["mail.mailing:froze_some", "mail.mailing:fed", "mail.bulk:taken", "mail.carry_mailings:worked"]
)
def test_a_mailing_survives_a_kill_at_any_step(plant: Plant, step: str) -> None:
    members(MANY)
    mailing_id = passed()
    assert services.check(mailing_id, STAFF) == []
    plant.start("relay")
    early = step in ("mail.mailing:froze_some", "mail.carry_mailings:worked")
    plant.start("worker", **({"pause_at": step} if early else {}))
    services.freeze(mailing_id, STAFF)
    if early:
        plant.wait_for_pause()
        plant.kill("worker")
        plant.pass_time(LEASE)
        plant.start("worker")
    until(plant, mailing_id, MailingState.FROZEN)
    if not early:
        plant.kill("worker")
        plant.start("worker", pause_at=step)
    assert services.begin(mailing_id, "", STAFF)
    if not early:
        plant.wait_for_pause()
        plant.kill("worker")
        plant.pass_time(LEASE)
        plant.start("worker")
    plant.start("beat")
    until(plant, mailing_id, MailingState.DONE)
    left = counts(mailing_id)
    lost = left.pop("unknown", 0)  # killed with it in hand: nobody knows, and an appeal never goes twice
    assert lost <= (2 if step == "mail.bulk:taken" else 0)
    assert left == {"sent": MANY - lost}
    letters = [str(each["To"]) for each in plant.mailbox.messages]
    assert len(set(letters)) == len(letters) == MANY - lost
    assert plant.broken() == []
    db.session.rollback()
