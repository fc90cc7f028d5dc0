"""What members adds to the house."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import NAV, SUBJECT_PAGES, TILES, NavItem, SubjectPage, Tile, TileValue
from station.core.events import EventRow
from station.core.ids import public_id
from station.core.places import EVENT_SENTENCES, EventSentence
from station.members import queries


def wire() -> None:
    NAV.contribute(NavItem("Members", "members_desk.index", "Development", (Role.DEVELOPMENT,)), rank=19)
    SUBJECT_PAGES.contribute(SubjectPage("member", _url), rank=40)
    TILES.contribute(Tile("Members", _count, (Role.DEVELOPMENT,)), rank=60)
    EVENT_SENTENCES.contribute(
        EventSentence("members.member.created", lambda e: f"made a member record for {e.data['name']}")
    )
    EVENT_SENTENCES.contribute(EventSentence("members.member.changed", _changed))
    EVENT_SENTENCES.contribute(
        EventSentence(
            "members.member.gave_another_name",
            lambda e: f"gave the name “{e.data['given']}”; on file stays “{e.data['on_file']}”",
        )
    )


def _url(member_id: UUID) -> str:
    return url_for("members_desk.show", member_id=public_id(queries.PREFIX, member_id))


def _count() -> TileValue:
    return TileValue(f"{queries.count():,}", url=url_for("members_desk.index"))


def _changed(event: EventRow) -> str:
    before, after = event.data["before"], event.data["after"]
    parts = [
        f"{what} from “{before.get(what) or 'none'}” to “{after[what] or 'none'}”"
        for what in ("name", "email", "language")
        if before.get(what) != after.get(what)
    ]
    return f"changed the {' and the '.join(parts)}"
