"""The states of a message and every move between them; `docs/mail/states.md` is drawn from here."""

from __future__ import annotations

from enum import StrEnum

from station.core.graphs import Edge, Graph, draw_graphs
from station.mail.models import MailState as S
from station.mail.policies.mailings.graph import MAILING


class MailEdge(StrEnum):
    TAKE = "take"
    ACCEPT = "accept"
    PUT_BACK = "put_back"
    LOSE = "lose"
    REPEAT = "repeat"
    BOUNCE = "bounce"
    FAIL = "fail"
    ABORT = "abort"
    WITHHOLD = "withhold"
    CONFIRM = "confirm"


OUTGOING: Graph[S] = Graph(
    "outgoing mail",
    S,
    S.QUEUED,
    (
        Edge(MailEdge.TAKE, (S.QUEUED,), S.IN_FLIGHT, "a worker is about to hand it to the mail server"),
        Edge(MailEdge.ACCEPT, (S.IN_FLIGHT,), S.SENT, "the mail server has taken it (250)"),
        Edge(
            MailEdge.PUT_BACK,
            (S.IN_FLIGHT,),
            S.QUEUED,
            "the server did not take it now: connection trouble before the text, or a 4xx answer",
        ),
        Edge(
            MailEdge.LOSE,
            (S.IN_FLIGHT,),
            S.UNKNOWN,
            "its worker died, or the connection did after the text had begun to go over it: nobody knows",
        ),
        Edge(
            MailEdge.REPEAT,
            (S.UNKNOWN,),
            S.IN_FLIGHT,
            "receipts and notices only, and at most three times: once more, under the same Message-ID",
        ),
        Edge(
            MailEdge.BOUNCE,
            (S.IN_FLIGHT, S.UNKNOWN, S.SENT),
            S.BOUNCED,
            "refused for good: by the first server with 5xx, or by a later one with a bounce message",
        ),
        Edge(
            MailEdge.FAIL,
            (S.QUEUED, S.IN_FLIGHT, S.UNKNOWN),
            S.FAILED,
            "it will not arrive, and the address is not to blame: no such address, our policy trouble, time is over",
        ),
        Edge(MailEdge.ABORT, (S.QUEUED,), S.ABORTED, "a person called it off before it was handed over"),
        Edge(
            MailEdge.WITHHOLD,
            (S.QUEUED, S.UNKNOWN),
            S.WITHHELD,
            "kept back at the last look: suppressed, unsubscribed, or outside production",
        ),
        Edge(MailEdge.CONFIRM, (S.UNKNOWN,), S.SENT, "a person found out that it had arrived"),
    ),
)
# What still may leave by itself.
WAITING = (S.QUEUED, S.IN_FLIGHT)


def draw() -> str:
    """The graph as a Markdown page with a mermaid drawing."""
    note = (
        "Drawn by `station mail graph --write` from `station/mail/policies/states.py` and `mailings/graph.py` there; "
        "a test compares."
    )
    return draw_graphs("States of mail", note, (OUTGOING, MAILING))
