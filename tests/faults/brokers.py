"""A broker for each test, shared with nobody: a file, a Redis server, or a virtual host on this run's RabbitMQ node.

Each can lose what is queued in it, lose everything it knows, stop answering and come back.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from amqp.exceptions import NotFound
from kombu import Connection

from sandbox.mailbox.testing import free_port
from station.core.outbox import Queue
from tests.conftest import SERVER

EVERY_BROKER = ("embedded", "redis", "rabbitmq")
# Broker and database know nothing of each other: each broker is proven beside the database that it is run with.
OF_THIS_DATABASE = EVERY_BROKER[1:] if SERVER else EVERY_BROKER[:1]
BROKERS = EVERY_BROKER if os.environ.get("STATION_TEST_EVERY_BROKER") else OF_THIS_DATABASE  # the rest in make soak
USUAL = OF_THIS_DATABASE[0]  # of tests that are not about the broker
PATIENCE = 90  # seconds for what takes two or three: two cores are shared with the kills of other tests
on_every_broker = pytest.mark.parametrize("broker", BROKERS, indirect=True)
RABBITMQ = "/usr/lib/rabbitmq/bin"  # Debian's own scripts in PATH change the user and the folder


class Broker(ABC):
    """What a test does to a broker. `url` is what CELERY_BROKER_URL says."""

    url: str

    @abstractmethod
    def waiting(self) -> int:
        """How many messages are queued and not taken by anybody."""

    @abstractmethod
    def flush(self) -> None:
        """Lose every queued message."""

    @abstractmethod
    def forget(self) -> None:
        """Lose everything: messages, queues, bindings; under the feet of whoever is connected."""

    @abstractmethod
    def down(self) -> None:
        """Answer nobody."""

    @abstractmethod
    def up(self) -> None:
        """Answer again."""

    @abstractmethod
    def close(self) -> None:
        """The test is over."""


class Embedded(Broker):
    """The SQLite file. It is down while somebody else holds it locked."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "broker.sqlite"
        self.url = f"sqla+sqlite:///{self.path}"
        self._holder: sqlite3.Connection | None = None

    def waiting(self) -> int:
        with suppress(sqlite3.OperationalError):  # its tables are not made yet
            return int(self._execute("SELECT count(*) FROM kombu_message")[0][0])
        return 0

    def flush(self) -> None:
        self._execute("DELETE FROM kombu_message")

    def forget(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def down(self) -> None:
        self._holder = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        self._holder.execute("BEGIN EXCLUSIVE")

    def up(self) -> None:
        if self._holder is not None:
            self._holder.close()
            self._holder = None

    def close(self) -> None:
        self.up()

    def _execute(self, statement: str) -> list[tuple[int]]:
        connection = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()


class Redis(Broker):
    """A server of the test's own, which keeps nothing on disk: down is killed, up is empty."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._client = redis.Redis(port=self.port)
        self._process: subprocess.Popen[bytes] | None = None
        self.up()

    def waiting(self) -> int:
        return sum(int(self._client.llen(queue.value)) for queue in Queue)  # type: ignore[arg-type]  # it is no promise

    def flush(self) -> None:
        for queue in Queue:
            self._client.delete(queue.value)

    def forget(self) -> None:
        self._client.flushall()

    def down(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def up(self) -> None:
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self._process = subprocess.Popen(["redis-server", *arguments], stdout=subprocess.DEVNULL)
        wait_for_port(self.port)

    def close(self) -> None:
        self._client.close()
        self.down()


class Node:
    """A RabbitMQ node of this run, under a name, ports and a folder of its own; it takes about five seconds."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n", encoding="utf-8")
        (folder / "plugins").write_text("[].\n", encoding="utf-8")
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_NODENAME": f"test{os.getpid()}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
        }
        self.up()

    def up(self) -> None:
        self._process = subprocess.Popen(
            [f"{RABBITMQ}/rabbitmq-server"],
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for_port(self.port)

    def down(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def control(self, *arguments: str) -> None:
        """Run rabbitmqctl."""
        subprocess.run([f"{RABBITMQ}/rabbitmqctl", "-q", *arguments], env=self._environ, check=True, timeout=PATIENCE)

    def close(self) -> None:
        self.down()
        end = time.monotonic() + 10
        while "Killed" not in self._end_port_mapper():  # it refuses while it believes that the node lives
            assert time.monotonic() < end, "epmd does not end"
            time.sleep(0.1)

    def _end_port_mapper(self) -> str:
        """The node has started a daemon of its own for its name; what that says to being ended."""
        done = subprocess.run(["epmd", "-kill"], env=self._environ, capture_output=True, text=True, timeout=10)
        return done.stdout + done.stderr


class RabbitMQ(Broker):
    """A virtual host of the test's own. Down is the whole node, killed; its durable queues come back with it."""

    def __init__(self, node: Node, name: str) -> None:
        self.node, self.name = node, name
        self.url = f"amqp://guest:guest@127.0.0.1:{node.port}/{name}"
        self._make()

    def waiting(self) -> int:
        return sum(self._each("queue_declare"))

    def flush(self) -> None:
        self._each("queue_purge")

    def forget(self) -> None:
        self.node.control("delete_vhost", self.name)
        self._make()

    def down(self) -> None:
        self.node.down()

    def up(self) -> None:
        self.node.up()

    def close(self) -> None:
        self.node.control("delete_vhost", self.name)

    def _make(self) -> None:
        self.node.control("add_vhost", self.name)
        self.node.control("set_permissions", "-p", self.name, "guest", ".*", ".*", ".*")

    def _each(self, verb: str) -> list[int]:
        """Do something to each queue that is there; how many messages each held."""
        counts = []
        with Connection(self.url) as connection:
            for queue in Queue:
                with connection.channel() as channel, suppress(NotFound):
                    if verb == "queue_purge":
                        counts.append(int(channel.queue_purge(queue.value)))
                    else:
                        counts.append(int(channel.queue_declare(queue.value, passive=True).message_count))
        return counts


def listens(port: int) -> bool:
    """Whether something on this machine takes connections on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for_port(port: int, seconds: float = PATIENCE) -> None:
    """Until something listens there. Raises AssertionError when nothing does."""
    end = time.monotonic() + seconds
    while not listens(port):
        assert time.monotonic() < end, f"nothing listens on port {port} after {seconds:.0f} s"
        time.sleep(0.05)
