"""The broker only rings a bell: whatever happens to it, work is late and never lost."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.mailbox.testing import free_port
from station.core.outbox import JobState, Outbox
from tests.faults.conftest import listens
from tests.faults.plant import RING_AGAIN, Plant

NEWS = ("ada", "ben", "cleo")


def published(plant: Plant) -> int:
    return plant.count(Outbox, Outbox.state == JobState.READY, Outbox.published_at.is_not(None))


def queued(home: Path) -> int:
    """How many messages wait in the embedded broker."""
    broker = sqlite3.connect(home / "broker.sqlite", timeout=10)
    try:
        return int(broker.execute("SELECT count(*) FROM kombu_message").fetchone()[0])
    except sqlite3.OperationalError:  # its tables are not made yet
        return 0
    finally:
        broker.close()


def test_every_queued_message_is_lost(plant: Plant, tmp_path: Path) -> None:
    plant.write_to(*NEWS)
    plant.start("relay")
    plant.wait(lambda: published(plant) == 3, "three published jobs")
    plant.wait(lambda: queued(tmp_path) == 3, "three messages in the broker")
    with sqlite3.connect(tmp_path / "broker.sqlite", timeout=10) as broker:
        broker.execute("DELETE FROM kombu_message")
    broker.close()

    plant.start("worker")
    plant.pass_time(RING_AGAIN)
    plant.wait_idle()
    assert len(plant.message_ids()) == 3


def test_the_embedded_brokers_file_vanishes_under_running_processes(plant: Plant, tmp_path: Path) -> None:
    plant.start("relay", "worker")
    plant.write_to("ada")
    plant.wait_idle()
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"broker.sqlite{suffix}").unlink(missing_ok=True)

    plant.write_to("ben", "cleo")
    plant.wait_idle()
    assert len(plant.message_ids()) == 3


def test_a_damaged_broker_file_is_thrown_away(plant: Plant, tmp_path: Path) -> None:
    (tmp_path / "broker.sqlite").write_bytes(b"this is no database" * 500)
    plant.write_to(*NEWS)
    plant.start("relay", "worker")
    plant.wait_idle()
    assert len(plant.message_ids()) == 3


def test_the_broker_is_down_when_everything_starts(plant: Plant, broker_url: Callable[[str], str]) -> None:
    """On a real one: nothing listens at first, then it comes up."""
    if shutil.which("redis-server") is None:
        broker_url("redis")  # skips, or fails where everything is required
    port = free_port()
    address = {"CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/0"}
    plant.write_to(*NEWS)
    plant.start("relay", "worker", **address)
    plant.wait(lambda: plant.lines("relay", "The broker does not answer"), "line about the broker")
    plant.wait(lambda: published(plant) == 0, "jobs given back")

    redis = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(plant.settings.home)],
        stdout=subprocess.DEVNULL,
    )
    try:
        plant.wait(lambda: listens(port), "Redis")
        plant.wait_idle(60)
        assert len(plant.message_ids()) == 3
        assert len(plant.lines("relay", "The broker does not answer")) == 1
        assert len(plant.lines("relay", "The broker answers again")) == 1
        assert plant.lines("relay", "Traceback") == []
    finally:
        redis.terminate()
        redis.wait(10)


def test_a_broker_that_goes_away_in_the_middle(plant: Plant, tmp_path: Path) -> None:
    """The embedded file cannot be written for a while: another process holds it locked."""
    plant.start("relay", "worker")
    plant.write_to("ada")
    plant.wait_idle()
    holder = sqlite3.connect(tmp_path / "broker.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    plant.write_to("ben")
    plant.wait(lambda: plant.lines("relay", "The broker does not answer"), "line about the broker")
    holder.execute("ROLLBACK")
    holder.close()
    plant.wait_idle()
    assert len(plant.message_ids()) == 2


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
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", free_port())) != 0
