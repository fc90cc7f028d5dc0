"""Writing redirects down, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import new_id, public_id
from station.core.locks import lock_name
from station.news.models import Redirect, RedirectUse
from station.news.policies.moves import Leads, Refused, Target, moved_path, target
from station.news.policies.seen import same_as_seen
from station.news.services.moving.book import LOCK, Book, as_story, bend, hosts_of_ours, scope_of, to_stories

MOST = 20_000  # all of them are read before one is written
# what a page shows of one
REDIRECT = ("station_id", "path", "story_id", "target", "permanent", "keep_query", "reason")


@dataclass(frozen=True)
class RedirectDraft:
    """A redirect as somebody typed it. Without a station it holds on every host; `permanent` is 301, else 302."""

    station_id: UUID | None
    path: str
    target: str
    permanent: bool = True
    keep_query: bool = True
    reason: str = ""


@dataclass(frozen=True)
class Kept:
    """What became of a redirect: its id, and how many that led to its path lead to its end now."""

    id: UUID
    bent: int

    @property
    def public_id(self) -> str:
        return public_id("redirect", self.id)


def keep_redirect(redirect_id: UUID | None, draft: RedirectDraft, actor: Actor, *, seen: str | None = None) -> Kept:
    """Write a redirect down, or change one of the newsroom's own. It leads where its target leads at last.

    Whether a page answers the path is the caller's to ask; `seen` is policies.seen.mark() of what the page showed.
    Raises policies.moves.Refused in words for the person who typed it, policies.seen.ChangedSince, and NoResultFound
    for an unknown one.
    """
    path, to = moved_path(draft.path), target(draft.target, hosts_of_ours())
    scope = scope_of(path, draft.station_id)
    with transaction() as session:
        lock_name(LOCK)
        row = session.get_one(Redirect, redirect_id, with_for_update=True) if redirect_id else None
        if row is not None:
            _changeable(row, seen)
        book = Book.read(session, without=redirect_id)
        _room(book, path, scope)
        to = as_story(path, to, to_stories(session, [to]))
        placed, bent = book.place(Leads(redirect_id or new_id(), scope, path, to))
        bend(session, bent)
        if row is None:
            session.add(made(placed, draft, actor))
        else:
            _write(row, placed, draft, actor)
        session.flush()
        said = {"path": path, "target": draft.target.strip(), "bent": len(bent)}
        events.record("news.redirect.kept", actor, [Subject("redirect", placed.id)], said)
        return Kept(placed.id, len(bent))


def remove_redirect(redirect_id: UUID, actor: Actor) -> str:
    """Let an address lead nowhere again, and forget how often it was asked for; returns its path.

    Raises NoResultFound.
    """
    with transaction() as session:
        row = session.get_one(Redirect, redirect_id, with_for_update=True)
        path = row.path
        session.execute(sa.delete(RedirectUse).where(RedirectUse.redirect_id == row.id))
        session.delete(row)
        events.record("news.redirect.removed", actor, [Subject("redirect", row.id)], {"path": path})
        return path


def made(leads: Leads, draft: RedirectDraft, actor: Actor) -> Redirect:
    """A new row of a redirect."""
    row = Redirect(id=leads.id, automatic=False)
    _write(row, leads, draft, actor)
    return row


def _write(row: Redirect, leads: Leads, draft: RedirectDraft, actor: Actor) -> None:
    to: Target = leads.to
    row.station_id, row.path = leads.scope, leads.path
    row.story_id, row.target, row.target_path = to.story_id, to.url, to.path
    row.permanent, row.keep_query, row.reason = draft.permanent, draft.keep_query, draft.reason
    row.made_at, row.made_by = clock.now(), actor.label[:200]


def _changeable(row: Redirect, seen: str | None) -> None:
    if row.automatic:
        raise Refused("The address of a story leads to the story.")
    same_as_seen(row, REDIRECT, seen)


def _room(book: Book, path: str, scope: UUID | None) -> None:
    if book.same(path, scope):
        raise Refused("That path is redirected already. Change that one, or remove it first.")
    if sum(map(len, book.of.values())) >= MOST:
        raise Refused(
            f"There are {MOST:,} redirects, and there is no room for more. Remove some that nobody asks for."
        )
