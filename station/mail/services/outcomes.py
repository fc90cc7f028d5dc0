"""What became of a message, written down: in its row, in the log, and for a person.

The one place that moves a message along its graph. Every function works inside the caller's transaction, on a row
that the caller has locked.
"""

from __future__ import annotations

from datetime import datetime

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events
from station.core.actor import Actor, job
from station.core.events import Subject
from station.mail import policies
from station.mail.models import OutgoingMail
from station.mail.policies import MailEdge

POST = job("the mail room")
CORRECT = "Correct the address, then send the message again."
ANOTHER_WAY = (
    "It held a private link, so the same letter is not sent again. Read it on its page, and tell them by phone or by "
    "post, or send a fresh one from the page that it was about."
)
DIED, DROPPED = "died", "dropped"  # the two ways in which nobody knows
WHY = {DIED: "its worker died with it in hand", DROPPED: "the connection ended after the text had gone over it"}


def follow(row: OutgoingMail, edge: MailEdge) -> None:
    """Take an edge of the graph. Raises core.graphs.IllegalMove where there is none."""
    row.state = policies.OUTGOING.move(row.state, edge)
    row.leased_until = None


def sent(row: OutgoingMail) -> None:
    """The mail server has it."""
    follow(row, MailEdge.ACCEPT)
    row.sent_at, row.last_error, row.status = clock.now(), "", ""
    _without_links(row)
    events.record("mail.message.sent", POST, subjects(row), {"subject": row.subject, "to": row.recipient})


def put_back(row: OutgoingMail, error: str, status: str, due_at: datetime) -> None:
    """It was not taken now, and is due again later."""
    follow(row, MailEdge.PUT_BACK)
    row.last_error, row.status, row.due_at = error[:2000], status[:20], due_at


def lose(row: OutgoingMail, how: str, error: str = "") -> None:
    """It may have left, and nobody knows. What does not go out again by itself is listed at the desk."""
    follow(row, MailEdge.LOSE)
    row.last_error = error[:2000] or WHY[how]
    row.died, row.dropped = row.died + (how == DIED), row.dropped + (how == DROPPED)
    events.record("mail.message.unknown", POST, subjects(row), {"subject": row.subject, "why": WHY[how]})
    if not policies.repeats(row.stream, row.repeats) and not row.stream.is_commercial:
        open_work_item(
            "mail.unknown",
            f"mail.unknown:{row.id}",
            Role.DEVELOPMENT,
            f"Nobody knows whether “{row.subject}” reached {row.recipient}",
            f"It went out {row.attempts} times, and no answer came to any of them. Ask, or look at the mail server.",
            Subject("mail", row.id),
            {"mail_id": str(row.id)},
        )


def repeat(row: OutgoingMail) -> None:
    """It goes out once more under its Message-ID, so that a mailbox that has it shows one."""
    follow(row, MailEdge.REPEAT)
    row.repeats += 1
    events.record(
        "mail.message.sent_again",
        POST,
        subjects(row),
        {"subject": row.subject, "why": "unknown", "time": row.repeats},
    )


def bounce(row: OutgoingMail, error: str, status: str) -> None:
    """The first mail server says that there is no such mailbox."""
    follow(row, MailEdge.BOUNCE)
    row.last_error, row.status = error[:2000], status[:20]
    _without_links(row)
    events.record("mail.message.bounced", POST, subjects(row), _told(row))
    if not row.stream.is_commercial:
        _work(row, CORRECT)


def came_back(row: OutgoingMail) -> None:
    """A message with a private link came back from a mailbox that takes mail later: a person tells of it."""
    _work(row, ANOTHER_WAY)


def fail(row: OutgoingMail, error: str, status: str = "", advice: str = CORRECT) -> None:
    """The message will not arrive, and no bounce said so: into the row, the log, and for a person."""
    follow(row, MailEdge.FAIL)
    row.last_error, row.status = error[:2000], status[:20]
    _without_links(row)
    events.record("mail.message.failed", POST, subjects(row), _told(row))
    if not row.stream.is_commercial:
        _work(row, advice)


def blame_us(row: OutgoingMail, error: str, status: str) -> None:
    """A server refused us, not the address: one item for whoever looks after the mail server, for all of them."""
    follow(row, MailEdge.FAIL)
    row.last_error, row.status = error[:2000], status[:20]
    _without_links(row)
    events.record("mail.message.failed", POST, subjects(row), _told(row))
    open_work_item(
        "mail.policy",
        f"mail.policy:{row.provider}:{row.stream}",
        Role.ADMIN,
        f"Mail servers ({row.provider}) refuse our {row.stream.value}",
        f"The first answer was: {row.last_error}. The addresses are not to blame. Look at SPF, DKIM, DMARC and the "
        "reputation of the sender, then send the messages under Mail, state “did not arrive”, once more.",
        Subject("mail", row.id),
        urgent=not row.stream.is_commercial,
    )


def withhold(row: OutgoingMail, reason: str) -> None:
    """It is kept back, as it should be: no work for anybody."""
    follow(row, MailEdge.WITHHOLD)
    row.last_error = reason[:2000]
    _without_links(row)
    events.record(
        "mail.message.withheld",
        POST,
        subjects(row),
        {"subject": row.subject, "to": row.recipient, "reason": reason[:300]},
    )


def abort(row: OutgoingMail, actor: Actor, reason: str) -> None:
    """A person called it off."""
    follow(row, MailEdge.ABORT)
    row.last_error = reason[:2000]
    _without_links(row)
    events.record("mail.message.aborted", actor, subjects(row), {"subject": row.subject, "reason": reason[:300]})


def confirm(row: OutgoingMail, actor: Actor) -> None:
    """A person found out that an unknown one had arrived."""
    follow(row, MailEdge.CONFIRM)
    row.sent_at = clock.now()
    events.record("mail.message.confirmed", actor, subjects(row), {"subject": row.subject})


def subjects(row: OutgoingMail) -> list[Subject]:
    """Whom an event about a message concerns."""
    return [Subject("mail", row.id), *([Subject("member", row.member_id)] if row.member_id else [])]


def _without_links(row: OutgoingMail) -> None:
    """What it said is kept for ever, a private link is not."""
    if row.private:
        row.text, row.html = policies.without_links(row.text), policies.without_links(row.html)


def _told(row: OutgoingMail) -> dict[str, str]:
    return {"subject": row.subject, "to": row.recipient, "error": row.last_error}


def _work(row: OutgoingMail, advice: str) -> None:
    open_work_item(
        "mail.failed",
        f"mail:{row.id}",
        Role.ADMIN if row.member_id is None else Role.DEVELOPMENT,
        f"“{row.subject}” did not reach {row.recipient}",
        f"The mail server said: {row.last_error}. {ANOTHER_WAY if row.private else advice}",
        Subject("mail", row.id),
        {"mail_id": str(row.id)},
    )
