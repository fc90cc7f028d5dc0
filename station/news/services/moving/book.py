"""The redirects as a whole: read before one is written, so that no circle and no second step comes in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.core.runtime import settings
from station.licensee.queries import station_by_id, stations
from station.news.models import Redirect, RedirectUse, Story
from station.news.policies.moves import Leads, Refused, Scope, Target, final_target, led_here, story_of, story_path

LOCK = "news.redirects"
AT_ONCE = 500


@dataclass
class Book:
    """Every redirect, by the path that it is of and by the path that it leads to."""

    of: dict[str, list[Leads]] = field(default_factory=dict)
    to: dict[str, list[Leads]] = field(default_factory=dict)

    @classmethod
    def read(cls, session: Session, without: UUID | None = None) -> Book:
        book = cls()
        rows = session.execute(
            sa.select(
                Redirect.id,
                Redirect.station_id,
                Redirect.path,
                Redirect.story_id,
                Redirect.target,
                Redirect.target_path,
            )
        )
        for row in rows:
            if row.id != without:
                target = Target(row.story_id, row.target, row.target_path)
                book.add(Leads(row.id, row.station_id, row.path, target))
        return book

    def add(self, leads: Leads) -> None:
        self.of.setdefault(leads.path, []).append(leads)
        if leads.to.path:
            self.to.setdefault(leads.to.path, []).append(leads)

    def same(self, path: str, scope: Scope) -> Leads | None:
        """The redirect of this path and scope."""
        return next((each for each in self.of.get(path, ()) if each.scope == scope), None)

    def place(self, new: Leads) -> tuple[Leads, list[Leads]]:
        """A redirect with its end, and those that led to it with theirs. Raises Refused for a circle."""
        placed = Leads(new.id, new.scope, new.path, final_target(new.path, new.scope, new.to, self.of))
        bent = [Leads(e.id, e.scope, e.path, placed.to) for e in led_here(new.path, new.scope, self.to)]
        for each in bent:
            self.of[each.path] = [other for other in self.of[each.path] if other.id != each.id]
            self.to[new.path] = [other for other in self.to[new.path] if other.id != each.id]
            self.add(each)
        self.add(placed)
        return placed, bent


def scope_of(path: str, scope: Scope) -> Scope:
    """Where a redirect holds: a path that begins with a station is that station's on every host."""
    return None if path.split("/")[1] in {each.slug for each in stations()} else scope


def hosts_of_ours() -> frozenset[str]:
    """The host names that this program answers, with their port where it is not the usual one."""
    own = {each.host for each in stations() if each.host}
    return frozenset({settings().base_url.partition("://")[2].partition("/")[0].lower(), *own})


def to_stories(session: Session, targets: Iterable[Target]) -> dict[str, tuple[UUID, str]]:
    """Of the paths of ours that are addresses of stories, whose: (story, its own key)."""
    slugs = {each.slug: each.id for each in stations()}
    named = {each.path: found for each in targets if (found := story_of(each.path)) and found[0] in slugs}
    known: dict[str, tuple[UUID, str]] = {}
    wanted = sorted({slug for _, slug in named.values()})
    for at in range(0, len(wanted), AT_ONCE):
        some = Story.slug.in_(wanted[at : at + AT_ONCE])
        for row in session.execute(sa.select(Story.id, Story.station_id, Story.slug).where(some)):
            path = story_path(station_by_id(row.station_id).slug, row.slug)
            if path in named:
                known[path] = (row.id, path)
    return known


def as_story(path: str, to: Target, known: dict[str, tuple[UUID, str]]) -> Target:
    """A target that follows its story, where it is the bare address of one. Raises Refused for a circle."""
    if to.path not in known or "?" in to.url or "#" in to.url:
        return to
    story_id, own = known[to.path]
    if own == path:
        raise Refused("That would lead in a circle.")
    return Target(story_id=story_id)


def bend(session: Session, leads: Iterable[Leads]) -> None:
    """Write where these redirects lead now."""
    for each in leads:
        session.execute(
            sa.update(Redirect)
            .where(Redirect.id == each.id)
            .values(story_id=each.to.story_id, target=each.to.url, target_path=each.to.path)
        )


def forget(session: Session, paths: list[str]) -> None:
    """Remove the redirects of these paths, with their counts."""
    ids = list(session.scalars(sa.select(Redirect.id).where(Redirect.path.in_(paths))))
    session.execute(sa.delete(RedirectUse).where(RedirectUse.redirect_id.in_(ids)))
    session.execute(sa.delete(Redirect).where(Redirect.id.in_(ids)))
