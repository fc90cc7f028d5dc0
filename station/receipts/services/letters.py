"""Letters that are no receipts: written word by word, numbered, printed or mailed, replaced and never edited."""

from __future__ import annotations

import dataclasses
from uuid import UUID

import sqlalchemy as sa

from station.core import clock, events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.locks import lock_name
from station.core.upsert import insert_missing
from station.mail.models import Stream
from station.mail.queries import mail_by_keys
from station.mail.services import queue_mail
from station.receipts import policies, queries
from station.receipts.models import Letter, LetterVoid
from station.receipts.policies import LetterFacts, Why
from station.receipts.services.posting import Reach, recall_letter, tell_void


def write_letter(reference: UUID, member_id: UUID, facts: LetterFacts, actor: Actor, reason: str = "") -> UUID:
    """Write a letter about a gift; returns its id. Joins the transaction. `number` and `replaces` are filled in here.

    A kind of letter that was written about the same gift before is replaced, with `reason`; without a reason the one
    that holds is returned. Raises SilentAcknowledgment for one that would say nothing of goods or services.
    """
    with transaction() as session:
        year = facts.received_on.year
        lock_name(f"receipts.letters:{year}")
        old = _newest(reference, facts)
        holds = old is not None and session.get(LetterVoid, old.id) is None
        if old is not None and holds and not reason:
            return old.id
        if old is not None and holds:
            _void(old, reason, reason, actor)
        number = (session.scalar(sa.select(sa.func.max(Letter.number)).where(Letter.year == year)) or 0) + 1
        row = Letter(
            id=new_id(),
            year=year,
            number=number,
            reference=reference,
            kind=facts.kind,
            version=old.version + 1 if old else 1,
            member_id=member_id,
            to_name=facts.to_name[:200],
            language=facts.language,
            received_on=facts.received_on,
            written_at=clock.now(),
            wording=queries.wording_of_today(),
        )
        replaces = old.label if old is not None and holds else ""
        said = dataclasses.replace(facts, number=row.label, replaces=replaces, reason=reason)
        row.text = policies.letter_text(said)
        session.add(row)
        session.flush()
        events.record("receipts.letter.written", actor, _about(row), {"label": row.label, "to": row.to_name})
        return row.id


def void_letters_of(reference: UUID, why: Why, actor: Actor) -> None:
    """Let the letters about a gift hold no more, and tell whoever may have one, once. Joins the transaction.

    `why` is said in the language of each letter. One that only waited to leave is called off, and nobody is told.
    """
    with transaction() as session:
        mine = sa.select(Letter).where(
            Letter.reference == reference, Letter.id.not_in(sa.select(LetterVoid.letter_id))
        )
        for row in session.scalars(mine.order_by(Letter.year, Letter.number)).all():
            said = why.said(row.language)
            reach = _void(row, said, why.said(), actor)
            if reach is not Reach.STOPPED:
                tell_void(row, said, reach)


def _void(row: Letter, said: str, told: str, actor: Actor) -> Reach:
    """Let a letter hold no more, and say how far it had come. `said` to its reader, `told` in the log."""
    db.session().refresh(row, with_for_update=True)  # mail_letter waits, or its mail is seen below
    if not insert_missing(LetterVoid, letter_id=row.id, reason=said[:300], voided_at=clock.now()):
        return Reach.STOPPED  # by somebody else, in the same moment
    events.record("receipts.letter.voided", actor, _about(row), {"label": row.label, "reason": told})
    return recall_letter(row, told, actor)


def mail_letter(letter_id: UUID, email: str, actor: Actor) -> UUID | None:
    """Queue the mail that carries a letter; returns its id, or None where the letter holds no more.

    The same letter to the same address is one mail.
    """
    with transaction() as session:
        row, key = session.get_one(Letter, letter_id, with_for_update=True), f"{letter_id}:{email}"[:200]
        if session.get(LetterVoid, letter_id) is not None:
            return None
        if known := [each.id for each in mail_by_keys([key])]:
            return known[0]
        events.record("receipts.letter.mailed", actor, _about(row), {"label": row.label, "email": email})
        return queue_mail(
            kind="letter",
            key=key,
            stream=Stream.RECEIPTS,
            member_id=row.member_id,
            to_name=row.to_name,
            to_email=email,
            template="receipts/mail/letter",
            context=policies.letter_context(row.label, row.to_name, row.text, None),
            language=row.language,
        )


def _newest(reference: UUID, facts: LetterFacts) -> Letter | None:
    mine = sa.select(Letter).where(Letter.reference == reference, Letter.kind == facts.kind)
    return db.session().scalar(mine.order_by(Letter.version.desc()).limit(1))


def _about(row: Letter) -> list[Subject]:
    return [Subject("letter", row.id), Subject("member", row.member_id)]
