"""Taking NPR's stories in, one document a transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from station.core.actor import Actor
from station.core.db import transaction
from station.news import queries
from station.news.cds.around import NOTHING, Around, wanted
from station.news.cds.blocks import Body
from station.news.cds.cards import cards_by_document, closed
from station.news.cds.document import CdsStory, Withdrawn, read
from station.news.cds.shapes import Refused, id_of
from station.news.drafts import Block, StoryDraft
from station.news.models import Story, StoryState
from station.news.services.correcting import log_owners_corrections
from station.news.services.labelling import label
from station.news.services.writing import fill, new_row, retract, tell


@dataclass(frozen=True)
class Taken:
    """What became of one document: added, updated, unchanged, retracted or refused (with the reason in `why`)."""

    outcome: str
    cds_id: str
    why: str = ""
    left_out: tuple[str, ...] = ()


class _Rehearsed(Exception):
    """A rehearsal is over: its transaction is taken back."""


def import_document(
    document: Any, station_id: UUID, actor: Actor, around: Around = NOTHING, *, rehearse: bool = False
) -> Taken:
    """Take one CDS document into a station, in a transaction of its own. A document that cannot be taken is refused.

    Again and again has the same result as once; a document older than the one we hold is refused; an id that we know
    stays with the station it is at. `around` is what came along with it; `rehearse` says what would happen, and
    writes nothing.
    """
    if not isinstance(document, dict):
        return Taken("refused", "", "it is not an object")
    try:
        around = replace(around, owners={**queries.owners(), **around.owners})
        found = read(document, around)
        if isinstance(found, Withdrawn):
            return _withdraw(found, actor, rehearse)
        return _take(found, station_id, actor, rehearse)
    except Refused as refusal:
        return Taken("refused", _id_or_nothing(document), str(refusal))
    except RecursionError:
        return Taken("refused", _id_or_nothing(document), "it is nested too deeply")


def retract_missing(cds_id: str, why: str, actor: Actor, *, rehearse: bool = False) -> Taken:
    """Take a story off the site that its owner has no more. One that we never had is refused."""
    return _withdraw(Withdrawn(cds_id, why), actor, rehearse)


def take_story(found: CdsStory, station_id: UUID, actor: Actor, *, rehearse: bool = False) -> Taken:
    """Take a story that was read already, of whomever; refused with the reason when it cannot be taken."""
    try:
        return _take(found, station_id, actor, rehearse)
    except Refused as refusal:
        return Taken("refused", found.cds_id, str(refusal))


def _take(found: CdsStory, station_id: UUID, actor: Actor, rehearse: bool) -> Taken:
    try:
        return _in_one(lambda session: _write(session, found, station_id, actor), rehearse)
    except (
        IntegrityError,
        DataError,
    ):  # somebody else took the same document or slug between our look and our insert
        pass
    try:
        return _in_one(lambda session: _write(session, found, station_id, actor), rehearse)
    except (IntegrityError, DataError):
        raise Refused("the database does not take it") from None


def _in_one(write: Callable[[Session], Taken], rehearse: bool) -> Taken:
    """Write in a transaction, which a rehearsal takes back."""
    taken: list[Taken] = []
    try:
        with transaction() as session:
            taken.append(write(session))
            if rehearse:
                raise _Rehearsed
    except _Rehearsed:
        pass
    return taken[0]


def _write(session: Session, found: CdsStory, station_id: UUID, actor: Actor) -> Taken:
    row = session.scalar(sa.select(Story).where(Story.cds_id == found.cds_id).with_for_update())
    name = "updated" if row else "added"
    if row is None:
        row = new_row(session, found.draft, station_id)
        row.cds_id = found.cds_id
    elif row.kept_off:
        raise Refused("it was taken off the site here by a person")
    elif found.modified < row.cds_modified:
        raise Refused(f"it is older ({found.modified or 'undated'}) than what we hold ({row.cds_modified})")
    elif found.alone and found.modified == row.cds_modified and found.modified and row.state is StoryState.PUBLISHED:
        return Taken("unchanged", found.cds_id)
    kept, draft = found.alone and name == "updated", _draft(row, found)
    if kept:
        _fill_alone(session, row, draft)
    else:
        fill(session, row, draft)
    row.cds_modified, row.cds_raw = found.modified, found.raw
    session.add(row)
    changed = _changed(row)
    session.flush()
    log_owners_corrections(row)
    relabelled = not kept and label(session, row, draft)
    if not (relabelled or changed or name == "added"):
        return Taken("unchanged", found.cds_id, left_out=found.left_out)
    tell("news.story.imported" if name == "added" else "news.story.updated", row, actor)
    return Taken(name, found.cds_id, left_out=found.left_out)


def _draft(row: Story, found: CdsStory) -> StoryDraft:
    """A document's draft. Cards whose documents could not be asked for lead where the row's led; new ones wait."""
    known = _cards(row) if found.alone else {}
    return replace(found.draft, blocks=closed(found.draft.blocks, known))


def _cards(row: Story) -> dict[str, Block]:
    """The cards of a row by the id of the document that each leads to; none of a new row."""
    if not row.cds_raw:
        return {}
    document = json.loads(row.cds_raw)
    body = Body(document, Around(unasked=frozenset(wanted(document))), lambda _: None)
    return cards_by_document(body.read(), row.blocks)


def _fill_alone(session: Session, row: Story, draft: StoryDraft) -> None:
    """Write a draft into a row that is fuller than it: who made the story, where it is filed and the words of its
    recordings stay as they were."""
    before = {_file(block): block["transcript"] for block in row.blocks if block.get("transcript")}
    blocks = [
        {**block, "transcript": words, "transcript_url": ""}
        if block["type"] == "audio" and not block["transcript"] and (words := before.get(_file(block)))
        else block
        for block in draft.blocks
    ]
    filed = row.section_id, row.program_id
    fill(session, row, replace(draft, blocks=blocks, byline=row.byline))
    row.section_id, row.program_id = filed


def _file(block: Block) -> tuple[Any, Any]:
    """Which recording a block holds: its address without what is signed or counted behind it, and its player's."""
    return str(block.get("url")).partition("?")[0], block.get("embed_url")


def _withdraw(found: Withdrawn, actor: Actor, rehearse: bool) -> Taken:
    """Take a story off the site because its owner restricted it. One that we never had is refused."""

    def write(session: Session) -> Taken:
        row = session.scalar(sa.select(Story).where(Story.cds_id == found.cds_id).with_for_update())
        if row is None:
            return Taken("refused", found.cds_id, found.why)
        if row.state is StoryState.RETRACTED:
            return Taken("unchanged", found.cds_id)
        retract(row, found.why, actor)
        return Taken("retracted", found.cds_id, found.why)

    return _in_one(write, rehearse)


def _changed(row: Story) -> bool:
    return any(attribute.history.has_changes() for attribute in sa.inspect(row).attrs)


def _id_or_nothing(document: dict[str, Any]) -> str:
    try:
        return id_of(document)
    except Refused:
        return ""
