"""What tests of payments share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from station.core.db import db


@pytest.fixture
def outbox(outbox: Callable[[], int]) -> Callable[[], int]:
    """Run what is due, seeing what other threads have committed since the test last read."""

    def run() -> int:
        db.session.rollback()
        return outbox()

    return run
