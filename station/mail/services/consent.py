"""Writing down what people say about mail to them. A no holds at once; only the person, or staff for them, takes it
back; an import never does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from station.core import clock, events
from station.core.actor import Actor
from station.core.addresses import normalise_email
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.locks import lock_name
from station.mail import queries
from station.mail.models import Consent, ConsentSource, Preference
from station.mail.policies.choices import consent as rules
from station.mail.policies.choices import page_words
from station.mail.policies.choices import topics as words
from station.mail.policies.choices.topics import EXCHANGE
from station.mail.policies.choices.unsubscribe import MailKey
from station.mail.queries import Who
from station.members.services import set_language

AT_ONCE = 200  # answers of an import in one transaction


@dataclass(frozen=True)
class Evidence:
    """What shows that something was said: where, in which language, from which network (a keyed hash) and browser."""

    source: ConsentSource
    language: str = "en"
    network: str = ""
    browser: str = ""


@dataclass(frozen=True)
class Imported:
    """What a list of others says about an address: yes or no to a topic, and where that is from."""

    address: str
    topic: str
    given: bool
    where_from: str


@dataclass(frozen=True)
class ImportDone:
    """How many answers of an import were written, and how many stood against a no of the person's own."""

    written: int
    refused: int


def choose(who: Who, before: Iterable[str], after: Iterable[str], evidence: Evidence, actor: Actor) -> UUID | None:
    """Write down what somebody changed on the page of choices: from the codes that were ticked when they opened it to
    those that they sent. What they did not touch is not said again, so a page that was left open takes nothing back.

    Returns the id of the change; None where nothing was changed.
    """
    was, now, known = set(before), set(after), {*(t.code for t in queries.topics()), EXCHANGE}
    said = {code: code in now for code in known if (code in was) != (code in now)}
    return _write(who, {code: (given, _on_page(code, evidence)) for code, given in said.items()}, evidence, actor)


def speak(who: Who, language: str | None, actor: Actor) -> bool:
    """Write to a member in another language from now on. False where that is the one, or they are no member."""
    if who.member_id is None or language is None:
        return False
    return set_language(who.member_id, language, actor)


def none_at_all(who: Who, evidence: Evidence, actor: Actor) -> UUID | None:
    """End all commercial mail to somebody, of today's topics and of those to come. Returns as `choose`."""
    with _alone(who):
        return _write(who, _none(who, page_words.on_none_button(evidence.language)), evidence, actor)


def subscribe(address: str, topic_code: str, button: str, evidence: Evidence, actor: Actor) -> UUID | None:
    """Write down that somebody who typed an address pressed a button for one kind of mail. Returns as `choose`.

    To type an address proves nothing: whatever was said before about that mail, or a no to all of it, stands.
    """
    wording = page_words.on_button(queries.topic_or_retired(topic_code), evidence.language, button)
    who = queries.who_is(address)
    with _alone(who):
        _, persons = queries.answers(who)
        if topic_code in persons or words.ALL in persons:
            return None
        return _write(who, {topic_code: (True, wording)}, evidence, actor)


def unsubscribe(key: MailKey, evidence: Evidence, actor: Actor) -> UUID | None:
    """End mail about the topic of a link to its address; a second time changes nothing.

    Works for an address without a member, and for a topic that the house no longer has. Returns the id of the change
    that ended it, this one or an earlier one.
    """
    topic = queries.topic_or_retired(key.topic)
    shown = page_words.by_one_click if evidence.source is ConsentSource.ONE_CLICK else page_words.on_stop_page
    who = queries.who_is(key.address)
    with _alone(who):
        said = {topic.code: (False, shown(topic, evidence.language))}
        done = _write(who, said, evidence, actor)
        return done or queries.standing_change(key.address, topic.code)


def undo(change_id: UUID, who: Who, evidence: Evidence, actor: Actor) -> UUID | None:
    """Take back what was said with one press, as far as nothing newer was said since. Returns as `choose`."""
    with _alone(who):
        standing, _ = queries.answers(who)
        said = {}
        for line in queries.change(change_id, who.key):
            if line.topic in standing and standing[line.topic].id == line.id:
                given = _unsaid(line.topic) if line.before is None else line.before
                said[line.topic] = (given, page_words.on_undo(evidence.language))
        return _write(who, said, evidence, actor)


def note_answers(
    member_id: UUID, before: Iterable[str], after: Iterable[str], none: bool, note: str, actor: Actor
) -> UUID | None:
    """Write down what a member told a member of staff, who says in `note` when and how. Returns as `choose`."""
    evidence, who = Evidence(ConsentSource.DESK), queries.who_is(member_id)
    was, now, known = set(before), set(after), {*(t.code for t in queries.topics()), EXCHANGE}
    said = {code: (code in now, note) for code in known if (code in was) != (code in now)}
    with _alone(who):
        return _write(who, _none(who, note) if none else said, evidence, actor)


