"""What mail adds to the house."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from station.accounts.facts import AlertRaised, PasskeyChanged, StaffInvited
from station.accounts.models import Role
from station.accounts.places import (
    DESK_NOTICES,
    NAV,
    SUBJECT_PAGES,
    TILES,
    DeskNotice,
    NavItem,
    SubjectPage,
    Tile,
    TileValue,
)
from station.core.announce import react
from station.core.events import EventRow
from station.core.ids import public_id
from station.core.places import COMMAND_GROUPS, EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.core.words import when
from station.mail import cli, queries
from station.mail.mailings_wiring import wire_mailings
from station.mail.models import MailState, StopScope
from station.mail.places import KINDS_OF_MAIL, KindOfMail
from station.mail.policies import BLOCKS
from station.mail.policies.choices.consent import WAYS
from station.mail.queries import kept_back
from station.mail.reactors import send_link, tell_of_passkey, tell_of_work
from station.mail.returning_wiring import wire_returning
from station.members.places import PANELS, MemberPanel

SENTENCES = {
    "message.sent": lambda e: f"sent “{e.data['subject']}” to {e.data['to']}",
    "message.sent_again": lambda e: f"sent “{e.data['subject']}” again: nobody knows whether it left before",
    "message.unknown": lambda e: f"does not know whether “{e.data['subject']}” left: {e.data['why']}",
    "message.bounced": lambda e: f"“{e.data['subject']}” to {e.data['to']} came back: {e.data['error']}",
    "message.failed": lambda e: f"could not deliver “{e.data['subject']}” to {e.data['to']}: {e.data['error']}",
    "message.withheld": lambda e: f"kept “{e.data['subject']}” to {e.data['to']} back: {e.data['reason']}",
    "message.aborted": lambda e: f"called “{e.data['subject']}” off: {e.data['reason']}",
    "message.confirmed": lambda e: f"found out that “{e.data['subject']}” had arrived",
    "message.asked_again": lambda e: f"asked for “{e.data['subject']}” to be sent once more",
    "stop.ordered": lambda e: f"stopped {e.data['what']}: {e.data['reason']}",
    "stop.ended": lambda e: f"let {e.data['what']} go out again",
}
KINDS = {
    "accounts.alert": "Alert to staff",
    "accounts.join": "Invitation to the desk",
    "accounts.passkey": "Passkey of staff",
    "mailing_test": "Test of a mailing",
}


def wire() -> None:
    react(StaffInvited, send_link)
    react(PasskeyChanged, tell_of_passkey)
    react(AlertRaised, tell_of_work)
    NAV.contribute(NavItem("Outgoing mail", "mail_desk.index", "Mail", (Role.DEVELOPMENT,)), rank=35)
    SUBJECT_PAGES.contribute(SubjectPage("mail", _url), rank=30)
    TILES.contribute(Tile("Mail waiting", _waiting, (Role.DEVELOPMENT,)), rank=70)
    NAV.contribute(NavItem("Unsubscribes", "choices_desk.report", "Mail", (Role.DEVELOPMENT,)), rank=39)
    PANELS.contribute(MemberPanel("Mail they want", "mail/_choices_panel.html", _choices), rank=59)
    PANELS.contribute(MemberPanel("Mail", "mail/_panel.html", queries.mail_of), rank=60)
    for code, words in KINDS.items():
        KINDS_OF_MAIL.contribute(KindOfMail(code, words))
    for name, tell in SENTENCES.items():
        EVENT_SENTENCES.contribute(EventSentence(f"mail.{name}", tell))
    BLOCKS.contribute(kept_back, rank=90)
    DESK_NOTICES.contribute(_stopped)
    COMMAND_GROUPS.contribute(cli.group)
    EVENT_SENTENCES.contribute(EventSentence("mail.consent.changed", _chosen))
    INVARIANTS.contribute(
        Invariant(
            "a no to mail holds",
            "What counts about mail to each address is what was said last.",
            queries.broken_preferences,
        )
    )
    wire_returning()
    BLOCKS.contribute(queries.turned_down, rank=20)
    wire_mailings()
    INVARIANTS.contribute(
        Invariant("mail leaves", "No message waits to be sent for longer than fifteen minutes.", _stuck)
    )


def _choices(member_id: UUID) -> dict[str, Any]:
    return {"choices": queries.choices(member_id), "history": queries.history_of(member_id, 20), "ways": WAYS}


def _chosen(event: EventRow) -> str:
    said = [
        f"{verb} {', '.join(event.data[what])}"
        for verb, what in (("asked for", "given"), ("ended", "withdrawn"))
        if event.data[what]
    ]
    return f"{' and '.join(said)} (mail to {event.data['address']}, {WAYS[event.data['source']]})"


def _url(mail_id: UUID) -> str:
    return url_for("mail_desk.show", mail_id=public_id(queries.PREFIX, mail_id))


def _stopped() -> list[DeskNotice]:
    what = {StopScope.ALL: "All mail is stopped", StopScope.APPEALS: "Appeals are stopped"}
    url = url_for("mail_room.index")
    return [DeskNotice(f"{what[stop.scope]}: {stop.reason}", "The mail room", url) for stop in queries.stops()]


def _waiting() -> TileValue:
    counts = queries.counts()
    waiting = counts.get(MailState.QUEUED, 0) + counts.get(MailState.IN_FLIGHT, 0)
    failed = counts.get(MailState.FAILED, 0) + counts.get(MailState.BOUNCED, 0)
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
