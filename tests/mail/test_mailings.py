"""Mailings over a real mail server: frozen, sent, paused, resumed, stopped; nobody twice, and nobody forgotten."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from sandbox.mailbox.testing import Mailbox
from station.accounts.models import Approval, Role
from station.accounts.queries import Person
from station.accounts.services import ApprovalRefused, add_staff, decide
from station.core import clock, runtime
from station.core.actor import COMMAND, VISITOR, Actor, ActorKind
from station.core.db import db, transaction
from station.core.ids import public_id
from station.core.places import INVARIANTS
from station.mail import services as mail
from station.mail.models import (
    Bounce,
    ConsentSource,
    LeftOut,
    MailingRecipient,
    MailingState,
    MailState,
    MatchedBy,
    OutgoingMail,
    RecipientState,
    Severity,
    StopScope,
    SuppressionReason,
)
from station.mail.policies.choices.unsubscribe import MailKey
from station.mail.policies.mailings import Words
from station.mail.queries import mailings as queries
from station.mail.queries import who_is
from station.mail.queries.mailings import lists
from station.mail.services import Evidence
from station.mail.services import mailings as services
from station.mail.services.mailings import EditedMeanwhile, MailingRefused, NotReady, feeding, freezing
from station.mail.services.queueing import Addressed
from station.members.models import MemberEmail
from tests.conftest import changed
from tests.mail.mailing_scenes import (
    ENGLISH,
    STAFF,
    begun,
    counts,
    draft,
    frozen,
    member,
    members,
    passed,
    row,
    rows,
    wish,
)  # fmt: skip


@pytest.fixture
def run(outbox: Callable[[], int], later: Callable[..., None]) -> Callable[[], None]:
    """Let the house work until nothing is left to do: carry, pump, and the look afterwards."""

    def work() -> None:
        for _ in range(3):
            outbox()
            later(seconds=2)
        outbox()

    return work


@pytest.fixture(autouse=True)
def accounted(app: Flask):  # type: ignore[no-untyped-def]
    """After each of these tests nobody is forgotten, and nobody has it twice."""
    yield
    db.session.rollback()
    asked = {each.name: each for each in INVARIANTS}
    for name in ("everybody on a list is accounted for", "nobody gets it twice"):
        assert asked[name].broken() == []


def no(address: str, topic: str) -> None:
    mail.unsubscribe(MailKey(address, topic), Evidence(ConsentSource.ONE_CLICK), VISITOR)


def subjects(mailbox: Mailbox) -> list[str]:
    return sorted(str(each["Subject"]) for each in mailbox.messages)


def test_everybody_gets_it_once_in_their_language(mailbox: Mailbox, run: Callable[[], None]) -> None:
    member("Ana", "ana@example.org")
    member("Inés", "ines@example.org", "es")
    member("", "nobody@example.org", family="")
    mailing_id = begun()
    run()
    assert row(mailing_id).state is MailingState.DONE
    assert counts(mailing_id) == {"sent": 3}
    assert subjects(mailbox) == ["La campaña de otoño", "The fall drive, Ana", "The fall drive, neighbor"]
    letter = next(each for each in mailbox.stored if "Ana" in str(each.message["Subject"]))
    text = letter.text.replace("\r\n", "\n")
    assert "Good morning, Ana\n\nThe drive begins on Monday.\nIt ends on Friday." in text
    assert "Give now:\nhttps://example.org/give" in text
    assert '<a href="https://example.org/drive"' in letter.html
    assert "stop.invalid" not in letter.html + letter.text
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(letter.message["List-Unsubscribe"]).strip("<>") in letter.text.replace("\n", "")
    assert "1289 Example Drive" in letter.text
    assert "1289 Example Drive" in letter.html
    assert f"mailing.{mailing_id.hex}" in str(letter.message["Feedback-ID"])
    assert str(letter.message["From"]).startswith("Desert Public Radio <")
    spanish = next(each for each in mailbox.stored if "Buenos" in each.text)
    assert "Buenos días, Inés" in spanish.text
    assert 'lang="es"' in spanish.html


def test_freezing_says_who_does_not_get_it_and_why(app: Flask) -> None:
    for name in ("ana", "hard", "spam", "no"):
        member(name.title(), f"{name}@example.org")
    silent = member("Silent", "")
    mail.suppress("HARD@example.org", SuppressionReason.HARD_BOUNCE, COMMAND, "")
    mail.suppress("spam@example.org", SuppressionReason.COMPLAINT, COMMAND, "")
    no("no@example.org", "drives")
    lines = ["ana@example.org", "ANA@example.org", "hard@example.org", "spam@example.org", "no@example.org",
             public_id("member", silent), public_id("member", UUID(int=7)), "a..b@exa mple.org"]  # fmt: skip
    mailing_id = frozen(list_code="pasted", entries=lines)
    assert [(each.state.value, each.reason) for each in rows(mailing_id)] == [
        ("waiting", None),
        ("left_out", LeftOut.DUPLICATE),
        ("left_out", LeftOut.SUPPRESSED),
        ("left_out", LeftOut.SUPPRESSED),
        ("left_out", LeftOut.UNWANTED),
        ("left_out", LeftOut.NO_ADDRESS),
        ("left_out", LeftOut.NOT_FOUND),
        ("left_out", LeftOut.UNREACHABLE),
    ]
    assert row(mailing_id).listed == 8
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 0, "nothing is written yet"


def test_what_nobody_asked_for_is_sent_to_nobody(app: Flask) -> None:
    """Some topics go only to people who asked for them."""
    member("Ana", "ana@example.org")
    with pytest.raises(NotReady):
        begun(topic="events")


def test_a_no_between_freezing_and_hand_over_holds(mailbox: Mailbox, run: Callable[[], None]) -> None:
    for name in ("ana", "ben", "cleo", "dee"):
        member(name.title(), f"{name}@example.org")
    mailing_id = begun()
    no("ben@example.org", "drives")
    while services.feed_some(mailing_id):
        pass
    no("cleo@example.org", "renewals")  # another topic: this one is still wanted
    mail.suppress("dee@example.org", SuppressionReason.HARD_BOUNCE, COMMAND, "")
    run()
    assert counts(mailing_id) == {"sent": 2, "withheld": 2}
    assert {str(each["To"])[:3] for each in mailbox.messages} == {"Ana", "Cle"}
    found = queries.results(mailing_id)
    assert sum(found.withheld.values()) == 2
    assert "they do not want mail about “Pledge drives”" in found.withheld
    assert found.unsubscribed == 1
    mail.none_at_all(who_is("ana@example.org"), Evidence(ConsentSource.FORM), VISITOR)
    assert queries.results(mailing_id).unsubscribed == 2


def test_the_list_keeps_its_addresses_and_forgets_the_erased(mailbox: Mailbox, run: Callable[[], None]) -> None:
    moved, erased, merged = (member(name, f"{name.lower()}@example.org") for name in ("Moved", "Erased", "Merged"))
    other = member("Other", "other@example.org")
    mailing_id = begun()
    with transaction() as session:
        theirs = sa.update(MemberEmail)
        session.execute(
            theirs.where(MemberEmail.member_id == moved).values(address="new@e.org", normalised="new@e.org")
        )
        session.execute(sa.delete(MemberEmail).where(MemberEmail.member_id == erased))
        session.execute(theirs.where(MemberEmail.member_id == merged).values(member_id=other, is_primary=False))
    run()
    assert counts(mailing_id) == {"sent": 3, "left_out": 1}
    assert sorted(str(each["To"]).partition(" ")[0] for each in mailbox.messages) == ["Merged", "Moved", "Other"]
    assert "moved@example.org" in {each.recipient for each in db.session.scalars(sa.select(OutgoingMail))}
    assert [each.reason for each in rows(mailing_id) if each.reason] == [LeftOut.ERASED]


def test_pause_holds_at_the_next_letter_and_going_on_sends_the_rest_once(
    mailbox: Mailbox, run: Callable[[], None]
) -> None:
    members(30)
    mailing_id = begun()
    while services.feed_some(mailing_id):
        pass
    services.pause(mailing_id, STAFF)
    run()
    assert mailbox.messages == []
    assert counts(mailing_id) == {"on_its_way": 30}
    assert row(mailing_id).state is MailingState.PAUSED
    services.resume(mailing_id, STAFF)
    run()
    assert counts(mailing_id) == {"sent": 30}
    assert len({str(each["To"]) for each in mailbox.messages}) == len(mailbox.messages) == 30


def test_a_pause_reaches_letters_that_are_reserved_already(
    mailbox: Mailbox, run: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pump keeps blocks for itself; a pause in the middle of one holds from the next letter on."""
    members(15)
    mailing_id = begun()
    sent = mail.bulk.hand_over

    def hand_over(taken: object) -> object:
        outcome = sent(taken)  # type: ignore[arg-type]
        if len(mailbox.messages) == 4:
            services.pause(mailing_id, STAFF)
        return outcome

    monkeypatch.setattr(mail.bulk, "hand_over", hand_over)
    run()
    assert len(mailbox.messages) == 4
    monkeypatch.setattr(mail.bulk, "hand_over", sent)
    services.stop(mailing_id, "That was enough", STAFF)
    run()
    assert counts(mailing_id) == {"sent": 4, "called_off": 11}
    assert len(mailbox.messages) == 4


