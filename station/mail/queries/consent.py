"""Reads of what people said about mail to them. Every question is answered by address, whosever it is today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from station.core.addresses import normalise_email, spellings
from station.core.db import db
from station.core.ids import public_id
from station.licensee.queries import stations
from station.mail.models import Consent, ConsentSource, Preference, Stream
from station.mail.policies.choices import consent as rules
from station.mail.policies.choices import topics as words
from station.mail.policies.choices.consent import Answer
from station.mail.policies.choices.topics import EXCHANGES, Topic
from station.members import queries as members

CHANGE = "choice"
AT_ONCE = 500
_ANSWERS = sa.select(Preference).where(Preference.address.in_(sa.bindparam("addresses", expanding=True)))


@dataclass(frozen=True)
class Who:
    """Somebody that mail goes to: the key that answers stand under (an address, or a member without one), all keys of
    the same person, and the member where there is one."""

    key: str
    keys: tuple[str, ...]
    member_id: UUID | None
    language: str = ""  # of mail to that member; nothing for an address that is nobody's

    @property
    def own(self) -> tuple[str, ...]:
        """The key, in every spelling under which answers may stand."""
        return _spelled(self.key)


@dataclass(frozen=True)
class Choice:
    """A topic, whether mail about it goes out today, and the last answer for it (none: nothing was ever said)."""

    topic: Topic
    on: bool
    answer: Answer | None


@dataclass(frozen=True)
class Choices:
    """How it stands with somebody's mail. `none`: they asked for none at all, and for nothing since; `exchange`:
    their address may be exchanged; `asked_out`: they asked to be left out of that."""

    who: Who
    topics: tuple[Choice, ...]
    none: bool
    exchange: bool
    asked_out: bool

    @property
    def masked(self) -> str:
        """The address as a public page shows it."""
        return rules.masked(self.who.key)

    @property
    def on(self) -> frozenset[str]:
        """The codes that hold today: topics that are sent, and `exchange` unless they asked to be left out."""
        return frozenset([c.topic.code for c in self.topics if c.on] + ([] if self.asked_out else [words.EXCHANGE]))


@dataclass(frozen=True)
class ConsentLine:
    """A line of the log as pages show it. `name` is the topic's in English, `member_id` whose address it was then."""

    id: UUID
    change_id: UUID
    at: datetime
    address: str
    member_id: UUID | None
    topic: str
    name: str
    given: bool
    before: bool | None
    source: ConsentSource
    wording: str
    language: str
    actor_label: str


def topics() -> tuple[Topic, ...]:
    """All topics of commercial mail, in the order of the page."""
    return words.topics_of((each.slug, each.name) for each in stations())


def topic(code: str) -> Topic | None:
    """The topic of a code, also one of the two standing answers; None for anything else."""
    known = {each.code: each for each in (*topics(), EXCHANGES, words.NONE_AT_ALL)}
    return known.get(code)


def desk_name(code: str) -> str:
    """What the desk calls a topic."""
    standing = {words.ALL: "All of it", words.EXCHANGE: "List exchanges"}
    return standing.get(code) or topic_or_retired(code).said("en").name


def topic_or_retired(code: str) -> Topic:
    """The topic of a code, or one without a name where the house has no such topic any more."""
    return topic(code) or words.retired(code)


def who_is(address_or_member: str | UUID) -> Who:
    """Whose mail it is: an address of any spelling, or a member (by their primary address, where they have one)."""
    if isinstance(address_or_member, UUID):
        found = members.member(address_or_member)
        return _person(address_or_member, found.email if found else "")
    owner = members.member_id_of(address_or_member)
    return _person(owner, address_or_member) if owner else _alone(normalise_email(address_or_member))


def _alone(key: str) -> Who:
    return Who(key, spellings(key), None)


def _person(member_id: UUID, address: str) -> Who:
    found, own = members.member(member_id), public_id(members.PREFIX, member_id)
    theirs = [each for email in (found.emails if found else ()) for each in spellings(email)]
    key = normalise_email(address) if address else own
    return Who(key, tuple(dict.fromkeys([*_spelled(key), *theirs, own])), member_id, found.language if found else "")


def wants(address_or_member: str | UUID, topic_code: str) -> bool:
    """Whether mail about a topic may go to somebody, by what was said last. An unknown topic is not wanted."""
    own, persons = answers(who_is(address_or_member))
    return rules.wanted(topic_or_retired(topic_code), own, persons)


def turned_down(address: str, stream: Stream, topic_code: str | None) -> str | None:
    """Why no commercial mail about a topic goes to an address; None where it may (asked before each hand-over)."""
    if not stream.is_commercial or who_wants(topic_code or "", [address]):
        return None
    return f"they do not want mail about “{desk_name(topic_code or '')}”"


