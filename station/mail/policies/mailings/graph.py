"""The states of a mailing and every move between them; `docs/mail/states.md` is drawn from here."""

from __future__ import annotations

from enum import StrEnum

from station.core.graphs import Edge, Graph
from station.mail.models import MailingState as S


class MailingEdge(StrEnum):
    PASS = "pass"  # noqa: S105
    CHANGE = "change"
    FREEZE = "freeze"
    HOLD = "hold"
    THAW = "thaw"
    BEGIN = "begin"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    STOP = "stop"


MAILING: Graph[S] = Graph(
    "mailing",
    S,
    S.DRAFT,
    (
        Edge(MailingEdge.PASS, (S.DRAFT,), S.CHECKED, "every check of the words and the house is passed"),
        Edge(MailingEdge.CHANGE, (S.CHECKED,), S.DRAFT, "somebody changed it, so it is to be checked again"),
        Edge(MailingEdge.FREEZE, (S.CHECKED,), S.FREEZING, "a job begins to write down who gets it"),
        Edge(MailingEdge.HOLD, (S.FREEZING,), S.FROZEN, "everybody on the list is written down"),
        Edge(
            MailingEdge.THAW,
            (S.FREEZING, S.FROZEN),
            S.DRAFT,
            "opened again before anything has left; what was written down is thrown away",
        ),
        Edge(MailingEdge.BEGIN, (S.FROZEN,), S.SENDING, "a person, or two above a size, let it go"),
        Edge(MailingEdge.PAUSE, (S.SENDING,), S.PAUSED, "nothing more is handed over until it is resumed"),
        Edge(MailingEdge.RESUME, (S.PAUSED,), S.SENDING, "it goes on where it stood"),
        Edge(MailingEdge.FINISH, (S.SENDING,), S.DONE, "nobody waits, and nothing is on its way any more"),
        Edge(
            MailingEdge.STOP,
            (S.DRAFT, S.CHECKED, S.FREEZING, S.FROZEN, S.SENDING, S.PAUSED),
            S.STOPPED,
            "called off for good: whoever has not got it never will",
        ),
    ),
)
OPEN = (S.DRAFT, S.CHECKED)  # may be changed
LISTED = (S.FROZEN, S.SENDING, S.PAUSED, S.DONE)  # everybody on the list is written down
BEGUN = (S.SENDING, S.PAUSED, S.DONE)
