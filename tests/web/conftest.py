"""Fixtures of the house itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from tests.conftest import changed


@pytest.fixture
def own_shelf(app: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """STATION_MEDIA of this test alone."""
    folder = tmp_path_factory.mktemp("home") / "media"
    with changed(settings, media=folder):
        yield folder
