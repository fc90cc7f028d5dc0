"""What follows from a report about a message of ours: for the message, for the address, for people.

A hard bounce gives the address up. A soft one is tried again, and gives it up when there are too many. A refusal for
policy is our own trouble: staff hear of it, the member's address stays. A complaint ends everything that asks for
something, at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events
from station.core.announce import announce
from station.core.db import db
from station.core.events import Subject
from station.core.outbox import Job, Queue, enqueue
from station.core.runtime import settings
from station.mail.facts import MailBounced
from station.mail.models import (
    Bounce,
    InboundKind,
    MailState,
    MatchedBy,
    OutgoingMail,
    Severity,
    Suppression,
    SuppressionReason,
)
from station.mail.policies import MailEdge
from station.mail.policies.bounces import failed
from station.mail.policies.suppressing import SUPPRESSED, answer, key_of, next_attempt
from station.mail.services import outcomes
from station.mail.services.outcomes import POST, subjects
from station.mail.services.returning.suppressing import suppress, work_key

TRY_AGAIN = Job("mail.try_again", Queue.MAIL, attempts=5, quiet=True)
DANGEROUS = ("fraud", "phishing", "virus")  # RFC 5965 §7.3: somebody writes in our name, or has got in
LEFT = (MailState.IN_FLIGHT, MailState.UNKNOWN, MailState.SENT)
COUNTED = (Severity.HARD, Severity.SOFT, Severity.POLICY)


def follow(mail: OutgoingMail, verdict: Severity, bounce: Bounce) -> None:
    """Do what a report means for the message that it is about, which is locked. Inside a transaction."""
    said = answer(bounce.status, bounce.words, bounce.action)
    told = {"subject": mail.subject, "to": mail.recipient, "error": said[:300]}
    if verdict is Severity.COMPLAINT:
        events.record("mail.message.complained", POST, subjects(mail), {**told, "error": bounce.action})
        _complained(mail, bounce)
    elif verdict is Severity.DELAYED:
        events.record("mail.message.delayed", POST, subjects(mail), told)
    elif verdict is Severity.DELIVERED:
        events.record("mail.message.delivered", POST, subjects(mail), told)
    elif verdict in COUNTED and mail.state in LEFT:  # once a message: a second report about it changes nothing
        outcomes.follow(mail, MailEdge.BOUNCE)
        mail.last_error, mail.status = said[:2000], bounce.status[:20]
        events.record("mail.message.bounced", POST, subjects(mail), told)
        not_arrived(mail, verdict, bounce, said)


def refused(mail: OutgoingMail, words: str, status: str) -> None:
    """The first mail server refused the address while the message was handed over: a bounce that came at once."""
    bounce = Bounce(
        position=0,
        severity=failed(status, words),
        address=key_of(mail.recipient),
        matched_by=MatchedBy.SESSION,
        mail_id=mail.id,
        action="failed",
        status=status[:12],
        words=words[:1000],
        at=clock.now(),
    )
    db.session().add(bounce)
    db.session().flush()
    outcomes.bounce(mail, words, status)
    not_arrived(mail, bounce.severity, bounce, words)


def keep_back(mail: OutgoingMail, reason: str) -> None:
    """The last look before the hand-over says no. What is owed to somebody at an address that was given up has to
    reach them another way: that is announced as if it had bounced."""
    outcomes.withhold(mail, reason)
    if reason.startswith(SUPPRESSED) and not mail.stream.is_commercial:
        announce(MailBounced(mail.id, mail.kind, mail.key, mail.member_id, Severity.HARD.value))


def not_arrived(mail: OutgoingMail, verdict: Severity, bounce: Bounce, said: str) -> None:
    """What follows from a message that did not arrive."""
    if verdict is Severity.POLICY:
        _our_trouble(mail, said)
    elif verdict is Severity.HARD:
        give_up(mail, SuppressionReason.HARD_BOUNCE, said, bounce)
    elif _soft_ones(mail.recipient) >= settings().mail_soft_bounces:
        verdict = Severity.HARD
        give_up(mail, SuppressionReason.SOFT_BOUNCES, said, bounce)
    elif not mail.stream.is_commercial and mail.private:
        outcomes.came_back(mail)
    elif not mail.stream.is_commercial:
        again = clock.now() + next_attempt(_copies(mail))
        enqueue(TRY_AGAIN, key=str(mail.id), run_at=again, mail_id=str(mail.id))
    announce(MailBounced(mail.id, mail.kind, mail.key, mail.member_id, verdict.value))


def give_up(mail: OutgoingMail, reason: SuppressionReason, said: str, bounce: Bounce) -> None:
    """Suppress the address of a message, and ask a person to find another one. Inside a transaction."""
    suppress(mail.recipient, reason, POST, said, mail.id, bounce.id)
    told = bounce.matched_by is MatchedBy.SESSION and not mail.stream.is_commercial  # by the message that was refused
    if told or (mail.stream.is_commercial and mail.member_id is None):
        return
    many = reason is SuppressionReason.SOFT_BOUNCES
    open_work_item(
        "mail.bounced",
        work_key(mail.recipient),
        Role.ADMIN if mail.member_id is None else Role.DEVELOPMENT,
        f"The address {mail.recipient} {'keeps bouncing' if many else 'bounced'}",
        f"“{mail.subject}” came back: {said[:500]}. Nothing is sent to this address any more. Ask for another one; "
        "or, if it is right after all, lift the suppression and say why.",
        Subject("member", mail.member_id) if mail.member_id else Subject("mail", mail.id),
        {"address": key_of(mail.recipient), "mail_id": str(mail.id)},
    )


def weigh(kind: InboundKind, by: MatchedBy, bounces: Sequence[Bounce]) -> None:
    """A report that nothing ties to a message of ours: a complaint by somebody whom we know is for staff to judge."""
    address = next((each.address for each in bounces if each.address), "")
    if kind is InboundKind.COMPLAINT and by is MatchedBy.RECIPIENT and address and not stands(address):
        open_work_item(
            "mail.complaint",
            f"mail.complaint:{address}"[:200],
            Role.DEVELOPMENT,
            f"{address} is said to have reported mail of ours as spam",
            "The report names no message of ours, so anybody could have written it: nothing was changed. If it is "
            "true, add the address to the suppressions.",
            data={"address": address},
        )


def _complained(mail: OutgoingMail, bounce: Bounce) -> None:
    evidence = f"reported “{mail.subject}” as {bounce.action or 'abuse'}"
    suppress(mail.recipient, SuppressionReason.COMPLAINT, POST, evidence, mail.id, bounce.id)
    if bounce.action in DANGEROUS:
        open_work_item(
            "mail.fraud",
            f"mail.fraud:{mail.id}",
            Role.ADMIN,
            f"A message of ours was reported as {bounce.action}",
            f"“{mail.subject}” to {mail.recipient}. Look at what was sent, and whether somebody writes in our name.",
            Subject("mail", mail.id),
            urgent=True,
        )


def _our_trouble(mail: OutgoingMail, said: str) -> None:
    domain = key_of(mail.recipient).rpartition("@")[2]
    open_work_item(
        "mail.policy",
        f"mail.policy:{domain}"[:200],
        Role.ADMIN,
        f"{domain} does not take our mail",
        f"“{mail.subject}” to {mail.recipient} was refused: {said[:500]}. The address is not to blame and stays in "
        "use. Look at SPF, DKIM, DMARC, the reputation of the sender and what the message says; then send it again.",
        Subject("mail", mail.id),
        {"domain": domain, "mail_id": str(mail.id)},
    )


def _soft_ones(recipient: str) -> int:
    """How many messages to an address bounced softly within the time that the settings name, without those before a
    suppression was lifted: who lifts one starts anew."""
    since = clock.now() - timedelta(days=settings().mail_soft_days)
    lifted = sa.select(sa.func.max(Suppression.lifted_at)).where(Suppression.address == key_of(recipient))
    since = max(since, db.session().scalar(lifted) or since)
    found = (
        sa.select(sa.func.count(Bounce.mail_id.distinct()))
        .join(OutgoingMail, OutgoingMail.id == Bounce.mail_id)
        .where(OutgoingMail.recipient == recipient, Bounce.severity == Severity.SOFT, Bounce.at >= since)
    )
    return db.session().scalar(found) or 0


def _copies(mail: OutgoingMail) -> int:
    """The number of a copy; 0 for the first one."""
    number = mail.key.rpartition(":again:")[2] if ":again:" in mail.key else "0"
    return int(number) if number.isdecimal() else 0


def stands(address: str) -> bool:
    """Whether anything is suppressed of an address."""
    found = sa.select(Suppression.id).where(Suppression.address == key_of(address), Suppression.lifted_at.is_(None))
    return db.session().scalar(found.limit(1)) is not None
