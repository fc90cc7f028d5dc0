"""Writing a mailing: what it says, to whom, and tests of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from station.core import clock
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.upsert import insert_missing
from station.mail.models import LanguageRule, Mailing, MailingEntries, MailingState, MailingVersion, Stream
from station.mail.policies.mailings import FIELDS, OPEN, MailingEdge, Words, stored
from station.mail.queries import mailings as queries
from station.mail.services.mailings.errors import EditedMeanwhile, MailingRefused
from station.mail.services.mailings.steps import STATES, locked, record, step
from station.mail.services.queueing import Addressed, write

KIND_OF_TESTS = "mailing_test"


@dataclass(frozen=True)
class Wish:
    """A mailing as somebody wants it. `entries` are the lines of a pasted list."""

    name: str
    topic: str
    language_rule: LanguageRule
    list_code: str
    list_choice: str
    entries: Sequence[str]
    words: Mapping[str, Words]


def write_mailing(mailing_id: UUID, wish: Wish, actor: Actor) -> UUID:
    """Make a draft under an id that the form came with: the same form sent twice is one mailing; returns the id."""
    with transaction() as session:
        made = insert_missing(
            Mailing,
            id=mailing_id,
            name=wish.name,
            topic=wish.topic,
            language_rule=wish.language_rule,
            list_code=wish.list_code,
            list_choice=wish.list_choice,
            state=MailingState.DRAFT,
            version=1,
            tested_version=0,
            listed=0,
            created_at=clock.now(),
            created_by=actor.label[:200],
            begun_by="",
            note="",
        )
        if made:
            row = session.get_one(Mailing, mailing_id)
            _keep(row, wish, actor)
            record("mail.mailing.written", row, actor)
        return mailing_id


def change_mailing(mailing_id: UUID, wish: Wish, based_on: int, actor: Actor) -> None:
    """Save a mailing anew; it is then to be checked again. `based_on` is the version that the form was opened with.
    What is saved as it stands changes nothing.

    Raises EditedMeanwhile when somebody saved another one since, and MailingRefused once its list is being frozen.
    """
    with transaction():
        row = locked(mailing_id)
        if row.state not in OPEN:
            raise MailingRefused(f"The mailing {STATES[row.state.value]}: open it again before you change it.")
        if _stands(row, wish):
            return
        if row.version != based_on:
            raise EditedMeanwhile(queries.writer_of(mailing_id) or "Somebody")
        same = row.topic == wish.topic and stored(queries.words_of(row)) == stored(wish.words)
        tested = same and row.tested_version == row.version
        row.name, row.topic, row.language_rule = wish.name, wish.topic, wish.language_rule
        row.list_code, row.list_choice = wish.list_code, wish.list_choice
        row.version += 1
        row.tested_version = row.version if tested else row.tested_version
        if row.state is MailingState.CHECKED:
            step(row, MailingEdge.CHANGE)
        _keep(row, wish, actor)
        record("mail.mailing.changed", row, actor, version=row.version)


def send_test(mailing_id: UUID, addresses: Sequence[str], attempt: str, actor: Actor) -> int:
    """Send what is saved, in each of its languages, to these addresses of staff; returns how many letters.

    Tests carry [Test] before the subject and are not counted. The same `attempt` sends nothing twice. Raises
    MailingRefused when there is nothing to send, and policies.NotLawful when the house lacks what the law wants.
    """
    with transaction():
        row = locked(mailing_id)
        words = queries.words_of(row)
        if not words or row.state not in OPEN:
            raise MailingRefused("There is nothing to test yet: save some words first.")
        for language, said in words.items():
            form = queries.form_of(said, row.topic, language)
            for address in addresses:
                letter, stop = form.fill(FIELDS, address, queries.TEST)
                key = hashlib.sha256(f"{row.id}:{row.version}:{attempt}:{language}:{address}".encode()).hexdigest()
                write(
                    Addressed(KIND_OF_TESTS, key, Stream.APPEALS, None, "", address, letter, False, row.topic, stop)
                )
        row.tested_version = row.version
        record("mail.mailing.tested", row, actor, to=list(addresses), version=row.version)
        return len(words) * len(addresses)


def _stands(row: Mailing, wish: Wish) -> bool:
    """Whether a mailing is just as it is wanted."""
    facts = (row.name, row.topic, row.language_rule, row.list_code, row.list_choice)
    wanted = (wish.name, wish.topic, wish.language_rule, wish.list_code, wish.list_choice)
    same = facts == wanted and stored(queries.words_of(row)) == stored(wish.words)
    return same and (row.list_code != queries.PASTED or queries.pasted_text(row.id) == "\n".join(wish.entries))


def _keep(row: Mailing, wish: Wish, actor: Actor) -> None:
    """The words as a version, and the lines of a pasted list."""
    session = db.session()
    version = MailingVersion(
        mailing_id=row.id,
        number=row.version,
        words=stored(wish.words),
        written_at=clock.now(),
        written_by=actor.label[:200],
    )
    session.add(version)
    if wish.list_code == queries.PASTED:
        kept = session.get(MailingEntries, row.id) or MailingEntries(mailing_id=row.id)
        kept.entries = list(wish.entries)
        session.add(kept)
    session.flush()