def record_imported(rows: Iterable[Imported], actor: Actor) -> ImportDone:
    """Write down what a list of others says, some hundred at a time: stopped half-way, it can be begun again.

    A no is taken; a yes only where the person has not said no to that, or to everything, under any of their
    addresses: however often the list comes back.
    """
    listed, written, refused = sorted(rows, key=lambda row: normalise_email(row.address)), 0, 0
    for start in range(0, len(listed), AT_ONCE):
        with transaction():
            taken = [_import(row, actor) for row in listed[start : start + AT_ONCE]]
        written, refused = written + taken.count(True), refused + taken.count(None)
    return ImportDone(written, refused)


def _import(row: Imported, actor: Actor) -> bool | None:
    """Write one answer down. False where that is what was said last; None where a no stands against it."""
    who = queries.who_is(row.address)
    with _alone(who):
        if row.given and any(rules.refused(row.topic, known) for known in queries.answers(who)):
            return None
        said = {row.topic: (row.given, row.where_from)}
        return _write(who, said, Evidence(ConsentSource.IMPORT), actor) is not None


@contextmanager
def _alone(who: Who) -> Iterator[None]:
    """A transaction in which nobody else writes down what this person says."""
    with transaction():
        lock_name(f"mail consent of {who.key}")
        yield


def _none(who: Who, wording: str) -> dict[str, tuple[bool, str]]:
    """What “none at all” comes to: where that stands already, an end of what was asked for since."""
    _, persons = queries.answers(who)
    asked_for = [each.topic.code for each in queries.choices_of(who).topics if each.on]
    codes = asked_for if rules.refused(words.ALL, persons) else [words.ALL]
    return dict.fromkeys(codes, (False, wording))


def _write(who: Who, said: Mapping[str, tuple[bool, str]], evidence: Evidence, actor: Actor) -> UUID | None:
    """Add what is new among these answers (topic: yes or no, and the words shown) to the log, and keep the last."""
    change_id, told = new_id(), []
    with _alone(who):
        for topic, (given, wording) in sorted(said.items()):
            if _add(who, topic, given, wording, change_id, evidence, actor):
                told.append((topic, given))
        if not told:
            return None
        _tell(who, told, evidence, actor)
        return change_id


def _add(who: Who, topic: str, given: bool, wording: str, change_id: UUID, evidence: Evidence, actor: Actor) -> bool:
    """Add one line. False where that is what was said last already, for the address and by its person."""
    session, now = db.session(), clock.now()
    known, (_, persons) = _standing(who, topic), queries.answers(who)
    before = known.given if known else None
    if before is given:
        before = persons[topic].given  # the person may have said something else since, under another address
    if before is given:
        return False
    line = Consent(
        id=new_id(),
        change_id=change_id,
        at=max(now, known.at) if known else now,
        address=who.key,
        member_id=who.member_id,
        topic=topic,
        given=given,
        before=before,
        source=evidence.source,
        wording=wording,
        wording_version=words.VERSION,
        language=evidence.language,
        network=evidence.network,
        browser=evidence.browser[:200],
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
    )
    session.add(line)
    session.flush()
    session.merge(Preference(address=who.key, topic=topic, given=given, at=line.at, consent_id=line.id))
    session.flush()
    return True


def _standing(who: Who, topic: str) -> Preference | None:
    """The last answer for a key and a topic."""
    rows = sa.select(Preference).where(Preference.address.in_(who.own), Preference.topic == topic)
    return db.session().scalar(rows.order_by(Preference.at.desc(), Preference.consent_id.desc()).limit(1))


def _tell(who: Who, told: list[tuple[str, bool]], evidence: Evidence, actor: Actor) -> None:
    about = [Subject("member", who.member_id)] if who.member_id else []
    data = {
        "given": [queries.desk_name(topic) for topic, given in told if given],
        "withdrawn": [queries.desk_name(topic) for topic, given in told if not given],
        "source": evidence.source.value,
        "address": rules.masked(who.key),
    }
    events.record("mail.consent.changed", actor, about, data)


def _on_page(code: str, evidence: Evidence) -> str:
    return page_words.on_page(queries.topic_or_retired(code), evidence.language)


def _unsaid(code: str) -> bool:
    """What holds for a topic about which nothing was ever said."""
    return not queries.topic_or_retired(code).asked_first
