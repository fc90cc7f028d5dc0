"""A plant of real processes for each test, on SQLite or PostgreSQL, with each broker that is asked for."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.serving import make_server

from config import Settings
from sandbox.mailbox.testing import free_port, running_mailbox
from sandbox.stripe.testing import Handle, running_sandbox
from station.core import clock, runtime
from station.core.db import db
from station.web.app import create_app
from tests.faults.plant import Plant


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here starts and kills real processes."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(params=["embedded"])
def broker(request: pytest.FixtureRequest, tmp_path: Path, broker_url: Callable[[str], str]) -> str:
    """The broker's address. Tests that must hold on every broker say so by `indirect` parameters."""
    return broker_url(request.param)


@pytest.fixture
def broker_url(tmp_path: Path) -> Callable[[str], str]:
    """The address of a broker by name: embedded, redis or rabbitmq (the last two are skipped where they are not)."""

    def address(name: str) -> str:
        if name == "embedded":
            return f"sqla+sqlite:///{tmp_path / 'broker.sqlite'}"
        given = {
            "redis": ("STATION_TEST_REDIS_URL", "redis://127.0.0.1:6379/9", 6379),
            "rabbitmq": ("STATION_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//", 5672),
        }[name]
        url = os.environ.get(given[0], "")
        if not url and not listens(given[2]):
            if os.environ.get("STATION_TEST_REQUIRE_ALL"):
                pytest.fail(f"required here, but missing: {name}")
            pytest.skip(f"needs {name} on port {given[2]}, or {given[0]}")
        return url or given[1]

    return address


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def own_database(built: Flask, settings: Settings, tmp_path: Path) -> Iterator[str]:
    """A copy of the migrated, established database, for the processes of one test."""
    with built.app_context():
        db.session.remove()
        db.engine.dispose()
        template = db.engine.url
    if template.get_backend_name() == "sqlite":
        shutil.copy(settings.home / "fresh.sqlite", tmp_path / "station.sqlite")
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
def sandbox() -> Iterator[Handle]:
    """A Stripe for the plant; webhooks leave by `deliver_now()`."""
    with running_sandbox(deliver="manual") as handle:
        yield handle
        assert handle.violations == []


@pytest.fixture
def plant(own_database: str, broker: str, sandbox: Handle, settings: Settings, tmp_path: Path) -> Iterator[Plant]:
    """A station whose processes the test starts and kills; its database and clock are those of this process too."""
    with running_mailbox(tmp_path / "mailbox") as mailbox:
        port = free_port()
        environ = {
            "STATION_MODE": "test",
            "STATION_HOME": str(tmp_path),
            "STATION_PORT": str(port),
            "DATABASE_URL": own_database,
            "CELERY_BROKER_URL": broker,
            "STRIPE_API_BASE": sandbox.url,
            "MAIL_PORT": str(mailbox.port),
            "SCREENING_SECONDS": "0",
        }
        own = Settings.from_env(environ)
        app = create_app(own)
        web = make_server("127.0.0.1", port, app, threaded=True)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        sandbox.set_webhook(f"http://127.0.0.1:{port}/hooks/stripe")
        with app.app_context():
            made = Plant(app, own, environ, mailbox)
            try:
                yield made
            finally:
                made.stop_all()
                web.shutdown()
                web.server_close()
                db.session.remove()
                db.engine.dispose()
    runtime.configure(settings)
    clock.use_file(settings.home / "clock")
