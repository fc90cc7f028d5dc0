"""Celery's settings for each broker, and the embedded one."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from queue import Empty

import kombu
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from config import Settings
from station.core.outbox import JOBS, Queue
from worker import embedded
from worker.app import make_celery

# kombu 5.7 still asks SQLAlchemy for a loader that 2.1 deprecates; the transport here does not use it
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")


def celery_for(url: str, home: Path) -> object:
    return make_celery(Settings.from_env({"STATION_HOME": str(home), "CELERY_BROKER_URL": url})).conf


@pytest.mark.parametrize(
    ("url", "option", "value"),
    [
        ("amqp://localhost//", "confirm_publish", True),
        ("amqps://localhost//", "confirm_publish", True),
        ("redis://localhost/0", "visibility_timeout", 600),
        ("redis://localhost/0", "unacked_restore_throttle", 1),
        ("rediss://localhost/0", "unacked_restore_interval", 10),
    ],
)
def test_each_broker_gets_its_options(tmp_path: Path, url: str, option: str, value: object) -> None:
    conf = celery_for(url, tmp_path)
    assert conf.broker_transport_options[option] == value


def test_work_is_acknowledged_late_and_never_by_celery_alone(tmp_path: Path) -> None:
    conf = celery_for("amqp://localhost//", tmp_path)
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert (conf.task_ignore_result, conf.result_backend) == (True, None)
    assert conf.broker_connection_retry_on_startup is True
    assert [queue.name for queue in conf.task_queues] == [queue.value for queue in Queue]
    assert conf.worker_soft_shutdown_timeout > 0


def test_every_task_ends_before_its_lease(tmp_path: Path) -> None:
    app = make_celery(Settings.from_env({"STATION_HOME": str(tmp_path)}))
    ours = {name: task for name, task in app.tasks.items() if name in JOBS}
    assert {"mail.send", "payments.apply_event", "payments.check_open"} <= set(ours)
    for name, task in ours.items():
        assert task.soft_time_limit < task.time_limit < JOBS[name].lease


@pytest.fixture
def connection(tmp_path: Path) -> kombu.Connection:
    embedded.install()
    with kombu.Connection(f"sqla+sqlite:///{tmp_path / 'broker.sqlite'}") as made:
        yield made


def test_messages_come_in_order_and_are_gone_when_fetched(connection: kombu.Connection, tmp_path: Path) -> None:
    queue = connection.SimpleQueue("mail")
    for number in range(3):
        queue.put({"number": number})
    assert [queue.get(timeout=5).payload["number"] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(Empty):
        queue.get_nowait()
    broker = sqlite3.connect(tmp_path / "broker.sqlite")
    assert broker.execute("SELECT count(*) FROM kombu_message").fetchone() == (0,)
    assert broker.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    broker.close()
    queue.close()


def test_queues_do_not_see_each_others_messages(connection: kombu.Connection) -> None:
    mail, money = connection.SimpleQueue("mail"), connection.SimpleQueue("money")
    mail.put("m")
    with pytest.raises(Empty):
        money.get_nowait()
    assert mail.get(timeout=5).payload == "m"
    mail.close()
    money.close()


def test_polling_is_quick_and_celerys_way_to_connect_again_is_kept(connection: kombu.Connection) -> None:
    transport = connection.transport
    assert transport.polling_interval <= 0.5
    assert DatabaseError in transport.connection_errors


def test_a_worker_with_its_hands_full_looks_again_very_soon(connection: kombu.Connection) -> None:
    """Until then it reads no table: what it asks is whether it may take one more."""
    queue = connection.SimpleQueue("mail")
    queue.put("one")
    queue.channel.basic_qos(0, 1, False)
    message = queue.get(timeout=5)
    assert connection.transport.polling_interval == embedded.FULL_SECONDS
    message.ack()
    assert connection.transport.polling_interval == embedded.POLLING_SECONDS
    queue.close()


def test_looking_into_a_queue_reads_no_message_of_another(connection: kombu.Connection) -> None:
    mail = connection.SimpleQueue("mail")
    looks: list[str] = []
    engine = mail.channel.session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", lambda *call: looks.append(call[2]))
    with pytest.raises(Empty):
        mail.get_nowait()
    with engine.connect() as broker:
        plan = broker.exec_driver_sql(f"EXPLAIN QUERY PLAN {looks[-1]}", ("mail", 1, 0)).all()
    assert [row[3] for row in plan if "kombu_message" in row[3]] == [
        "SEARCH kombu_message USING COVERING INDEX ix_kombu_message_queue (queue_id=?)"
    ]
    mail.close()
