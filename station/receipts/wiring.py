"""What receipts add to the house."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import NAV, SUBJECT_PAGES, NavItem, SubjectPage
from station.core.announce import react
from station.core.ids import public_id
from station.core.places import COMMAND_GROUPS, EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.mail.facts import MailBounced
from station.mail.places import APPEAL_LEGENDS, KINDS_OF_MAIL, KindOfMail, Legends
from station.members.places import PANELS, MemberPanel
from station.receipts import cli, queries
from station.receipts.policies import Place
from station.receipts.reactors import mail_bounced
from station.receipts.statement_wiring import wire_statements

ROLES = (Role.DEVELOPMENT,)
SENTENCES = (
    EventSentence(
        "receipts.receipt.issued",
        lambda e: f"issued receipt {e.data['label']} for {e.data['amount']}, to {e.data['email'] or 'be posted'}",
    ),
    EventSentence("receipts.receipt.voided", lambda e: f"voided receipt {e.data['label']}: {e.data['reason']}"),
    EventSentence(
        "receipts.receipt.held", lambda e: f"kept a receipt for {e.data['amount']} waiting: {e.data['reason']}"
    ),
    EventSentence("receipts.letter.written", lambda e: f"wrote letter {e.data['label']} to {e.data['to']}"),
    EventSentence("receipts.letter.voided", lambda e: f"voided letter {e.data['label']}: {e.data['reason']}"),
    EventSentence("receipts.letter.mailed", lambda e: f"mailed letter {e.data['label']} to {e.data['email']}"),
    EventSentence(
        "receipts.legend.written",
        lambda e: f"{'wrote' if e.data['body'] else 'took out'} the legend of {e.data['state']}",
    ),
)
BOOKS = (
    Invariant("receipt-numbers", "Receipt numbers run from 1 without a gap in every year.", queries.number_breaches),
    Invariant(
        "letter-numbers", "Letters are numbered from 1 without a gap in every year.", queries.letter_number_breaches
    ),
    Invariant(
        "receipt-versions",
        "Of each gift one receipt holds at most, and its versions run from 1.",
        queries.version_breaches,
    ),
    Invariant("receipt-years", "Every receipt is numbered in the calendar year of its gift.", queries.date_breaches),
    Invariant(
        "receipt-says-goods",
        "Every acknowledgment of $250 or more says whether goods or services were given in return.",
        queries.silent_breaches,
    ),
    Invariant("receipt-held", "No receipt waits whose gift has one that holds.", queries.held_breaches),
)
KINDS = {
    "receipt": "Receipt",
    "receipt_replaced": "Receipt that replaces one",
    "letter": "Letter",
    "letter_void": "Letter that holds no more",
    "receipts.statement": "Yearly statement",
}


def wire() -> None:
    COMMAND_GROUPS.contribute(cli.group)
    react(MailBounced, mail_bounced)
    wire_statements()
    NAV.contribute(NavItem("Receipts", "receipts_desk.index", "Receipts", ROLES), rank=31)
    NAV.contribute(NavItem("Letters", "letters_desk.index", "Receipts", ROLES), rank=31)
    NAV.contribute(NavItem("State legends", "legends_desk.index", "Receipts", ROLES), rank=33)
    PANELS.contribute(MemberPanel("Receipts and letters", "receipts/_member_panel.html", _papers, ROLES), rank=30)
    SUBJECT_PAGES.contribute(SubjectPage("receipt", _receipt), SubjectPage("letter", _letter), rank=30)
    SUBJECT_PAGES.contribute(SubjectPage("held_receipt", _held), SubjectPage("legend", _legends), rank=30)
    KINDS_OF_MAIL.contribute(*(KindOfMail(code, name) for code, name in KINDS.items()))
    APPEAL_LEGENDS.contribute(Legends(_legends_of_reminders))
    for sentence in SENTENCES:
        EVENT_SENTENCES.contribute(sentence)
    for invariant in BOOKS:
        INVARIANTS.contribute(invariant)


def _papers(member_id: UUID) -> dict[str, object]:
    return {
        "receipts": queries.receipts_of_member(member_id),
        "letters": queries.letters_of_member(member_id),
        "member_id": public_id("member", member_id),
    }


def _receipt(receipt_id: UUID) -> str:
    return url_for("receipts_desk.show", receipt_id=public_id("receipt", receipt_id))


def _letter(letter_id: UUID) -> str:
    return url_for("letters_desk.show", letter_id=public_id("letter", letter_id))


def _held(held_id: UUID) -> str:
    return url_for("receipts_desk.held", held_id=public_id("held", held_id))


def _legends_of_reminders() -> tuple[str, ...]:
    return queries.legends_for(Place.REMINDER)


def _legends(legend_id: UUID) -> str:
    return url_for("legends_desk.index")
