"""Asking NPR for stories: by id, by query, and whether those that we show are still there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock
from station.core.actor import Actor
from station.core.db import db
from station.news import gateway, queries
from station.news.cds.around import Around, wanted
from station.news.gateway import CdsRefused, CdsUnavailable
from station.news.services.importing import Taken, import_document, retract_missing

USUAL = {"sort": "publishDateTime:desc"}  # without it NPR sends the oldest first
USUAL_NUMBER = 20
GONE = "NPR has it no more"
BESIDE = "authors, collections and transcripts"
OTHER = "NPR answered with another document"
LOOK_BACK = timedelta(days=30)
MOST_OLDER = 100  # of those before, by turns: each hour another hundred
HOUR = 3600
MANY = 10  # when half of so many are missing at once, it is the question that is wrong, not the stories


class BadQuery(Exception):
    """What is wrong with a query, in words for the newsroom."""


def query_of(text: str) -> tuple[dict[str, str], int]:
    """The parameters of a query as one writes them in an address, and how many documents are asked for.

    Raises BadQuery.
    """
    try:
        asked = dict(parse_qsl(text.strip().removeprefix("?"), strict_parsing=True))
        most = int(asked.pop("limit", USUAL_NUMBER))
    except ValueError:
        raise BadQuery("Write it as in an address: collectionIds=1122&limit=20.") from None
    if not text.strip() or "offset" in asked or not 0 < most <= gateway.MOST_IN_ALL:
        raise BadQuery(
            f"Ask for something; limit goes from 1 to {gateway.MOST_IN_ALL:,}, and offset is counted here."
        )
    return {**USUAL, **asked}, most


def pull_ids(cds_ids: Sequence[str], station_id: UUID, actor: Actor, *, rehearse: bool = False) -> list[Taken]:
    """Take these documents. One that NPR has no more is retracted here. Raises CdsUnavailable and CdsRefused."""
    found = {cds_id: gateway.document(cds_id) for cds_id in dict.fromkeys(each.lower() for each in cds_ids)}
    there = [document for cds_id, document in found.items() if _named(document) == cds_id]
    missing = [cds_id for cds_id, document in found.items() if document is None]
    gone = [retract_missing(cds_id, GONE, actor, rehearse=rehearse) for cds_id in missing]
    others = [cds_id for cds_id, document in found.items() if document is not None and document not in there]
    return take_all(there, station_id, actor, rehearse=rehearse) + gone + [Taken("refused", e, OTHER) for e in others]


def pull_query(text: str, station_id: UUID, actor: Actor, *, rehearse: bool = False) -> list[Taken]:
    """Take what answers a query. Raises BadQuery, CdsUnavailable and CdsRefused."""
    asked, most = query_of(text)
    return take_all(gateway.query(asked, most), station_id, actor, rehearse=rehearse)


def take_given(documents: Sequence[Any], station_id: UUID, actor: Actor, *, rehearse: bool = False) -> list[Taken]:
    """Take documents of a file, with what came along in it; nothing is asked of NPR."""
    leaning = set[str]().union(*map(wanted, documents))
    around = Around.of(documents, queries.addresses_of(leaning))
    return [import_document(each, station_id, actor, around, rehearse=rehearse) for each in documents]


def take_all(documents: Sequence[Any], station_id: UUID, actor: Actor, *, rehearse: bool = False) -> list[Taken]:
    """Take documents with what they lean on, which is fetched first.

    Where that cannot be had the first line of the report says so, and what was known of it stays as it was.
    """
    around = Around.of(documents)
    leaning = sorted(set[str]().union(*map(wanted, documents)))
    here = queries.addresses_of(leaning)
    db.session().rollback()  # no reading transaction stays open while NPR answers
    asked = [each for each in leaning if each not in around.documents]
    failed: list[Taken] = []
    try:
        around = Around.of([*documents, *gateway.documents(asked)], here)
    except (CdsUnavailable, CdsRefused) as problem:
        around = replace(Around.of(documents, here), unasked=frozenset(asked))
        failed = [Taken("refused", BESIDE, f"{problem}; what was known of them stays")]
    return failed + [import_document(each, station_id, actor, around, rehearse=rehearse) for each in documents]


def look_again(station_id: UUID, actor: Actor) -> list[Taken]:
    """Ask once more for what we show of the last month, and for some of what is older: changed is updated, gone or
    restricted is retracted. What was retracted within a month is asked for as well, and comes back when it is there.

    A deleted document leaves no trace at NPR but its absence. When many are missing together nothing is retracted,
    and a person is told. Raises CdsUnavailable and CdsRefused.
    """
    since, turn = clock.now() - LOOK_BACK, int(clock.now().timestamp()) // HOUR
    recent, older = queries.known_since(since), queries.known_before(since, MOST_OLDER, turn)
    asked = dict.fromkeys([*recent, *older, *queries.retracted_since(since, MOST_OLDER)])
    db.session().rollback()
    there = [document for document in gateway.documents(list(asked)) if _named(document) in asked]
    here = set(map(_named, there))
    missing = [*_missing(recent, here), *_missing(older, here)]
    gone = [retract_missing(cds_id, GONE, actor) for cds_id in missing]
    return take_all(there, station_id, actor) + gone


def _missing(known: Sequence[str], here: Collection[str]) -> list[str]:
    """What NPR has no more of these; nothing, and a person is told, when it is too many at once."""
    missing = sorted(set(known) - set(here))
    if len(missing) >= MANY and len(missing) * 2 > len(known):
        open_work_item(
            "news.many_missing",
            "news.many_missing",
            Role.NEWS,
            f"NPR misses {len(missing):,} of {len(known):,} stories that we show",
            "So many do not go at once: nothing was taken off the site. Look whether the token is still good.",
        )
        return []
    return missing


def _named(document: Any) -> str:
    """The id of a document; empty when it has none."""
    found = document.get("id") if isinstance(document, dict) else None
    return found.lower() if isinstance(found, str) else ""
