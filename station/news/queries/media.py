"""Reads of our own pictures and recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from station.core import clock, search
from station.core.db import db
from station.core.ids import public_id, row_id
from station.licensee.models import Station
from station.licensee.queries import the_licensee
from station.news.media import shelf
from station.news.models import Media, MediaKind, MediaState, Story, StoryAutosave, StoryRevision, StoryState
from station.news.policies.images import MODERN, PLAIN, SOUND, WHOLE, name_of, stamp
from station.news.policies.media import TYPES
from station.news.policies.words import alt_text

PREFIX = "media"
USUAL_WIDTH = 1200  # of the file that stands where only one can
MOST_LINES = 50
AT_ONCE = 500
SAME = (
    "id",
    "kind",
    "state",
    "why",
    "name",
    "sha256",
    "bytes",
    "width",
    "height",
    "seconds",
    "focal_x",
    "focal_y",
    "alt",
    "decorative",
    "caption",
    "credit",
    "rights",
    "not_after",
    "received_at",
)


@dataclass(frozen=True)
class MediaView:
    """A picture or a recording. `kind` is image or audio; `files` are what readers may fetch, none before it is made.

    `not_after` is the last day, in the station's calendar, on which it may be used.
    """

    id: UUID
    kind: MediaKind
    state: MediaState
    why: str
    name: str
    sha256: str
    bytes: int
    width: int | None
    height: int | None
    seconds: int | None
    focal_x: int
    focal_y: int
    alt: str
    decorative: bool
    caption: str
    credit: str
    rights: str
    not_after: date | None
    received_at: datetime
    files: Sequence[Mapping[str, Any]]

    @property
    def public_id(self) -> str:
        return public_id(PREFIX, self.id)

    @property
    def usable(self) -> bool:
        """Whether there is something to show or to play."""
        return bool(self.files)

    @property
    def described(self) -> bool:
        """Whether what must be said of it has been said: alt or that none is needed, and a credit; or a title."""
        if self.kind is MediaKind.AUDIO:
            return bool(self.caption)
        return bool(self.credit and (self.alt or self.decorative))

    @property
    def cropping(self) -> bool:
        """Whether crops are still those of an earlier focal point."""
        focal = (self.focal_x, self.focal_y)
        return any(each["stamp"] != stamp(self.sha256, each["shape"], focal) for each in self.files)

    def expired(self, today: date) -> bool:
        return self.not_after is not None and self.not_after < today

    def picture(
        self, alt: str | None = None, caption: str | None = None, credit: str | None = None
    ) -> dict[str, Any]:
        """What `parts/figure.html` prints: a JPEG with smaller ones, the same as AVIF, and crops by their name.

        Words that are not given are its own. Raises LookupError before its files are made.
        """
        caption = self.caption if caption is None else caption
        alt = ("" if self.decorative else self.alt) if alt is None else alt
        whole = self._of(WHOLE, PLAIN)
        if not whole:
            raise LookupError(f"{self.public_id} has no files yet")
        usual = min(whole, key=lambda each: abs(each["width"] - USUAL_WIDTH))
        return {
            "url": self.url(usual),
            "width": usual["width"],
            "height": usual["height"],
            "alt": alt_text(alt, caption),
            "caption": caption,
            "credit": self.credit if credit is None else credit,
            "srcset": self._set(whole),
            "sources": [{"type": TYPES[MODERN], "srcset": self._set(self._of(WHOLE, MODERN))}],
            "crops": self.crops,
        }

    def sound(self, title: str | None = None) -> dict[str, Any]:
        """What a story's audio block holds. Raises LookupError before the recording is ready."""
        found = self._of(SOUND, "")
        if not found:
            raise LookupError(f"{self.public_id} has no file yet")
        return {
            "url": self.url(found[0]),
            "mime": TYPES[found[0]["ext"]],
            "bytes": found[0]["bytes"],
            "seconds": self.seconds,
            "title": self.caption if title is None else title,
            "download": True,
        }

    def again(self, piece: Mapping[str, Any]) -> dict[str, Any]:
        """A piece of a story that holds this, with today's files and the words that it has there."""
        if self.kind is MediaKind.AUDIO:
            return {**piece, **self.sound(piece.get("title", ""))}
        said = (piece.get(name, "") for name in ("alt", "caption", "credit"))
        return {**piece, **self.picture(*said)}

    @property
    def crops(self) -> dict[str, dict[str, Any]]:
        """The widest file of each crop, by name."""
        made = sorted((each for each in self.files if each["shape"] not in (WHOLE, SOUND)), key=_width)
        return {
            each["shape"]: {"url": self.url(each), "width": _width(each), "height": each["height"]} for each in made
        }

    @property
    def thumb(self) -> Mapping[str, Any] | None:
        """The smallest file of the whole picture: url, width and height."""
        whole = self._of(WHOLE, PLAIN)
        return {"url": self.url(whole[0]), "width": _width(whole[0]), "height": whole[0]["height"]} if whole else None

    def url(self, file: Mapping[str, Any]) -> str:
        """The address of one of its files."""
        return f"{address_of(self.id)}{file['stamp']}/{name_of(file)}"

    def _of(self, shape: str, ext: str) -> list[Mapping[str, Any]]:
        found = [each for each in self.files if each["shape"] == shape and ext in ("", each["ext"])]
        return sorted(found, key=_width)

    def _set(self, files: Sequence[Mapping[str, Any]]) -> str:
        return ", ".join(f"{self.url(each)} {each['width']}w" for each in files)