def test_stop_in_the_middle_calls_off_what_is_left(
    mailbox: Mailbox, run: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "AHEAD", 10)
    monkeypatch.setattr(feeding, "BATCH", 5)
    members(40)
    mailing_id = begun()
    services.feed_some(mailing_id)
    mail.send_bulk()
    services.feed_some(mailing_id)
    services.stop(mailing_id, "Wrong date", STAFF)
    run()
    assert counts(mailing_id) == {"sent": 5, "called_off": 35}
    assert len(mailbox.messages) == 5
    with pytest.raises(MailingRefused):
        services.resume(mailing_id, STAFF)


def test_a_letter_put_back_by_the_server_is_called_off_too(mailbox: Mailbox, run: Callable[[], None]) -> None:
    member("Ana", "ana@example.org")
    mailing_id = begun()
    mailbox.refuse("ana@example.org", 451)
    run()
    services.stop(mailing_id, "Wrong date", STAFF)
    assert counts(mailing_id) == {"called_off": 1}


def test_never_far_ahead_of_the_pump(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits before the pump is bounded, so that stopping is quick however long the list is."""
    monkeypatch.setattr(feeding, "AHEAD", 60)
    members(200)
    mailing_id = begun()
    while services.feed_some(mailing_id):
        pass
    assert counts(mailing_id) == {"on_its_way": 60, "waiting": 140}


def test_a_slow_provider_keeps_nobody_else_waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "AHEAD", 10)
    members(30, "gmail.com")
    members(5)
    mailing_id = begun()
    while services.feed_some(mailing_id):
        pass
    assert counts(mailing_id) == {"on_its_way": 15, "waiting": 20}


class Killed(BaseException):
    """What a process does not survive."""


def drive(mailing_id: UUID) -> None:
    """One turn of whatever a mailing does by itself, in a process that may die in it."""
    try:
        match row(mailing_id).state:
            case MailingState.FREEZING:
                services.freeze_some(mailing_id)
            case MailingState.FROZEN:
                services.begin(mailing_id, "", STAFF)
            case _:
                services.feed_some(mailing_id)
    except Killed:
        db.session.rollback()


@pytest.mark.parametrize("where", ["mail.mailing:froze_some", "mail.mailing:fed", "a letter"])
def test_killed_between_any_two_steps(
    where: str, mailbox: Mailbox, run: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies leaves a batch whole or not at all; the next one goes on, and nobody gets it twice."""
    turns, write = iter(range(10_000)), feeding.write

    def die(name: str) -> None:
        if name == where and next(turns) % 2 == 0:
            raise Killed

    def write_or_die(addressed: Addressed) -> UUID:
        if where == "a letter" and next(turns) % 9 == 8:
            raise Killed
        return write(addressed)

    monkeypatch.setattr(feeding, "BATCH", 7)
    monkeypatch.setattr(lists.part_of, "__defaults__", (7,))
    for module in (freezing, feeding):
        monkeypatch.setattr(module, "point", die)
    monkeypatch.setattr(feeding, "write", write_or_die)
    members(40)
    mailing_id = passed()
    services.check(mailing_id, STAFF)
    services.freeze(mailing_id, STAFF)
    for _ in range(60):
        drive(mailing_id)
    assert row(mailing_id).listed == 40
    run()
    assert counts(mailing_id) == {"sent": 40}
    assert len({str(each["To"]) for each in mailbox.messages}) == len(mailbox.messages) == 40


def test_hostile_names_write_no_headers_no_markup_and_no_links(mailbox: Mailbox, run: Callable[[], None]) -> None:
    member("Eve\r\nBcc: all@example.org", "eve@example.org")
    member("{name} {{ 7*7 }} {% if %}", "braces@example.org")
    member("<script>alert(1)</script>", "markup@example.org")
    member("Win at https://evil.example/now", "lure@example.org")
    mailing_id = begun(words={"en": ENGLISH})
    run()
    assert counts(mailing_id) == {"sent": 4}
    by = {str(each.message["To"]).rpartition("<")[2].rstrip(">").partition("@")[0]: each for each in mailbox.stored}
    assert by["eve"].message["Bcc"] is None
    assert "Good morning, Eve Bcc: all@example.org" not in by["eve"].text, "an address in a name is a lure, too"
    assert "Good morning, {name} {{ 7*7 }} {% if %}" in by["braces"].text
    assert "<script" not in by["markup"].html
    assert "Good morning, <script>alert(1)</script>" in by["markup"].text
    assert "evil.example" not in by["lure"].text + by["lure"].html
    assert str(by["lure"].message["Subject"]) == "The fall drive, neighbor"


def test_checks_show_everything_at_once(app: Flask) -> None:
    member("Inés", "ines@example.org", "es")
    words = Words(subject="x" * 90, body="Dear {frist_name}, see www.example.org", button="Give", headline="Now")
    mailing_id = draft(words={"en": words})
    mail.stop(StopScope.APPEALS, "Something is wrong", COMMAND)
    found = {each.what for each in services.check(mailing_id, STAFF)}
    assert found == {
        "People on the list read Spanish, and there are no words in Spanish.",
        "The English subject is longer than 78 characters.",
        "The English button has no address.",
        "{frist_name} in the English words is no field.",
        "www.example.org in the English words is not an absolute address of the web.",
        "These words have not been tested.",
        "All of this mail is stopped: Something is wrong",
    }
    assert row(mailing_id).state is MailingState.DRAFT
    with pytest.raises(NotReady):
        services.freeze(mailing_id, STAFF)


def test_a_change_wants_a_new_test_and_a_new_check(app: Flask) -> None:
    member("Ana", "ana@example.org")
    mailing_id = passed()
    assert services.check(mailing_id, STAFF) == []
    services.change_mailing(mailing_id, wish(name="Another name"), 1, STAFF)
    assert row(mailing_id).state is MailingState.DRAFT
    assert services.check(mailing_id, STAFF) == [], "its words are as they were tested"
    services.change_mailing(mailing_id, wish(words={"en": ENGLISH, "es": ENGLISH}), 2, STAFF)
    assert [each.what for each in services.check(mailing_id, STAFF)] == ["These words have not been tested."]
    with pytest.raises(EditedMeanwhile):
        services.change_mailing(mailing_id, wish(), 2, STAFF)


def test_a_frozen_one_is_not_changed_but_opened_again(app: Flask) -> None:
    member("Ana", "ana@example.org")
    mailing_id = frozen()
    with pytest.raises(MailingRefused):
        services.change_mailing(mailing_id, wish(), 1, STAFF)
    services.thaw(mailing_id, STAFF)
    assert rows(mailing_id) == []
    member("Ben", "ben@example.org")
    assert services.check(mailing_id, STAFF) == []
    services.freeze(mailing_id, STAFF)
    while services.freeze_some(mailing_id):
        pass
    assert row(mailing_id).listed == 2


def test_spanish_readers_found_at_freezing_hold_it(app: Flask) -> None:
    """The list is looked at before; whoever joins it in between is found once it is frozen."""
    member("Ana", "ana@example.org")
    mailing_id = passed(words={"en": ENGLISH})
    services.check(mailing_id, STAFF)
    services.freeze(mailing_id, STAFF)
    member("Inés", "ines@example.org", "es")
    while services.freeze_some(mailing_id):
        pass
    with pytest.raises(NotReady, match="Spanish"):
        services.begin(mailing_id, "", STAFF)


def test_pressed_twice_is_begun_once(mailbox: Mailbox, run: Callable[[], None]) -> None:
    member("Ana", "ana@example.org")
    mailing_id = frozen()
    assert services.begin(mailing_id, "", STAFF)
    first = row(mailing_id).begun_at
    assert services.begin(mailing_id, "", STAFF)
    assert row(mailing_id).begun_at == first
    run()
    assert len(mailbox.messages) == 1


def test_a_second_person_decides_about_what_they_saw(app: Flask) -> None:
    members(3)
    dana, otto = (add_staff(name, f"{name}@example.org", [Role.DEVELOPMENT], COMMAND) for name in ("Dana", "Otto"))
    asker = Actor(ActorKind.STAFF, "Dana", dana)
    with changed(runtime.settings(), mailing_alone=2):
        mailing_id = frozen()
        assert not services.begin(mailing_id, "The drive", asker)
        with pytest.raises(MailingRefused):
            services.begin(mailing_id, "The drive", asker)
        approval = db.session.scalars(sa.select(Approval)).one()
        with pytest.raises(ApprovalRefused):
            decide(approval.id, True, "", Person(dana, "Dana", "", frozenset({Role.DEVELOPMENT})))
        services.thaw(mailing_id, STAFF)
        services.check(mailing_id, STAFF)
        services.freeze(mailing_id, STAFF)
        clock.move(timedelta(seconds=1))
        while services.freeze_some(mailing_id):
            pass
        second = Person(otto, "Otto", "", frozenset({Role.DEVELOPMENT}))
        with pytest.raises(Exception, match="asked for again"):
            decide(approval.id, True, "Fine", second)
        assert row(mailing_id).state is MailingState.FROZEN


def test_nothing_moves_while_appeals_are_stopped(mailbox: Mailbox, run: Callable[[], None]) -> None:
    members(3)
    mailing_id = begun()
    mail.stop(StopScope.APPEALS, "Wait", COMMAND)
    run()
    assert mailbox.messages == []
    mail.resume(StopScope.APPEALS, COMMAND)
    run()
    assert counts(mailing_id) == {"sent": 3}


def test_a_bounce_and_an_unknown_are_counted(mailbox: Mailbox, run: Callable[[], None]) -> None:
    members(3)
    mailing_id = begun()
    mailbox.refuse("ana1@example.org", 550)
    run()
    assert counts(mailing_id) == {"sent": 2, "bounced": 1}
    with transaction() as session:
        one = session.scalars(sa.select(OutgoingMail).where(OutgoingMail.recipient == "ana2@example.org")).one()
        one.state = MailState.UNKNOWN
    assert counts(mailing_id) == {"sent": 1, "bounced": 1, "unknown": 1}
    assert [each.email for each in queries.recipients(mailing_id, "unknown")] == ["ana2@example.org"]


def test_ten_thousand_take_no_more_statements_a_batch_than_a_thousand(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    members(10_000)
    asked: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    mailing_id = passed()
    services.check(mailing_id, STAFF)
    services.freeze(mailing_id, STAFF)
    batches = []
    while row(mailing_id).state is MailingState.FREEZING:
        asked.clear()
        services.freeze_some(mailing_id)
        batches.append(len(asked))
    assert len(batches) == 21
    assert max(batches) <= 40
    assert max(batches[:-1]) - min(batches[:-1]) <= 3, "the last ones take as many as the first ones"
    with changed(runtime.settings(), mailing_alone=10_000):
        services.begin(mailing_id, "", STAFF)
    fed = []
    for _ in range(4):
        asked.clear()
        assert services.feed_some(mailing_id)
        fed.append(len(asked))
    assert max(fed) <= 8 * services.BATCH
    assert max(fed) - min(fed[1:]) <= 10
    services.stop(mailing_id, "Only a test", STAFF)
    assert counts(mailing_id) == {"called_off": 10_000}
    assert db.session.scalar(sa.select(sa.func.count()).where(MailingRecipient.state == RecipientState.WAITING)) == 0


def test_two_workers_at_once_write_each_letter_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "BATCH", 5)
    members(60)
    mailing_id = begun()
    db.session.rollback()

    def work() -> int:
        with app.app_context():
            return sum(1 for _ in iter(lambda: services.feed_some(mailing_id), False))

    with ThreadPoolExecutor(4) as pool:
        batches = sum(pool.map(lambda _: work(), range(4)))
    assert batches == 12
    assert counts(mailing_id) == {"on_its_way": 60}
    assert len({each.recipient for each in db.session.scalars(sa.select(OutgoingMail))}) == 60


def test_a_test_is_not_counted_and_the_same_press_sends_one(mailbox: Mailbox, run: Callable[[], None]) -> None:
    member("Ana", "ana@example.org")
    mailing_id = draft(words={"en": ENGLISH})
    for _ in range(2):
        services.send_test(mailing_id, ["dana@desk.example.org"], "the same form", STAFF)
    run()
    assert subjects(mailbox) == ["[Test] The fall drive, Ana"]
    assert counts(mailing_id) == {}
    with pytest.raises(MailingRefused):
        services.send_test(frozen(), ["dana@desk.example.org"], "1", STAFF)


def test_complaints_are_counted(mailbox: Mailbox, run: Callable[[], None]) -> None:
    members(2)
    mailing_id = begun()
    run()
    with transaction() as session:
        one = session.scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == queries.kind_of(mailing_id))).first()
        assert one is not None
        session.add(
            Bounce(
                position=0,
                severity=Severity.COMPLAINT,
                address=one.recipient,
                matched_by=MatchedBy.VERP,
                mail_id=one.id,
                at=clock.now(),
            )
        )
    assert queries.results(mailing_id).complained == 1
