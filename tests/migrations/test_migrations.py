"""Migrations: they make what the models say, and go down and up again with data in the tables."""

from __future__ import annotations

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from station.core.actor import COMMAND
from station.core.db import Base, db, transaction
from station.core.events import Subject, record
from station.licensee.queries import the_licensee
from station.web.commands.migrations import head, revision


def test_models_and_migrations_agree(app: Flask) -> None:
    assert revision() == head()
    db.session.remove()
    flask_migrate.check()


def test_down_and_up_with_data_leaves_the_same_tables(app: Flask) -> None:
    with transaction():
        record("core.test.done", COMMAND, [Subject("licensee", the_licensee().id)])
    before = _shape()
    db.session.remove()
    flask_migrate.downgrade(revision="base")
    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    flask_migrate.upgrade()
    assert _shape() == before


def _shape() -> dict[str, list[tuple[str, str, bool]]]:
    found = sa.inspect(db.engine)
    return {
        t: [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(t)] for t in Base.metadata.tables
    }