@dataclass(frozen=True)
class Use:
    """A story that shows a picture or plays a recording, in whatever state; `station` is the slug."""

    id: UUID
    headline: str
    slug: str
    station: str
    state: StoryState

    @property
    def public_id(self) -> str:
        return public_id("story", self.id)


def media(text: str) -> MediaView | None:
    """A picture or a recording by its public id."""
    found = row_id(PREFIX, text)
    row = db.session().get(Media, found) if found else None
    return media_view(row) if row else None


def library(kind: str = "", words: str = "", limit: int = 60, before: str = "", state: str = "") -> list[MediaView]:
    """What was sent, newest first: of a kind, with these words in its name, caption, credit or alt, in a state; what
    follows the one with the public id `before`."""
    query = sa.select(Media).order_by(Media.id.desc()).limit(limit)
    if kind in list(MediaKind):
        query = query.where(Media.kind == MediaKind(kind))
    if state in list(MediaState):
        query = query.where(Media.state == MediaState(state))
    if found := row_id(PREFIX, before):
        query = query.where(Media.id < found)
    if words.strip():
        query = query.where(Media.id.in_([hit.id for hit in search.find(words, ["media"], AT_ONCE)]))
    return [media_view(row) for row in db.session().scalars(query)]


def recent(kind: str, words: str = "", limit: int = 24) -> list[MediaView]:
    """What can be put into a story today, newest first: ready, described, and within its rights."""
    today = clock.today(the_licensee().timezone)
    found = library(kind, words, AT_ONCE)
    return [each for each in found if each.usable and each.described and not each.expired(today)][:limit]


def where_used(media_id: UUID) -> list[Use]:
    """The stories that hold a picture or a recording, or in whose writing it is named, newest first."""
    query = (
        sa.select(Story.id, Story.headline, Story.slug, Station.slug.label("station"), Story.state)
        .join(Station, Station.id == Story.station_id)
        .where(sa.or_(mentions(media_id), _written_with(media_id)))
        .order_by(Story.id.desc())
    )
    return [Use(**row._mapping) for row in db.session().execute(query)]


def rights_ended(today: date) -> list[MediaView]:
    """What is in a story although its rights have ended."""
    rows = db.session().scalars(sa.select(Media).where(Media.not_after < today).order_by(Media.not_after, Media.id))
    return [media_view(row) for row in rows if where_used(row.id)]


def files_missing() -> list[str]:
    """Pictures and recordings whose files are not on this server's disk, one line each."""
    lines = []
    for row in db.session().scalars(sa.select(Media).order_by(Media.id)):
        view = media_view(row)
        wanted = {f"{each['stamp']}/{name_of(each)}" for each in view.files}
        gone = wanted - shelf.there(view.public_id) if wanted else set()
        lost = row.state is MediaState.READY and not shelf.original(row.sha256).is_file()
        if gone or lost:
            what = [f"{len(gone)} of {len(wanted)} files"] * bool(gone) + ["its original"] * lost
            lines.append(f"{view.public_id} ({row.name}) misses {' and '.join(what)}.")
    more = len(lines) - MOST_LINES
    return lines[:MOST_LINES] + ([f"And {more} more."] if more > 0 else [])


def files_named(connection: Connection) -> set[str]:
    """The paths below STATION_MEDIA that a database names: what readers fetch, and originals but of the refused."""
    found = set()
    for row in connection.execute(sa.select(Media.id, Media.state, Media.sha256, Media.files)):
        if row.state is not MediaState.REFUSED:
            found.add(shelf.original_path(row.sha256))
        name = public_id(PREFIX, row.id)
        found.update(shelf.public_path(name, each["stamp"], name_of(each)) for each in row.files)
    return found


def media_view(row: Media) -> MediaView:
    """A row as it is read."""
    return MediaView(**{name: getattr(row, name) for name in SAME}, files=list(row.files))


def address_of(media_id: UUID) -> str:
    """What the addresses of its files begin with."""
    return f"/media/{public_id(PREFIX, media_id)}/"


def mentions(media_id: UUID) -> sa.ColumnElement[bool]:
    """That a story holds a picture or a recording: its files' addresses stand in it."""
    address = address_of(media_id)
    return sa.or_(
        *(sa.cast(column, sa.Text).contains(address, autoescape=True) for column in (Story.image, Story.blocks))
    )


def _written_with(media_id: UUID) -> sa.ColumnElement[bool]:
    """That it is named in what is written of a story and is not out: what was saved last, or is not saved yet."""
    name = public_id(PREFIX, media_id)
    later = aliased(StoryRevision)
    newest = sa.select(sa.func.max(later.number)).where(later.story_id == StoryRevision.story_id).scalar_subquery()
    saved = sa.exists().where(
        StoryRevision.story_id == Story.id,
        StoryRevision.number == newest,
        sa.cast(StoryRevision.content, sa.Text).contains(name, autoescape=True),
    )
    unsaved = sa.exists().where(
        StoryAutosave.story_id == Story.id, sa.cast(StoryAutosave.content, sa.Text).contains(name, autoescape=True)
    )
    return sa.or_(saved, unsaved)


def _width(file: Mapping[str, Any]) -> int:
    return int(file["width"])
