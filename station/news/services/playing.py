"""Writing the playlist: taken from a file, or by hand. Each change bumps the bulletin "playlist"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import bulletin, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.stale import key_of, stale
from station.licensee.queries import station_by_id
from station.news.models import PlaylistEntry
from station.news.playlists import PieceDraft, Unreadable, piece
from station.news.policies.seen import same_as_seen
from station.news.services.airing import SCHEDULE
from station.news.services.writing import BULLETIN

PLAYLIST = "playlist"
PIECE = tuple(each.name for each in fields(PieceDraft) if each.name != "source_key")  # what a page of it shows


@dataclass(frozen=True)
class TakenPiece:
    """What became of a row of a file: added, updated, unchanged or refused; `row` counts from 1."""

    outcome: str
    row: int
    key: str
    why: str = ""


def take_playlist(
    rows: Iterable[Any], station_id: UUID, zone: str, actor: Actor, *, rehearse: bool = False
) -> list[TakenPiece]:
    """Take the rows of a playlist, in one transaction; a row that is known by its key is corrected.

    Two rows of one key are the later one. A rehearsal says the same and changes nothing.
    """
    drafts: dict[str, tuple[int, PieceDraft]] = {}
    taken: list[TakenPiece] = []
    for number, row in enumerate(rows, start=1):
        try:
            draft = piece(row, zone)
            drafts[draft.source_key] = (number, draft)
        except Unreadable as problem:
            taken.append(TakenPiece("refused", number, "", str(problem)))
    if rehearse:
        known = _known(db.session(), station_id, drafts)
        taken += [_outcome(number, draft, known.get(key)) for key, (number, draft) in drafts.items()]
        db.session().rollback()
        return sorted(taken, key=lambda each: each.row)
    with transaction() as session:
        known = _known(session, station_id, drafts)
        for key, (number, draft) in drafts.items():
            taken.append(_outcome(number, draft, known.get(key)))
            row = known.get(key) or PlaylistEntry(id=new_id(), station_id=station_id)
            _fill(row, draft)
            session.add(row)
        counted = Counter(each.outcome for each in taken)
        if counted["added"] or counted["updated"]:
            session.flush()
            _bump(session, station_id, counted["added"])
            events.record("news.playlist.taken", actor, [Subject("station", station_id)], dict(counted))
    return sorted(taken, key=lambda each: each.row)


def keep_piece(
    entry_id: UUID | None, station_id: UUID, draft: PieceDraft, actor: Actor, *, seen: str | None = None
) -> UUID:
    """Add a piece by hand, or correct one, which keeps its key; returns its id.

    `seen` is policies.seen.mark() of what the page showed. Raises NoResultFound, and policies.seen.ChangedSince.
    """
    with transaction() as session:
        if entry_id:
            row = session.get_one(PlaylistEntry, entry_id, with_for_update=True)
            same_as_seen(row, PIECE, seen)
            key = row.source_key
        else:
            row = PlaylistEntry(id=new_id(), station_id=station_id)
            key = f"desk:{row.id}"
        _fill(row, draft)
        row.source_key = key
        session.add(row)
        session.flush()
        _tell(
            session,
            "news.playlist.corrected" if entry_id else "news.playlist.added",
            row,
            actor,
            added=0 if entry_id else 1,
        )
        return row.id


def remove_piece(entry_id: UUID, actor: Actor) -> None:
    """Take a piece off the playlist. Raises NoResultFound."""
    with transaction() as session:
        row = session.get_one(PlaylistEntry, entry_id, with_for_update=True)
        session.delete(row)
        session.flush()
        _tell(session, "news.playlist.removed", row, actor)


def _known(session: Session, station_id: UUID, keys: Iterable[str]) -> dict[str, PlaylistEntry]:
    wanted = list(keys)
    found: dict[str, PlaylistEntry] = {}
    for start in range(0, len(wanted), 500):
        rows = session.scalars(
            sa.select(PlaylistEntry).where(
                PlaylistEntry.station_id == station_id, PlaylistEntry.source_key.in_(wanted[start : start + 500])
            )
        )
        found |= {row.source_key: row for row in rows}
    return found


def _outcome(number: int, draft: PieceDraft, row: PlaylistEntry | None) -> TakenPiece:
    if row is None:
        return TakenPiece("added", number, draft.source_key)
    same = all(getattr(row, name) == value for name, value in asdict(draft).items())
    return TakenPiece("unchanged" if same else "updated", number, draft.source_key)


def _fill(row: PlaylistEntry, draft: PieceDraft) -> None:
    for name, value in asdict(draft).items():
        setattr(row, name, value)


def _bump(session: Session, station_id: UUID, added: int) -> None:
    """Say that a playlist was changed; homes lead to it once there is a piece, and no more when there is none."""
    bulletin.bump(PLAYLIST)
    stale(key_of("playlist", station_by_id(station_id).slug))
    here = sa.select(PlaylistEntry.id).where(PlaylistEntry.station_id == station_id).limit(added + 1)
    if len(session.scalars(here).all()) <= added:
        bulletin.bump(BULLETIN)
        bulletin.bump(SCHEDULE)


def _tell(session: Session, name: str, row: PlaylistEntry, actor: Actor, added: int = 0) -> None:
    _bump(session, row.station_id, added)
    events.record(name, actor, [Subject("playlist_entry", row.id)], {"title": row.title, "composer": row.composer})
