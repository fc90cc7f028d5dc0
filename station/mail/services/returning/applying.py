"""Reading a message that came back, and doing what follows: once, in any order, whatever stands in it.

What proves that a report is about a message of ours is the signed address it left under, or its Message-ID, which
only those know who have it. An address alone proves nothing: it is written down and suppresses nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db, transaction
from station.core.outbox import Permanent
from station.core.runtime import settings
from station.mail.models import Bounce, InboundKind, InboundMail, MatchedBy, OutgoingMail, Severity
from station.mail.policies.bounces import Reading, read, severity_of
from station.mail.policies.suppressing import key_of, of_the_mail
from station.mail.policies.verp import looks_like_verp, mail_of_verp
from station.mail.services.returning.following import follow, weigh

KNOWN = {
    InboundKind.AUTO_REPLY: "an automatic answer: nothing to do",
    InboundKind.CHALLENGE: "asks the sender to prove something: nobody answers it",
    InboundKind.ORDINARY: "no report: perhaps a person wrote to this address",
    InboundKind.UNREADABLE: "cannot be read",
}
PROOF = {
    MatchedBy.SESSION: "at the hand-over",
    MatchedBy.VERP: "by the signed address that it left under",
    MatchedBy.MESSAGE_ID: "by its Message-ID",
    MatchedBy.RECIPIENT: "names an address that we have written to, which proves nothing: nothing follows from it",
    MatchedBy.NOTHING: "about no message of ours",
}
FORGED = "forged: the signature of the address that it came to is not ours. Nothing follows from it"


@dataclass(frozen=True)
class Match:
    """The message of ours that a report is about, and what shows it."""

    by: MatchedBy
    mail: OutgoingMail | None = None
    forged: bool = False


def read_inbound(inbound_id: UUID) -> None:
    """Read a message that came in, write down what it says, and do what follows. Does nothing the second time.

    Raises Permanent for an unknown id.
    """
    row = db.session().get(InboundMail, inbound_id)
    if row is None:
        raise Permanent(f"no inbound message {inbound_id}")
    if row.kind is not InboundKind.WAITING:
        return
    reading = read(row.raw, row.addressed_to)  # outside of the transaction: nobody waits for it
    with transaction() as session:
        row = session.get_one(InboundMail, inbound_id, with_for_update=True)
        if row.kind is not InboundKind.WAITING:
            return
        match = _match(reading)
        bounces = _write(row.id, reading, match)
        row.kind, row.read_at = reading.kind, clock.now()
        row.subject, row.sender = reading.subject[:300], reading.sender[:320]
        row.outcome = _outcome(reading, match)[:300]
        _follow(reading, match, bounces)


def _match(reading: Reading) -> Match:
    if reading.kind not in (InboundKind.REPORT, InboundKind.COMPLAINT, InboundKind.NOT_SPAM):
        return Match(MatchedBy.NOTHING)
    session = db.session()
    for address in reading.envelopes:
        mail_id = mail_of_verp(address)
        if mail_id and (mail := session.get(OutgoingMail, mail_id, with_for_update=True)):
            return Match(MatchedBy.VERP, mail)
    if any(_forged(address) for address in reading.envelopes):
        return Match(MatchedBy.NOTHING, forged=True)
    named = sa.select(OutgoingMail).where(OutgoingMail.message_id.in_(reading.message_ids)).with_for_update()
    if reading.message_ids and (mail := session.scalars(named.limit(1)).first()):
        return Match(MatchedBy.MESSAGE_ID, mail)
    known = sa.select(OutgoingMail.id).where(OutgoingMail.recipient.in_([key_of(each) for each in _named(reading)]))
    return Match(MatchedBy.RECIPIENT if session.scalar(known.limit(1)) else MatchedBy.NOTHING)


def _forged(address: str) -> bool:
    """Whether an address has the form of ours, at our domain, and no signature of ours."""
    ours = settings().mail_bounces_to.rpartition("@")[2].lower()
    return (
        looks_like_verp(address) and (not ours or address.lower().endswith(f"@{ours}")) and not mail_of_verp(address)
    )


def _named(reading: Reading) -> list[str]:
    return [each for told in reading.told for each in (told.address, told.original) if each]


def _write(inbound_id: UUID, reading: Reading, match: Match) -> list[Bounce]:
    """One row for each recipient of a report."""
    rows = [
        Bounce(
            inbound_id=inbound_id,
            position=position,
            severity=severity_of(reading.kind, told),
            address=key_of(_clean(told.address or told.original)),
            matched_by=match.by,
            mail_id=match.mail.id if match.mail else None,
            action=_clean(told.action)[:40],
            status=_clean(told.status)[:12],
            words=_clean(told.words)[:1000],
            at=clock.now(),
        )
        for position, told in enumerate(reading.told)
    ]
    session = db.session()
    session.add_all(rows)
    session.flush()
    return rows


def _follow(reading: Reading, match: Match, bounces: Sequence[Bounce]) -> None:
    if match.mail is None:
        weigh(reading.kind, match.by, bounces)
        return
    key = key_of(match.mail.recipient)
    named = [bool({key_of(told.address), key_of(told.original)} & {key}) for told in reading.told]
    chosen = [each for each, ours in zip(bounces, named, strict=True) if ours] or list(bounces)
    verdict = of_the_mail([each.severity for each in chosen], exact=any(named) or len(bounces) == 1)
    if chosen and verdict is not Severity.NOTHING:
        follow(match.mail, verdict, next((each for each in chosen if each.severity is verdict), chosen[0]))


def _outcome(reading: Reading, match: Match) -> str:
    if match.forged:
        return FORGED
    if reading.kind in KNOWN:
        return f"{KNOWN[reading.kind]} ({reading.note})" if reading.note else KNOWN[reading.kind]
    return f"{reading.note}; {PROOF[match.by]}"


def _clean(text: str) -> str:
    """Text that both databases keep: no NUL, and nothing that is no character."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
