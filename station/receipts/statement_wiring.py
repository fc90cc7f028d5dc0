"""What yearly statements add to the house."""

from __future__ import annotations

from station.accounts.models import Role
from station.accounts.places import NAV, NavItem
from station.core.events import EventRow
from station.core.places import EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.members.places import PANELS, MemberPanel
from station.receipts import cli, statements_cli
from station.receipts.queries import statements as queries

ROLES = (Role.DEVELOPMENT,)
RUNS = {"freeze": "freeze", "send": "mail", "compare": "compare with the books"}


def wire_statements() -> None:
    cli.group.add_command(statements_cli.statements_command)
    NAV.contribute(NavItem("Statements", "statements_desk.index", "Receipts", ROLES), rank=32)
    panel = MemberPanel("Yearly statements", "receipts/statements/_panel.html", queries.member_panel, ROLES)
    PANELS.contribute(panel, rank=31)
    EVENT_SENTENCES.contribute(
        EventSentence("receipts.statements.begun", _begun),
        EventSentence(
            "receipts.statements.finished",
            lambda e: f"finished: {RUNS[e.data['kind']]} the statements of {e.data['year']}, {e.data['made']:,} made",
        ),
        EventSentence("receipts.statements.printed", lambda e: f"posted {e.data['many']:,} statements on paper"),
        EventSentence(
            "receipts.statement.corrected",
            lambda e: f"issued version {e.data['version']} of statement {e.data['label']}: {e.data['reason']}",
        ),
    )
    INVARIANTS.contribute(
        Invariant(
            "statement-numbers",
            "Numbers of yearly statements run from 1 without a gap in every year.",
            queries.number_breaches,
        ),
        Invariant(
            "statement-versions",
            "The versions of a yearly statement run from 1 and are of one member.",
            queries.version_breaches,
        ),
        Invariant(
            "statements-of-the-books",
            "Each official statement of the newest frozen year adds up to what the books say, or is being corrected.",
            queries.book_breaches,
        ),
    )


def _begun(event: EventRow) -> str:
    return f"began to {RUNS[event.data['kind']]} the statements of {event.data['year']} ({event.data['many']:,})"
