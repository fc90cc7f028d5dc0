"""What a backup is for: something to lose, and losing it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable

from PIL import Image

from config import Settings
from station.core import runtime
from station.core.actor import COMMAND
from station.core.db import db, writable
from station.news.queries.media import library
from station.news.services.media import receive
from tests.news import sent_files


def picture(outbox: Callable[[], int], colour: str = "#4a4f58") -> str:
    """A picture that was sent in and made into its sizes; the address of one of them."""
    receive("noon.jpg", io.BytesIO(sent_files.encoded(Image.new("RGB", (320, 200), colour), "JPEG")), COMMAND)
    outbox()
    db.session.rollback()
    return str(library()[0].picture(alt="A bus stop")["url"])


def lose_everything(settings: Settings) -> None:
    """The disaster: the database is empty, without a single table, and every picture is gone."""
    shutil.rmtree(runtime.settings().media, ignore_errors=True)
    db.session.remove()
    db.engine.dispose()
    if db.engine.dialect.name == "sqlite":
        for file in settings.home.glob("station.sqlite*"):
            file.unlink()
        return
    with writable(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    db.engine.dispose()
