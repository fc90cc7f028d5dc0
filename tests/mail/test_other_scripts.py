"""A no to a domain beyond ASCII holds in each of its spellings, also one that was stored as it was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from sandbox.mailbox.testing import Mailbox
from station.core import clock
from station.core.actor import VISITOR, ActorKind
from station.core.db import db, transaction
from station.core.ids import new_id
from station.core.places import INVARIANTS
from station.mail import queries, services
from station.mail.models import Consent, ConsentSource, LeftOut, MailState, OutgoingMail, Preference
from station.mail.policies.choices.topics import ALL
from station.mail.policies.choices.unsubscribe import MailKey
from station.mail.services import Evidence
from station.mail.services import mailings as sending
from station.members import queries as members
from station.members.models import MemberEmail
from station.members.services import AddressTaken, Incoming, change_member, match_or_create, match_or_create_many
from tests.mail.mailing_scenes import begun, frozen, member, rows

READ, SENT = "ana@niño.example", "ana@xn--nio-8ma.example"
BOTH = pytest.mark.parametrize("spelling", [READ, SENT])
ON_PAGE = Evidence(ConsentSource.FORM)


def said_before(address: str, topic: str, given: bool = False) -> None:
    """An answer as it was kept before domains were folded."""
    line = Consent(
        id=new_id(),
        change_id=new_id(),
        at=clock.now(),
        address=address,
        topic=topic,
        given=given,
        source=ConsentSource.FORM,
        wording="",
        wording_version="1",
        language="en",
        actor_kind=ActorKind.VISITOR,
        actor_label="",
    )
    with transaction() as session:
        session.add(line)
        session.flush()
        session.add(Preference(address=address, topic=topic, given=given, at=line.at, consent_id=line.id))


def as_typed(address: str) -> None:
    """The address of the one member, as it was kept before."""
    with transaction() as session:
        session.execute(sa.update(MemberEmail).values(normalised=address))


@BOTH
@pytest.mark.parametrize("topic", ["drives", ALL])
@pytest.mark.parametrize("kept", [READ, SENT])
def test_a_no_of_before_keeps_appeals_back(app: Flask, kept: str, topic: str, spelling: str) -> None:
    member("Ana", kept)
    as_typed(kept)
    said_before(kept, topic)
    mailing_id = frozen(list_code="pasted", entries=[spelling])
    assert [each.reason for each in rows(mailing_id)] == [LeftOut.UNWANTED]
    assert not queries.wants(spelling, "drives")
    assert queries.who_wants("drives", [READ, SENT]) == set()


@BOTH
def test_a_no_of_nobodys_address_holds_too(app: Flask, spelling: str) -> None:
    said_before(spelling, "drives")
    for asked in (READ, SENT):
        assert not queries.wants(asked, "drives")
        assert len(queries.consent_history(asked)) == 1
    assert queries.who_wants("drives", [READ, SENT]) == set()


def test_a_no_after_freezing_holds_at_the_hand_over(mailbox: Mailbox, outbox: Callable[[], int]) -> None:
    member("Ana", READ)
    as_typed(READ)
    mailing_id = begun()
    said_before(READ, "drives")
    while sending.feed_some(mailing_id):
        pass
    outbox()
    db.session.rollback()
    assert [row.state for row in db.session.scalars(sa.select(OutgoingMail))] == [MailState.WITHHELD]
    assert mailbox.messages == []


def test_a_no_of_before_holds_for_their_other_address_as_it_was_typed(app: Flask) -> None:
    """ß is folded into ss for good: only the address as it was typed leads back to what was said under it."""
    ana = match_or_create("Ana", "Ruiz", "ana@straße.example", VISITOR)
    other = match_or_create("Anna", "Ruiz", "anna@example.org", VISITOR)
    with transaction() as session:
        session.execute(
            sa.update(MemberEmail).where(MemberEmail.member_id == other).values(member_id=ana, is_primary=False)
        )
    said_before("ana@straße.example", "drives")
    assert not queries.wants("anna@example.org", "drives")
    assert queries.who_wants("drives", ["anna@example.org"]) == set()


@BOTH
def test_what_is_said_anew_counts_and_is_kept_once(app: Flask, spelling: str) -> None:
    said_before(READ, "drives")
    services.choose(queries.who_is(spelling), set(), {"drives"}, ON_PAGE, VISITOR)
    assert queries.wants(READ, "drives")
    assert queries.wants(SENT, "drives")
    change = services.unsubscribe(MailKey(spelling, "drives"), ON_PAGE, VISITOR)
    assert change
    assert services.unsubscribe(MailKey(READ, "drives"), ON_PAGE, VISITOR) == change, "the second press is the first"
    assert not queries.wants(READ, "drives")
    assert [(line.address, line.before) for line in queries.consent_history(READ)] == [
        (SENT, True),
        (SENT, False),
        (READ, None),
    ]
    assert {each.name: each.broken() for each in INVARIANTS if each.broken()} == {}


@BOTH
@pytest.mark.parametrize("kept", [READ, SENT])
def test_a_member_is_found_by_either_spelling(app: Flask, kept: str, spelling: str) -> None:
    ana = match_or_create("Ana", "Ruiz", kept, VISITOR)
    as_typed(kept)
    assert match_or_create("Ana", "Ruiz", spelling, VISITOR) == ana
    with transaction():
        assert match_or_create_many([Incoming("", "Ana", "Ruiz", "", spelling)]).ids == [ana]
    assert [each.id for each in members.members_by_address([spelling]).values()].count(ana) >= 1
    change_member(ana, "Ana", "Ruiz", "", spelling, VISITOR)
    found = members.member(ana)
    assert found
    assert found.emails == (spelling,)
    ben = match_or_create("Ben", "Li", "ben@example.org", VISITOR)
    with pytest.raises(AddressTaken):
        change_member(ben, "Ben", "Li", "", spelling, VISITOR)


def test_a_page_shows_the_domain_as_people_read_it(app: Flask) -> None:
    assert queries.choices(SENT).masked == queries.choices(READ).masked == "a•••@niño.example"
