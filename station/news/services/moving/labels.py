"""Addresses of sections and people: free ones, and new ones to which the old ones lead."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core import clock
from station.core.actor import Actor
from station.core.ids import new_id
from station.licensee.queries import station_by_id
from station.news.models import Person, Redirect, RedirectUse, Section
from station.news.policies.moves import Leads, Refused, Target, label_path, path_key
from station.news.services.labelling import free_slug
from station.news.services.moving.book import Book, bend, forget

Named = Section | Person
BELOW = {"section": ("", "/feed.rss", "/feed.atom", "/feed.json"), "person": ("",)}  # what stands under an address


class AddressTaken(Refused):
    """Another one has the address; `free` is one like it that nobody has."""

    def __init__(self, name: str, free: str) -> None:
        super().__init__(f"“{name}” has that address. Choose another one, such as {free}.")
        self.free = free


def kind_of(row: Named) -> str:
    """What its address begins with after the station."""
    return "section" if isinstance(row, Section) else "person"


def name_address(session: Session, row: Named, slug: str, actor: Actor) -> None:
    """Give a section or a person this slug; an address that the row leaves leads to it. Lock `book.LOCK` before.

    A row that is not in the session yet leaves none. Raises policies.moves.Refused in words for the editor when
    another one has the address, or when it leads elsewhere.
    """
    if row.slug == slug:
        return
    old, kind, here = row.slug, kind_of(row), station_by_id(row.station_id).slug
    own = label_path(here, kind, old) if old else ""
    _free(session, row, label_path(here, kind, slug), slug, own)
    row.slug = slug
    if not old:
        return
    pairs = [(f"{own}{part}", f"{label_path(here, kind, slug)}{part}") for part in BELOW[kind]]
    forget(session, [path for pair in pairs for path in pair])
    session.flush()
    book = Book.read(session)
    for was, now in pairs:
        if path := path_key(was):
            placed, bent = book.place(Leads(new_id(), None, path, Target(url=now, path=now)))
            bend(session, bent)
            session.add(_redirect(placed, row, actor))
    session.flush()


def forget_addresses(session: Session, row: Named) -> int:
    """Remove the redirects that lead to a section or a person that goes; returns how many there were."""
    kind, here = kind_of(row), station_by_id(row.station_id).slug
    ends = [f"{label_path(here, kind, row.slug)}{part}" for part in BELOW[kind]]
    ids = list(session.scalars(sa.select(Redirect.id).where(Redirect.target_path.in_(ends))))
    session.execute(sa.delete(RedirectUse).where(RedirectUse.redirect_id.in_(ids)))
    session.execute(sa.delete(Redirect).where(Redirect.id.in_(ids)))
    return len(ids)


def _free(session: Session, row: Named, path: str, slug: str, own: str) -> None:
    """That no other one of the station has the address, and that it leads nowhere but to the row itself."""
    table = type(row)
    same = sa.select(table.name).where(table.station_id == row.station_id, table.id != row.id)
    if has := session.scalar(same.where(table.slug == slug)):
        raise AddressTaken(has, free_slug(slug, lambda text: _taken(session, row.station_id, table, text)))
    leads = session.scalar(sa.select(Redirect).where(Redirect.path == path).limit(1))
    if leads and (not own or leads.target_path != own):
        where = leads.target or "a story"
        raise Refused(f"That address leads to {where}. Choose another one, or remove that redirect first.")


def _taken(session: Session, station_id: UUID, table: type[Named], beginning: str) -> set[str]:
    begins = table.slug.startswith(beginning, autoescape=True)
    prefix = label_path(station_by_id(station_id).slug, "section" if table is Section else "person", "")
    old = sa.select(Redirect.path).where(Redirect.path.startswith(prefix + beginning, autoescape=True))
    return {
        *session.scalars(sa.select(table.slug).where(table.station_id == station_id, begins)),
        *(path.removeprefix(prefix) for path in session.scalars(old)),
    }


def _redirect(leads: Leads, row: Named, actor: Actor) -> Redirect:
    return Redirect(
        id=leads.id,
        station_id=None,
        path=leads.path,
        story_id=leads.to.story_id,
        target=leads.to.url,
        target_path=leads.to.path,
        permanent=True,
        keep_query=True,
        automatic=False,
        reason=f"“{row.name}” has another address",
        made_at=clock.now(),
        made_by=actor.label[:200],
    )
