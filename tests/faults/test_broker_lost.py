"""The broker only rings a bell: whatever happens to it, work is late and never lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sandbox.mailbox.testing import free_port
from station.core.outbox import JobState, Outbox
from tests.faults.brokers import Broker, listens, on_every_broker
from tests.faults.plant import LEASE, RING_AGAIN, Plant

NEWS = ("ada", "ben", "cleo")


def published(plant: Plant) -> int:
    return plant.count(Outbox, Outbox.state == JobState.READY, Outbox.published_at.is_not(None))


@on_every_broker
def test_every_queued_message_is_lost(plant: Plant, broker: Broker) -> None:
    plant.write_to(*NEWS)
    plant.start("relay")
    plant.wait(lambda: published(plant) == 3, "three published jobs")
    plant.wait(lambda: broker.waiting() == 3, "three messages in the broker")
    broker.flush()
    assert broker.waiting() == 0

    plant.start("worker")
    plant.pass_time(RING_AGAIN)
    plant.wait_idle()
    assert len(plant.message_ids()) == 3


@on_every_broker
def test_the_broker_forgets_everything_under_running_processes(plant: Plant, broker: Broker) -> None:
    """The file is deleted, Redis is flushed, the virtual host is deleted and made again."""
    plant.start("relay", "worker")
    plant.write_to("ada")
    plant.wait_idle()
    broker.forget()

    plant.write_to("ben", "cleo")
    plant.wait_idle()
    assert len(plant.message_ids()) == 3


@pytest.mark.parametrize("broker", ["embedded"], indirect=True)
def test_a_damaged_broker_file_is_thrown_away(plant: Plant, tmp_path: Path) -> None:
    (tmp_path / "broker.sqlite").write_bytes(b"this is no database" * 500)
    plant.write_to(*NEWS)
    plant.start("relay", "worker")
    plant.wait_idle()
    assert len(plant.message_ids()) == 3


@on_every_broker
def test_the_broker_is_down_when_everything_starts(plant: Plant, broker: Broker) -> None:
    broker.down()
    plant.write_to(*NEWS)
    plant.start("relay", "worker")
    plant.wait(lambda: plant.lines("relay", "The broker does not answer"), "line about the broker")
    plant.wait(lambda: published(plant) == 0, "jobs given back")
    broker.up()
    plant.wait_idle()
    assert len(plant.message_ids()) == 3
    assert len(plant.lines("relay", "The broker does not answer")) == 1
    assert len(plant.lines("relay", "The broker answers again")) == 1
    assert plant.lines("relay", "Traceback") == []


@on_every_broker
def test_a_broker_that_goes_away_in_the_middle(plant: Plant, broker: Broker) -> None:
    """The embedded file is held locked by another process; a real server is killed, and started again."""
    plant.start("relay", "worker")
    plant.write_to("ada")
    plant.wait_idle()
    broker.down()
    plant.write_to("ben")
    plant.wait(lambda: plant.lines("relay", "The broker does not answer"), "line about the broker")
    broker.up()
    plant.wait_idle()
    assert len(plant.message_ids()) == 2
    assert plant.lines("relay", "Traceback") == []


@on_every_broker
def test_broker_and_worker_are_both_killed_with_work_in_hand(plant: Plant, broker: Broker) -> None:
    plant.start("relay", "worker")
    plant.mailbox.stall(60)
    plant.write_to(*NEWS)
    plant.mailbox.wait_for(1)
    broker.down()
    plant.kill("worker")
    plant.mailbox.stall(0)
    broker.up()

    plant.pass_time(LEASE)
    plant.start("worker")
    plant.wait_idle()
    assert len(set(plant.message_ids())) == 3


def test_the_relay_is_killed_between_marking_and_publishing(plant: Plant) -> None:
    plant.write_to(*NEWS)
    plant.start("relay", pause_at="relay:marked")
    plant.wait_for_pause()
    plant.kill("relay")
    assert published(plant) == 3  # marked, and in no queue

    plant.pass_time(RING_AGAIN)
    plant.start("relay", "worker")
    plant.wait_idle()
    assert len(plant.message_ids()) == 3


def test_a_relay_that_is_told_to_stop_stops(plant: Plant) -> None:
    plant.start("relay")
    plant.wait(lambda: plant.lines("relay", "carrying due jobs"), "running relay")
    assert plant.stop("relay") == 0


def test_the_database_is_locked_by_another_writer(plant: Plant, tmp_path: Path) -> None:
    if plant.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("PostgreSQL locks rows, not files: nobody can hold everybody up")
    plant.write_to("ada")
    holder = sqlite3.connect(tmp_path / "station.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    plant.start("relay", "worker")
    plant.wait(lambda: plant.lines("relay", "The database does not answer"), "line about the database")
    holder.execute("ROLLBACK")
    holder.close()
    plant.wait_idle()
    assert len(plant.message_ids()) == 1
    assert len(plant.lines("relay", "The database does not answer")) == 1
    assert plant.lines("relay", "Traceback") == []


def test_the_mail_server_is_down_for_a_while(plant: Plant) -> None:
    plant.mailbox.down()
    plant.start("relay", "worker")
    plant.write_to("ada")
    plant.wait(lambda: plant.count(Outbox, Outbox.last_error != ""), "failed attempt")
    plant.mailbox.up()
    plant.pass_time(60)
    plant.wait_idle()
    assert len(plant.message_ids()) == 1
    assert plant.lines("worker", "Traceback") == []


def test_nobody_listens_on_a_free_port() -> None:
    """What the tests above rest on."""
    assert not listens(free_port())
