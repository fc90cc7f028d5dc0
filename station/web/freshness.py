"""Keeps the versions in memory fresh in each web process (docs/decisions/0004)."""

from __future__ import annotations

import os
from collections.abc import Callable

from flask import Flask

from station.core import bulletin
from station.news.services import write_uses


def install(app: Flask) -> None:
    """Begin to follow the bulletin with the first request of each process, so that it works with and without a fork.

    Tests exchange the database under the application and refresh by themselves.
    """
    if app.config["STATION"].mode == "test":
        return
    following: set[int] = set()

    def within(call: Callable[[], object]) -> None:
        with app.app_context():
            call()

    @app.before_request
    def follow() -> None:
        if os.getpid() not in following:
            following.add(os.getpid())
            bulletin.refresh()
            bulletin.watch(within)
            bulletin.watch(within, write_uses, "uses")  # a writer's wait for its lock holds up no reader
