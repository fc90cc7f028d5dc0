"""Which migration the database is at, and which one this code needs."""

from __future__ import annotations

from functools import cache

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from config import ROOT
from station.core.db import db


@cache
def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config)


@cache
def head() -> str | None:
    """The newest revision in migrations/versions."""
    return _scripts().get_current_head()


@cache
def known() -> frozenset[str]:
    """Every revision in migrations/versions."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def revision() -> str | None:
    """The revision that the database is at; None when it is empty."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
