"""Tells the shared cache in front what is out of date: a soft purge, after which it asks us before it serves again.

developer.fastly.com/reference/api/purging: POST …/purge with `Surrogate-Key` takes 256 keys; `Fastly-Soft-Purge: 1`
marks pages as stale instead of throwing them away. Varnish's configuration reads the same headers of a PURGE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db, transaction
from station.core.outbox import JobState, Outbox, Permanent
from station.core.runtime import settings
from station.core.stale import PURGE, SETTLED

TIMEOUT = 10  # seconds
MOST_KEYS, MOST_LETTERS = 256, 4_000  # of one request
MAY_PASS = (408, 425, 429)  # and every 5xx


class NotPurged(Exception):
    """The cache did not take it: it may the next time."""


class _NoRedirects(HTTPRedirectHandler):
    """The token goes to the address of the settings, and to no other."""

    def redirect_request(self, *_args: object) -> None:
        return None


_opener = build_opener(_NoRedirects)


def purge(keys: Iterable[str]) -> None:
    """Tell the cache these keys, and those of other changes that wait, whose jobs are then done.

    Raises NotPurged when trying again may help, and outbox.Permanent when it will not.
    """
    along = _waiting()
    wanted = dict.fromkeys([*keys, *(each for more in along.values() for each in more)])
    if settings().purge_url:  # it may have been taken out of use since
        for batch in batches(wanted):
            _tell(batch)
    if along:
        with transaction() as session:
            session.execute(
                sa.update(Outbox)
                .where(Outbox.id.in_(along), Outbox.state == JobState.READY)
                .values(state=JobState.DONE, done_at=clock.now(), last_error="")
                .execution_options(synchronize_session=False)
            )


def batches(keys: Iterable[str]) -> Iterator[list[str]]:
    """Keys in lists that one request takes."""
    if "{key}" in settings().purge_url:
        yield from ([each] for each in keys)
        return
    batch: list[str] = []
    for each in keys:
        if len(batch) == MOST_KEYS or sum(map(len, batch)) + len(batch) + len(each) > MOST_LETTERS:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _waiting() -> dict[UUID, list[str]]:
    """Jobs of other changes that every web process has seen by now, with their keys."""
    rows = db.session().execute(
        sa.select(Outbox.id, Outbox.args)
        .where(Outbox.job == PURGE.name, Outbox.state == JobState.READY, Outbox.created_at <= clock.now() - SETTLED)
        .limit(MOST_KEYS)
    )
    found: dict[UUID, Any] = {row.id: row.args["keys"] for row in rows}
    db.session().rollback()
    return found


def _tell(keys: list[str]) -> None:
    known = settings()
    headers = {"Surrogate-Key": " ".join(keys), "Fastly-Soft-Purge": "1", "User-Agent": "Station"}
    if known.purge_token:
        headers |= {"Fastly-Key": known.purge_token, "Authorization": f"Bearer {known.purge_token}"}
    url = known.purge_url.replace("{key}", quote(keys[0], safe=":"))
    request = Request(url, headers=headers, method=known.purge_method)  # noqa: S310  # http(s): config.py
    try:
        _opener.open(request, timeout=TIMEOUT).close()
    except HTTPError as error:
        if error.code in MAY_PASS or error.code >= 500:
            raise NotPurged(f"the cache answered {error.code}") from None
        raise Permanent(f"the cache refused with {error.code}; look at STATION_PURGE_URL and its token") from None
    except (OSError, HTTPException) as error:
        raise NotPurged(f"the cache does not answer ({type(error).__name__})") from None
