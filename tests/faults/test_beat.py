"""Two beats: one asks, the other waits, and takes over when the first one dies."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.core.leases import Lease
from station.core.outbox import JobState, Outbox
from station.core.runs import ScheduledRun
from tests.faults.plant import Plant
from worker.beat import LEASE_SECONDS
from worker.schedule import SCHEDULE


def holder() -> str:
    found = db.session().scalar(sa.select(Lease.holder).where(Lease.name == "beat"))
    db.session().rollback()
    return found or ""


def go_to_the_afternoon(plant: Plant) -> None:
    """To three o'clock in the afternoon UTC: hours in which no daily job falls due."""
    three = datetime.combine(clock.now().date() + timedelta(days=1), time(15), UTC)
    plant.pass_time((three - clock.now()).total_seconds())


def asked(plant: Plant, job: str) -> int:
    return plant.count(Outbox, Outbox.job == job)


def test_one_beat_asks_and_the_other_takes_over(plant: Plant) -> None:
    go_to_the_afternoon(plant)
    plant.start("beat")
    plant.wait(holder, "beat with the lease")
    first = holder()
    plant.start("beat2")
    plant.wait(lambda: plant.jobs(JobState.READY) == len(SCHEDULE), "every job of the schedule, asked for once")
    plant.wait(lambda: plant.lines("beat2", "waits") or holder() != first, "second beat that waits")
    assert holder() == first

    plant.kill("beat")
    plant.pass_time(LEASE_SECONDS + 1)
    plant.wait(lambda: holder() != first, "second beat with the lease")
    plant.start("relay", "worker")
    plant.wait_idle()
    before = asked(plant, "payments.check_open")
    plant.pass_time(61)
    plant.wait(lambda: asked(plant, "payments.check_open") > before, "the minute's job again")
    plant.wait_idle()
    assert asked(plant, "upkeep.prune_outbox") == 1  # it is a daily one
    assert plant.count(ScheduledRun, ScheduledRun.finished_at.is_not(None), ScheduledRun.error == "") == len(SCHEDULE)


def test_a_beat_that_is_told_to_stop_gives_its_lease_back(plant: Plant) -> None:
    plant.start("beat")
    plant.wait(holder, "beat with the lease")
    plant.start("beat2")
    plant.wait(lambda: plant.lines("beat2", "waits"), "second beat that waits")
    assert plant.stop("beat") == 0
    plant.wait(lambda: plant.lines("beat2", "is at work"), "second beat at work at once", LEASE_SECONDS - 3)
