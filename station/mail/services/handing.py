"""Handing a message over, in three steps: `begin` in a transaction, `hand_over` outside of any, `end` in another.

`begin` looks for the last time whether the message may leave; `end` is fenced by the attempt, so that a worker which
comes back after its lease changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.errors import MessageError
from uuid import UUID

from station.core import clock
from station.core.runtime import settings
from station.licensee.queries import the_licensee
from station.mail import gateway, policies
from station.mail.models import MailState, OutgoingMail, Severity
from station.mail.policies import Answer, MailEdge, Verdict
from station.mail.policies.bounces import failed
from station.mail.services import outcomes
from station.mail.services.pacing import slow_down
from station.mail.services.returning.following import keep_back, refused

LEASE = timedelta(seconds=110)  # a hand-over ends, or is ended, before (worker.app: the job's own limits)
OURS = "Nothing is wrong with the address: mend what the mail server names, then send it again."


@dataclass(frozen=True)
class Taken:
    """A message in hand, and the attempt that fences it."""

    mail_id: UUID
    attempt: int
    letter: policies.Letter
    envelope: str  # the sender's address of the envelope


@dataclass(frozen=True)
class Outcome:
    """What the mail server did. `answer` is empty where it took the message, or nobody knows (`lost`)."""

    taken: Taken
    answer: Answer | None = None
    lost: str = ""


def begin(row: OutgoingMail) -> Taken | None:
    """Take a locked row in hand: look whether it may leave, mark it, and read it. None where it may not, or is done.

    One that is found in flight was in the hands of a process that died (or is fenced from now on).
    """
    if row.state is MailState.IN_FLIGHT:
        outcomes.lose(row, outcomes.DIED)
    if row.state not in (MailState.QUEUED, MailState.UNKNOWN):
        return None
    if reason := policies.blocked(row.recipient, row.stream, row.topic):
        keep_back(row, reason)
        return None
    if row.state is MailState.UNKNOWN:
        if not policies.repeats(row.stream, row.repeats):
            return None
        outcomes.repeat(row)
    elif row.attempts and policies.given_up(row.stream, row.queued_at, clock.now()):
        days = policies.GIVE_UP[row.stream].days
        outcomes.fail(row, f"given up after {days} day{'s' * (days > 1)}; last: {row.last_error}", row.status)
        return None
    else:
        outcomes.follow(row, MailEdge.TAKE)
    row.attempts += 1
    row.due_at, row.leased_until = clock.now(), clock.now() + LEASE
    return Taken(row.id, row.attempts, letter_of(row), envelope_of(row))


def hand_over(taken: Taken) -> Outcome:
    """Give it to the mail server. Outside of any transaction."""
    try:
        raw = policies.build(taken.letter)
    except (policies.NotLawful, MessageError, ValueError) as error:  # it was never handed over, and that is known
        return Outcome(taken, Answer(Verdict.REFUSED, "", f"it cannot be built: {error}"))
    try:
        gateway.deliver(raw, taken.envelope, taken.letter.to_email)
    except gateway.Refused as error:
        return Outcome(taken, _read(error.code or 550, str(error)))
    except gateway.NotTaken as error:
        return Outcome(taken, _read(error.code or 400, str(error)))
    except gateway.Unsure as error:
        return Outcome(taken, lost=str(error))
    return Outcome(taken)


def end(row: OutgoingMail, outcome: Outcome) -> datetime | None:
    """Write down in a locked row what happened; returns when the message wants to be tried again."""
    if row.state is not MailState.IN_FLIGHT or row.attempts != outcome.taken.attempt:
        return None
    if outcome.lost:
        outcomes.lose(row, outcomes.DROPPED, outcome.lost)
        again = policies.repeats(row.stream, row.repeats)
        return policies.next_try(row.attempts, clock.now()) if again else None
    if outcome.answer is None:
        outcomes.sent(row)
        return None
    return _not_sent(row, outcome.answer)


def _not_sent(row: OutgoingMail, answer: Answer) -> datetime | None:
    due_at = policies.next_try(row.attempts, clock.now())
    match answer.verdict:
        case Verdict.ADDRESS | Verdict.REFUSED:
            _refused(row, answer)
        case Verdict.POLICY:
            outcomes.blame_us(row, answer.words, answer.status)
        case Verdict.SIZE:
            outcomes.fail(row, answer.words, answer.status, OURS)
        case Verdict.SLOWER:
            due_at = max(due_at, slow_down(row.provider, answer.words))
            outcomes.put_back(row, answer.words, answer.status, due_at)
        case Verdict.LATER:
            outcomes.put_back(row, answer.words, answer.status, due_at)
    return due_at if row.state is MailState.QUEUED else None


def _refused(row: OutgoingMail, answer: Answer) -> None:
    """Refused for good: whose fault it is, the words tell better than the code. Without a code no server spoke."""
    meant = failed(answer.status, answer.words) if answer.status else None
    if meant is Severity.POLICY:
        outcomes.blame_us(row, answer.words, answer.status)
    elif meant is Severity.HARD or answer.verdict is Verdict.ADDRESS:
        refused(row, answer.words, answer.status)
    else:
        outcomes.fail(row, answer.words, answer.status, OURS)


def letter_of(row: OutgoingMail) -> policies.Letter:
    """A row as what the wire is made of."""
    licensee = the_licensee()
    return policies.Letter(
        row.message_id,
        row.stream,
        row.sender,
        licensee.email,
        row.recipient_name,
        row.recipient,
        row.subject,
        row.text,
        row.html,
        row.queued_at,
        row.kind,
        row.topic,
        row.unsubscribe_url,
        licensee.address_lines,
    )


def envelope_of(row: OutgoingMail) -> str:
    """The address that bounces go to."""
    return policies.envelope(row.id, row.sender, settings().mail_bounces_to)


def _read(code: int, words: str) -> Answer:
    """The gateway's words begin with the code of an answer; trouble with the connection has none."""
    plain = words.removeprefix(f"{code} ")
    if plain != words:
        return policies.read_answer(code, plain)
    answer = policies.read_answer(code, words)
    return replace(answer, words=words, status="")
