"""What the notices that law and networks require add to the house: a page of the desk, a number, and an invariant."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import NAV, SUBJECT_PAGES, TILES, NavItem, SubjectPage, Tile, TileValue
from station.core.ids import public_id
from station.core.places import EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.giving.policies.notices import CATALOGUE
from station.giving.queries import notices
from station.mail.places import KINDS_OF_MAIL, KindOfMail

ROLES = (Role.DEVELOPMENT,)
HOW = {"post": "by post", "phone": "by phone", "not_needed": "as not needed"}
SENTENCES = (
    EventSentence(notices.BEGUN, lambda e: "began to write the notices that law and card networks require"),
    EventSentence("giving.notice.written", lambda e: f"wrote a notice: {e.data['name'].lower()}"),
    EventSentence("giving.notice.given", lambda e: f"noted a notice {HOW[e.data['how']]} on {e.data['on']}"),
    EventSentence("giving.notice.again", lambda e: f"sent a notice once more, to {e.data['to']}"),
)


def wire_notices() -> None:
    """Contribute to the places below. Called once a process."""
    NAV.contribute(NavItem("Notices", "notices_desk.index", "Development", ROLES), rank=23)
    TILES.contribute(Tile("Notices", _open, ROLES), rank=15)
    SUBJECT_PAGES.contribute(SubjectPage("notice", _page_of))
    EVENT_SENTENCES.contribute(*SENTENCES)
    KINDS_OF_MAIL.contribute(
        *(
            KindOfMail(f"giving.notice.{kind.value}", f"Notice: {rule.name.lower()}")
            for kind, rule in CATALOGUE.items()
        )
    )
    INVARIANTS.contribute(Invariant("notices-in-time", "No required notice is overdue.", notices.overdue))


def _open() -> TileValue:
    many = sum(each.open for each in notices.notice_counts().values())
    note = "have not reached their donors" if many else "all have reached their donors"
    return TileValue(f"{many:,}", note, url_for("notices_desk.index", view=notices.View.OPEN.value))


def _page_of(notice_id: UUID) -> str:
    return url_for("notices_desk.show", notice_id=public_id(notices.PREFIX, notice_id))
