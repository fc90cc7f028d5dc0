"""What mail adds to the house."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from station.accounts.facts import AlertRaised, PasskeyChanged, StaffInvited
from station.accounts.models import Role
from station.accounts.places import NAV, SUBJECT_PAGES, TILES, NavItem, SubjectPage, Tile, TileValue
from station.core.announce import react
from station.core.ids import public_id
from station.core.places import EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.core.words import when
from station.mail import queries
from station.mail.models import MailState
from station.mail.reactors import send_link, tell_of_passkey, tell_of_work
from station.members.places import PANELS, MemberPanel

SENTENCES = {
    "sent": lambda e: f"sent “{e.data['subject']}” to {e.data['to']}",
    "sent_again": lambda e: f"sent “{e.data['subject']}” again: nobody knows whether it left the first time",
    "failed": lambda e: f"could not deliver “{e.data['subject']}” to {e.data['to']}: {e.data['error']}",
    "asked_again": lambda e: f"asked for “{e.data['subject']}” to be sent once more",
}


def wire() -> None:
    react(StaffInvited, send_link)
    react(PasskeyChanged, tell_of_passkey)
    react(AlertRaised, tell_of_work)
    NAV.contribute(NavItem("Mail", "mail_desk.index", "Development", (Role.DEVELOPMENT,)), rank=40)
    SUBJECT_PAGES.contribute(SubjectPage("mail", _url), rank=30)
    TILES.contribute(Tile("Mail waiting", _waiting, (Role.DEVELOPMENT,)), rank=70)
    PANELS.contribute(MemberPanel("Mail", "mail/_panel.html", queries.mail_of), rank=60)
    for name, tell in SENTENCES.items():
        EVENT_SENTENCES.contribute(EventSentence(f"mail.message.{name}", tell))
    INVARIANTS.contribute(
        Invariant("mail leaves", "No message waits to be sent for longer than fifteen minutes.", _stuck)
    )


def _url(mail_id: UUID) -> str:
    return url_for("mail_desk.show", mail_id=public_id(queries.PREFIX, mail_id))


def _waiting() -> TileValue:
    counts = queries.counts()
    waiting = counts.get(MailState.QUEUED, 0) + counts.get(MailState.IN_FLIGHT, 0)
    failed = counts.get(MailState.FAILED, 0)
    return TileValue(
        f"{waiting:,}",
        f"{failed:,} did not arrive" if failed else "none came back",
        url_for("mail_desk.index", state=MailState.QUEUED.value),
    )


def _stuck() -> list[str]:
    return [
        f"“{mail.subject}” to {mail.recipient} since {when(mail.queued_at)} ({mail.last_error or 'not tried'})"
        for mail in queries.stuck()
    ]
