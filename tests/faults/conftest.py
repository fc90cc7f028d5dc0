"""A plant of real processes for each test, on SQLite or PostgreSQL, with each broker that is asked for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from sandbox.mailbox.testing import free_port, running_mailbox
from sandbox.stripe.testing import Handle, running_sandbox
from station.core import bulletin, clock, runtime
from station.core.db import db
from station.core.ids import new_id
from station.payments.policies import FOLDED, HOOK
from station.web.app import create_app
from tests.conftest import needs
from tests.databases import FRESH
from tests.faults.brokers import RABBITMQ, USUAL, Broker, Embedded, Node, RabbitMQ, Redis
from tests.faults.plant import Plant


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here starts and kills real processes. Each wait has an end of its own, and says what was missing."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.timeout(900))  # a mark at the test itself is nearer


@pytest.fixture(scope="session")
def rabbitmq_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One node for the run; every test that asks for RabbitMQ has a virtual host of its own on it."""
    needs(Path(RABBITMQ, "rabbitmq-server").exists(), "RabbitMQ's server")
    node = Node(tmp_path_factory.mktemp("rabbitmq"))
    yield node
    node.close()


@pytest.fixture(params=[USUAL])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """The plant's broker. Tests that must hold on every broker say so: `@on_every_broker`."""
    made: Broker
    if request.param == "embedded":
        made = Embedded(tmp_path)
    elif request.param == "redis":
        needs(shutil.which("redis-server") is not None, "Redis's server")
        made = Redis(tmp_path)
    else:
        made = RabbitMQ(request.getfixturevalue("rabbitmq_node"), f"plant{new_id().hex}")
    yield made
    made.close()


@pytest.fixture
def own_database(built: Flask, settings: Settings, tmp_path: Path) -> Iterator[str]:
    """A copy of the migrated, established database, for the processes of one test."""
    with built.app_context():
        db.session.remove()
        db.engine.dispose()
        template = db.engine.url
    if template.get_backend_name() == "sqlite":
        shutil.copy(settings.home / f"{FRESH}.sqlite", tmp_path / "station.sqlite")
        yield f"sqlite:///{tmp_path / 'station.sqlite'}"
        return
    name = f"{template.database}_plant"
    server = sa.create_engine(template.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template.database}")
        yield template.set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> Iterator[Handle]:
    """A Stripe for the plant; webhooks leave by `deliver_now()`, or by themselves where the parameter is "auto"."""
    deliver = getattr(request, "param", "manual")
    with running_sandbox(deliver=deliver, webhook_events=tuple(FOLDED), pauses=(0.3, 1, 2, 4, 8)) as handle:
        yield handle
        assert handle.violations == []


@pytest.fixture
def plant(own_database: str, broker: Broker, sandbox: Handle, settings: Settings, tmp_path: Path) -> Iterator[Plant]:
    """A station whose processes the test starts and kills; its database and clock are those of this process too."""
    with running_mailbox(tmp_path / "mailbox") as mailbox:
        port = free_port()
        environ = {
            "STATION_MODE": "test",
            "STATION_HOME": str(tmp_path),
            "STATION_PORT": str(port),
            "DATABASE_URL": own_database,
            "CELERY_BROKER_URL": broker.url,
            "STRIPE_API_BASE": sandbox.url,
            "MAIL_PORT": str(mailbox.port),
            "SCREENING_SECONDS": "0",
        }
        own = Settings.from_env(environ)
        app = create_app(own)
        sandbox.set_webhook(f"http://127.0.0.1:{port}{HOOK}")
        with app.app_context():
            bulletin.forget()  # what this process remembers is another database's
            made = Plant(app, own, environ, mailbox)
            try:
                yield made
            finally:
                made.stop_all()
                db.session.remove()
                db.engine.dispose()
    runtime.configure(settings)
    clock.use_file(settings.home / "clock")
