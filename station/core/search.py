"""The search port: one index for members, gifts, stories and more; FTS5 on SQLite, tsvector on PostgreSQL.

Text is folded here (case and accents), so that both engines find "Peña" for "pena". The last word of a query
matches by its beginning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.db import Base, db

LONGEST = 200_000  # letters of one row that are indexed; PostgreSQL refuses a tsvector of more than 1 MB
CANDIDATES = 8  # how many times more are looked at than shown, before titles decide


class SearchEntry(Base):
    """What can be found: a row of some package, by kind and id."""

    __tablename__ = "search_entry"
    __table_args__ = (sa.UniqueConstraint("kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(sa.String(300))
    folded: Mapped[str] = mapped_column(sa.Text)


@dataclass(frozen=True)
class Hit:
    """Something found: kind, row id and the title to show."""

    kind: str
    id: UUID
    title: str


def fold(text: str) -> str:
    """Lower case without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words of a text as they are indexed and searched."""
    return re.findall(r"[^\W_]+", fold(text))


def folded(title: str, text: str) -> str:
    """What is indexed of a row."""
    return " ".join(words(f"{title} {text}"[:LONGEST]))


def index(kind: str, subject_id: UUID, title: str, text: str) -> None:
    """Put a row into the index, or replace it, inside a transaction."""
    session = db.session()
    row = session.scalar(sa.select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.subject_id == subject_id))
    if row is None:
        row = SearchEntry(kind=kind, subject_id=subject_id)
        session.add(row)
    row.title, row.folded = title[:300], folded(title, text)
    session.flush()


def add_many(kind: str, rows: Sequence[tuple[UUID, str, str]]) -> None:
    """Put many new rows (id, title, text) into the index at once, inside a transaction."""
    found = [
        {"kind": kind, "subject_id": row_id, "title": title[:300], "folded": folded(title, text)}
        for row_id, title, text in rows
    ]
    if found:
        db.session().execute(sa.insert(SearchEntry), found)


def forget(kind: str, subject_id: UUID) -> None:
    """Take a row out of the index, inside a transaction."""
    session = db.session()
    row = session.scalar(sa.select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.subject_id == subject_id))
    if row is not None:
        session.delete(row)
        session.flush()


def find(query: str, kinds: Sequence[str], limit: int = 20, *, newest_first: bool = False) -> list[Hit]:
    """What matches every word of `query`, best first. Empty for a query without words.

    `newest_first` puts what was indexed last before what matches better, but for matches in the title: of thousands
    of long texts none has to be weighed.
    """
    found = words(query)[:10]
    if not found:
        return []
    session = db.session()
    if session.get_bind().dialect.name == "sqlite":
        match = " ".join(f'"{word}"' for word in found) + "*"
        order = "f.rowid DESC" if newest_first else "rank, e.title"
        statement = sa.text(
            "SELECT e.kind, e.subject_id, e.title FROM search_fts f JOIN search_entry e ON e.id = f.rowid"  # noqa: S608  # an order of ours
            f" WHERE search_fts MATCH :match AND e.kind IN :kinds ORDER BY {order} LIMIT :limit"
        )
    else:
        match = " & ".join(found) + ":*"
        weight = "ts_rank(to_tsvector('simple', folded), to_tsquery('simple', :match))"
        order = "id DESC" if newest_first else f"{weight} DESC, title"
        statement = sa.text(
            "SELECT kind, subject_id, title FROM search_entry"  # noqa: S608  # an order of ours
            " WHERE to_tsvector('simple', folded) @@ to_tsquery('simple', :match) AND kind IN :kinds"
            f" ORDER BY {order} LIMIT :limit"
        )
    typed = statement.bindparams(sa.bindparam("kinds", expanding=True)).columns(
        kind=sa.String, subject_id=sa.Uuid, title=sa.String
    )
    rows = session.execute(typed, {"match": match, "kinds": list(kinds), "limit": limit * CANDIDATES})
    hits = [Hit(row.kind, row.subject_id, row.title) for row in rows]
    return sorted(hits, key=lambda hit: -_in_title(hit, found))[:limit]


def _in_title(hit: Hit, found: Sequence[str]) -> int:
    """How many words of the query stand in a title, the last one by its beginning: names come before addresses."""
    title = words(hit.title)
    return sum(word in title for word in found[:-1]) + any(word.startswith(found[-1]) for word in title)
