"""What mailings add to the house."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import APPROVALS, NAV, SUBJECT_PAGES, ApprovalKind, NavItem, SubjectPage
from station.core.events import EventRow
from station.core.ids import public_id
from station.core.places import EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.mail.places import MAILING_LISTS, MailingList
from station.mail.queries import mailings as queries
from station.mail.services import mailings as services
from station.members import queries as members

SENTENCES: dict[str, Callable[[EventRow], str]] = {
    "written": lambda e: f"began the mailing “{e.data['name']}”",
    "changed": lambda e: f"changed the mailing “{e.data['name']}” (version {e.data['version']})",
    "tested": lambda e: f"sent a test of “{e.data['name']}” to {', '.join(e.data['to'])}",
    "checked": lambda e: f"passed every check of “{e.data['name']}”",
    "freezing": lambda e: f"had the list of “{e.data['name']}” frozen",
    "frozen": lambda e: f"froze the list of “{e.data['name']}”: {e.data['getting']:,} of {e.data['listed']:,} get it",
    "thawed": lambda e: f"opened “{e.data['name']}” again",
    "begun": lambda e: f"let “{e.data['name']}” go to {e.data['people']:,} people",
    "exported": lambda e: f"took the list of “{e.data['name']}” along as a table",
    "paused": lambda e: f"paused “{e.data['name']}”",
    "resumed": lambda e: f"let “{e.data['name']}” go on",
    "done": lambda e: f"finished “{e.data['name']}”",
    "stopped": lambda e: (
        f"stopped “{e.data['name']}” and called {e.data['called_off']:,} letters off: {e.data['reason']}"
    ),
}


def wire_mailings() -> None:
    NAV.contribute(NavItem("Mailings", "mailings_desk.index", "Mail", (Role.DEVELOPMENT,)), rank=36)
    SUBJECT_PAGES.contribute(SubjectPage("mailing", _url), rank=32)
    APPROVALS.contribute(ApprovalKind(services.APPROVAL, "Mailing", Role.DEVELOPMENT, services.carry_out))
    MAILING_LISTS.contribute(
        MailingList("everybody", "Members with an email address", _everybody, lambda _: members.count_with_email()),
        rank=10,
    )
    for name, tell in SENTENCES.items():
        EVENT_SENTENCES.contribute(EventSentence(f"mail.mailing.{name}", tell))
    INVARIANTS.contribute(
        Invariant(
            "everybody on a list is accounted for",
            "A frozen mailing has one row for each person listed, and each letter its row of mail.",
            queries.unaccounted,
        ),
        Invariant("nobody gets it twice", "No address has two letters of one mailing.", queries.written_twice),
    )


def _everybody(_choice: str, after: UUID | None, limit: int) -> list[UUID]:
    return members.with_email(after, limit)


def _url(mailing_id: UUID) -> str:
    return url_for("mailings_desk.show", mailing_id=public_id(queries.MAILING, mailing_id))