def who_wants(topic_code: str, addresses: Collection[str]) -> set[str]:
    """Those of many addresses to which mail about a topic may go, as they were given."""
    wanted_topic, kept, listed = topic_or_retired(topic_code), set[str](), list(addresses)
    for start in range(0, len(listed), AT_ONCE):
        part = {address: normalise_email(address) for address in listed[start : start + AT_ONCE]}
        own, persons = _answers_of_many(set(part.values()))
        kept |= {a for a, key in part.items() if rules.wanted(wanted_topic, own.get(key, {}), persons.get(key, {}))}
    return kept


def may_exchange(address_or_member: str | UUID) -> bool:
    """Whether somebody's name and address may be given to another nonprofit in exchange for theirs."""
    own, persons = answers(who_is(address_or_member))
    return rules.exchangeable(topics(), own, persons)


def choices(address_or_member: str | UUID) -> Choices:
    """How it stands with somebody's mail, topic by topic."""
    return choices_of(who_is(address_or_member))


def choices_of(who: Who) -> Choices:
    """The same, for somebody who was looked up already."""
    own, persons = answers(who)
    said = tuple(Choice(each, rules.wanted(each, own, persons), persons.get(each.code)) for each in topics())
    exchange = persons.get(words.EXCHANGE)
    return Choices(
        who,
        said,
        rules.refused(words.ALL, persons) and not any(each.on for each in said),
        rules.exchangeable(topics(), own, persons),
        exchange is not None and not exchange.given,
    )


def answers(who: Who) -> tuple[rules.Answers, rules.Answers]:
    """What was said last for the key of somebody, and by them for any of theirs, by topic."""
    rows = db.session().scalars(_ANSWERS, {"addresses": who.keys}).all()
    own = rules.latest(_answer(row) for row in rows if row.address in who.own)
    return own, rules.latest(_answer(row) for row in rows)


def consent_history(address: str) -> list[ConsentLine]:
    """Everything that was ever said about mail to an address, newest first."""
    return _lines(sa.select(Consent).where(Consent.address.in_(spellings(address))))


def history_of(member_id: UUID, limit: int = 200) -> list[ConsentLine]:
    """What was said about mail to a member, under any of their addresses, newest first."""
    who = who_is(member_id)
    theirs = sa.or_(Consent.address.in_(who.keys), Consent.member_id == member_id)
    return _lines(sa.select(Consent).where(theirs).limit(limit))


def change(change_id: UUID, address: str) -> list[ConsentLine]:
    """What was said with one press about mail to an address; nothing for somebody else's."""
    return _lines(sa.select(Consent).where(Consent.change_id == change_id, Consent.address.in_(_spelled(address))))


def standing_change(address: str, topic_code: str) -> UUID | None:
    """The press that made the last answer for an address and a topic."""
    return db.session().scalar(
        sa.select(Consent.change_id)
        .join(Preference, Preference.consent_id == Consent.id)
        .where(Preference.address.in_(_spelled(address)), Preference.topic == topic_code)
        .order_by(Preference.at.desc(), Preference.consent_id.desc())
        .limit(1)
    )


def _answers_of_many(keys: set[str]) -> tuple[dict[str, rules.Answers], dict[str, rules.Answers]]:
    """What was said for each address, and by its person for any of theirs."""
    people, spelled = members.keys_by_address(keys), {key: set(spellings(key)) for key in keys}
    wanted = set[str]().union(*spelled.values(), *people.values())
    said: dict[str, list[Answer]] = {}
    for some in _parts(sorted(wanted)):
        for row in db.session().scalars(_ANSWERS, {"addresses": some}):
            said.setdefault(row.address, []).append(_answer(row))
    own = {key: _latest(said, spelled[key]) for key in keys}
    persons = {key: _latest(said, spelled[key] | people.get(key, set())) for key in keys}
    return own, persons


def _latest(said: Mapping[str, list[Answer]], keys: Iterable[str]) -> rules.Answers:
    return rules.latest(answer for key in keys for answer in said.get(key, ()))


def _spelled(key: str) -> tuple[str, ...]:
    return spellings(key) if "@" in key else (key,)


def _parts(listed: list[str]) -> Iterable[list[str]]:
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))


def _answer(row: Preference) -> Answer:
    return Answer(row.topic, row.given, row.at, row.consent_id)


def _lines(query: sa.Select[Consent]) -> list[ConsentLine]:
    return [line_of(row) for row in db.session().scalars(query.order_by(Consent.at.desc(), Consent.id.desc()))]


def line_of(row: Consent) -> ConsentLine:
    """A row of the log as pages show it."""
    return ConsentLine(
        row.id,
        row.change_id,
        row.at,
        row.address,
        row.member_id,
        row.topic,
        desk_name(row.topic),
        row.given,
        row.before,
        row.source,
        row.wording,
        row.language,
        row.actor_label,
    )
