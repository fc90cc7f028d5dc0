"""What follows from what came back: over real SMTP and the real outbox, in any order, and never by forgery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from sandbox.mailbox.testing import Mailbox
from station.accounts import queries as accounts
from station.accounts.models import Role
from station.core import clock, events, runtime
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.ids import new_id
from station.core.outbox import Permanent
from station.mail import queries, services
from station.mail.models import (
    Bounce,
    InboundKind,
    InboundMail,
    InboundWay,
    MailState,
    MatchedBy,
    OutgoingMail,
    Stream,
    Suppression,
    SuppressionReason,
)
from station.mail.policies.verp import LONGEST_LOCAL, looks_like_verp, mail_of_verp, verp_address
from station.mail.services.returning.taking import LARGEST_KEPT
from station.members.models import Member, MemberEmail
from station.members.services import change_member, match_or_create
from tests.conftest import changed
from tests.mail.returning.conftest import BOUNCES_TO, Post
from tests.mail.returning.samples import ANSWERS, Sample, arf, dsn, group, one

HARD = one("5.1.1", "550 5.1.1 user unknown")
SOFT = one("5.2.2", "552 5.2.2 mailbox is full")
POLICY = one("5.7.1", "550 5.7.1 refused for policy")


def suppressions() -> list[tuple[str, str]]:
    db.session.rollback()
    return [
        (row.address, row.reason.value) for row in db.session.scalars(sa.select(Suppression).order_by(Suppression.id))
    ]


def work() -> list[str]:
    return sorted(item.kind for item in accounts.work_items([Role.DEVELOPMENT, Role.ADMIN]))


# --- hard, soft, policy ---


def test_a_hard_bounce_gives_the_address_up(post: Post, ana: UUID) -> None:
    mail = post.send(member_id=ana)
    row = post.comes_back(HARD, mail)
    assert (row.kind, row.outcome) == (
        InboundKind.REPORT,
        "a delivery status notification; by the signed address that it left under",
    )
    assert post.row(mail.id).state is MailState.BOUNCED
    assert suppressions() == [("ana@example.net", "hard_bounce")]
    assert work() == ["mail.bounced"]
    assert [(fact.mail_id, fact.kind, fact.key, fact.member_id, fact.severity) for fact in post.heard] == [
        (mail.id, "test", "1", ana, "hard")
    ]
    told = {event.name for event in events.events_of(Subject("member", ana))}
    assert told >= {"mail.message.bounced", "mail.address.suppressed"}


@pytest.mark.parametrize("stream", list(Stream))
def test_nothing_goes_to_an_address_that_was_given_up(post: Post, signed: Mailbox, stream: Stream) -> None:
    post.comes_back(HARD, post.send())
    before = len(signed.messages)
    kept = post.send("2", stream=stream)
    assert (kept.state, kept.last_error) == (MailState.WITHHELD, "suppressed: there is no such mailbox")
    assert len(signed.messages) == before
    assert [fact.severity for fact in post.heard] == ["hard"] * (1 if stream.is_commercial else 2), "paper is owed"


def test_the_message_id_is_as_good_as_the_signed_address(post: Post) -> None:
    mail = post.send()
    row = post.comes_back(HARD, mail, by="message_id")
    assert "by its Message-ID" in row.outcome
    assert suppressions() == [("ana@example.net", "hard_bounce")]


def test_an_address_alone_suppresses_nobody(post: Post) -> None:
    mail = post.send()
    row = post.comes_back(HARD, mail, by="nothing", to="bounces@example.org")
    assert "proves nothing" in row.outcome
    assert (suppressions(), work(), post.heard) == ([], [], [])
    assert post.row(mail.id).state is MailState.SENT
    assert db.session.scalars(sa.select(Bounce.matched_by)).all() == [MatchedBy.RECIPIENT]


def test_a_refusal_for_policy_is_our_trouble(post: Post) -> None:
    mail = post.send()
    post.comes_back(POLICY, mail)
    assert suppressions() == []
    assert work() == ["mail.policy"]
    assert post.row(mail.id).state is MailState.BOUNCED
    assert [fact.severity for fact in post.heard] == ["policy"]
    assert post.send("2").state is MailState.SENT, "the person did nothing"


def test_a_full_mailbox_is_tried_again(post: Post, signed: Mailbox, later: Callable[..., None], ana: UUID) -> None:
    mail = post.send(member_id=ana)
    post.comes_back(SOFT, mail)
    assert (suppressions(), work()) == ([], [])
    assert [fact.severity for fact in post.heard] == ["soft"]
    later(hours=23)
    assert post.outbox() == 0
    later(hours=2)
    post.outbox()
    assert [m["To"].addresses[0].addr_spec for m in signed.messages] == ["ana@example.net"] * 2
    assert signed.messages[0]["Message-ID"] != signed.messages[1]["Message-ID"]


def test_a_private_letter_that_came_back_from_a_full_mailbox_is_a_persons(
    post: Post, signed: Mailbox, later: Callable[..., None], ana: UUID
) -> None:
    mail = post.send(member_id=ana, stream=Stream.NOTICES, private=True)
    post.comes_back(SOFT, mail)
    assert (suppressions(), work()) == ([], ["mail.failed"])
    (item,) = accounts.work_items([Role.DEVELOPMENT])
    assert "mailbox is full" in item.detail
    assert "Read it on its page" in item.detail
    row = post.row(mail.id)
    assert row.state is MailState.BOUNCED
    assert "this link lets you join" in row.text
    assert "/desk/join" not in row.text + row.html
    later(days=10)
    post.outbox()
    assert len(signed.messages) == 1, "its link may be too old by then"


def test_it_goes_to_the_address_of_that_day(
    post: Post, signed: Mailbox, later: Callable[..., None], ana: UUID
) -> None:
    post.comes_back(SOFT, post.send(member_id=ana))
    change_member(ana, "Ana", "Peña", "", "new@example.net", COMMAND)
    later(days=2)
    post.outbox()
    assert signed.messages[-1]["To"].addresses[0].addr_spec == "new@example.net"


def test_an_appeal_that_bounced_softly_is_not_sent_again(
    post: Post, signed: Mailbox, later: Callable[..., None]
) -> None:
    post.comes_back(SOFT, post.send(stream=Stream.APPEALS))
    later(days=30)
    post.outbox()
    assert len(signed.messages) == 1


def test_too_many_soft_ones_give_the_address_up(post: Post) -> None:
    with changed(runtime.settings(), mail_soft_bounces=3):
        for number in range(2):
            post.comes_back(SOFT, post.send(str(number), stream=Stream.APPEALS))
        assert suppressions() == []
        post.comes_back(SOFT, post.send("last"))
    assert suppressions() == [("ana@example.net", "soft_bounces")]
    assert [fact.severity for fact in post.heard] == ["soft", "soft", "hard"]
    assert work() == ["mail.bounced"]


def test_soft_ones_of_long_ago_do_not_count(post: Post, later: Callable[..., None]) -> None:
    with changed(runtime.settings(), mail_soft_bounces=2, mail_soft_days=30):
        post.comes_back(SOFT, post.send("1", stream=Stream.APPEALS))
        later(days=31)
        post.comes_back(SOFT, post.send("2", stream=Stream.APPEALS))
    assert suppressions() == []


def test_who_lifts_one_starts_anew(post: Post, later: Callable[..., None]) -> None:
    with changed(runtime.settings(), mail_soft_bounces=2):
        for number in range(2):
            post.comes_back(SOFT, post.send(str(number), stream=Stream.APPEALS))
        found = queries.suppression_of("ana@example.net")
        assert found
        later(minutes=1)
        services.lift(found.id, "she emptied it", COMMAND)
        post.comes_back(SOFT, post.send("2", stream=Stream.APPEALS))
    assert queries.suppression_of("ana@example.net") is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("a@example.com", "failed", "5.1.1"), ("b@example.com", "failed", "5.1.1")], ["hard_bounce"]),
        ([("a@example.com", "failed", "5.1.1"), ("b@example.com", "delivered", "2.0.0")], []),
        ([("a@example.com", "failed", "5.1.1"), ("b@example.com", "failed", "5.2.2")], []),
        ([("a@example.com", "delivered", "2.0.0"), ("ana@example.net", "failed", "5.1.1")], ["hard_bounce"]),
    ],
)
def test_an_address_that_stands_for_others(
    post: Post, fields: list[tuple[str, str, str]], expected: list[str]
) -> None:
    mail = post.send()
    post.comes_back(dsn("\n\n".join(group(*each) for each in fields)), mail)
    assert [reason for _, reason in suppressions()] == expected


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_news_that_change_nothing_are_told(post: Post, action: str, ana: UUID) -> None:
    mail = post.send(member_id=ana)
    post.comes_back(one("4.4.1" if action == "delayed" else "2.0.0", action=action), mail)
    assert (post.row(mail.id).state, suppressions(), post.heard) == (MailState.SENT, [], [])
    names = [event.name for event in events.events_of(Subject("mail", mail.id))]
    assert names[0] == ("mail.message.delayed" if action == "delayed" else "mail.message.delivered")


# --- complaints ---


def test_a_complaint_ends_appeals_and_no_receipt(post: Post) -> None:
    mail = post.send(stream=Stream.APPEALS)
    report = arf(f"Feedback-Type: abuse\nOriginal-Mail-From: <{verp_address(mail.id, BOUNCES_TO)}>\n", returned="")
    post.comes_back(report, to="abuse@example.org")
    assert suppressions() == [("ana@example.net", "complaint")]
    assert post.row(mail.id).state is MailState.SENT
    assert post.send("2", stream=Stream.APPEALS).state is MailState.WITHHELD
    assert post.send("3", stream=Stream.RECEIPTS).state is MailState.SENT
    assert work() == []


def test_a_complaint_by_the_message_that_comes_with_it(post: Post) -> None:
    mail = post.send()
    post.comes_back(arf("Feedback-Type: abuse\n"), mail, by="message_id")
    assert suppressions() == [("ana@example.net", "complaint")]


def test_a_complaint_that_nothing_proves_is_for_staff(post: Post) -> None:
    post.send()
    post.comes_back(arf("Feedback-Type: abuse\nOriginal-Rcpt-To: ana@example.net\n", returned=""))
    assert (suppressions(), work()) == ([], ["mail.complaint"])


def test_fraud_is_told_at_once(post: Post) -> None:
    mail = post.send()
    post.comes_back(arf("Feedback-Type: fraud\n"), mail, by="message_id")
    item = next(each for each in accounts.work_items([Role.ADMIN]) if each.kind == "mail.fraud")
    assert item.urgent


def test_not_spam_changes_nothing(post: Post) -> None:
    mail = post.send()
    row = post.comes_back(arf("Feedback-Type: not-spam\n"), mail, by="message_id")
    assert (row.kind, suppressions()) == (InboundKind.NOT_SPAM, [])


@pytest.mark.parametrize("sample", ANSWERS, ids=lambda sample: sample.name)
def test_answers_are_written_down_and_left_alone(post: Post, sample: Sample) -> None:
    mail = post.send()
    row = post.comes_back(sample.raw, mail)
    assert row.kind is sample.kind
    assert row.outcome
    assert (suppressions(), work(), post.heard) == ([], [], [])
    assert post.row(mail.id).state is MailState.SENT


# --- forgery, order, repetition ---


def test_a_forged_bounce_suppresses_nobody(post: Post) -> None:
    mail = post.send()
    good = verp_address(mail.id, BOUNCES_TO)
    last = good[good.index("@") - 1]
    forged = good.replace(f"{last}@", f"{'0' if last != '0' else '1'}@")
    assert looks_like_verp(forged)
    plain = HARD.replace("<0190f5c0aabb7ccc8ddd000000000001@example.org>", mail.message_id)
    row = post.comes_back(plain, to=forged)
    assert row.outcome.startswith("forged")
    assert (suppressions(), work(), post.heard) == ([], [], [])
    assert post.row(mail.id).state is MailState.SENT


def test_the_signed_address_of_one_message_names_no_other(post: Post) -> None:
    one_mail, other = post.send("1"), post.send("2", email="ben@example.net")
    post.comes_back(HARD.replace("ana@example.net", "ben@example.net"), one_mail)
    assert post.row(other.id).state is MailState.SENT
    assert suppressions() == [("ana@example.net", "hard_bounce")], "what counts is whom we had written to"


def test_the_signature_holds(signed: Mailbox) -> None:
    mail_id = new_id()
    address = verp_address(mail_id, BOUNCES_TO)
    assert len(address.partition("@")[0]) <= 64
    assert mail_of_verp(address) == mail_of_verp(address.upper()) == mail_of_verp(f"<{address}>") == mail_id
    assert mail_of_verp(verp_address(new_id(), BOUNCES_TO)) != mail_id
    assert mail_of_verp(address[:-20]) is None
    assert [mail_of_verp(each) for each in ("", "bounces@example.org", f"bounces+{'z' * 42}@example.org")] == [
        None
    ] * 3
    swapped = address.replace(address[20:30], address[20:30][::-1])
    assert swapped == address or mail_of_verp(swapped) is None
    assert LONGEST_LOCAL == 21


def test_a_new_secret_knows_what_left_under_the_old_one(signed: Mailbox) -> None:
    known, mail_id = runtime.settings(), new_id()
    address = verp_address(mail_id, BOUNCES_TO)
    with changed(known, secret_key="n" * 32, secret_key_fallbacks=(known.secret_key,)):
        assert mail_of_verp(address) == mail_id
    with changed(known, secret_key="n" * 32):
        assert mail_of_verp(address) is None


def test_the_same_message_twice_is_one(post: Post) -> None:
    mail = post.send()
    row = post.comes_back(HARD, mail)
    assert services.take(row.raw, InboundWay.IMAP, row.addressed_to) is None
    services.read_inbound(row.id)
    assert len(suppressions()) == len(post.heard) == len(db.session.scalars(sa.select(Bounce)).all()) == 1


def test_two_reports_about_one_message_bounce_it_once(post: Post) -> None:
    mail = post.send()
    post.comes_back(HARD, mail)
    post.comes_back(HARD.replace("Undelivered", "Again: undelivered"), mail)
    assert (len(suppressions()), len(post.heard)) == (1, 1)


def test_a_bounce_that_comes_before_our_own_commit(post: Post) -> None:
    mail = post.send()
    with transaction() as session:
        session.execute(sa.update(OutgoingMail).values(state=MailState.IN_FLIGHT, sent_at=None))
    post.comes_back(HARD, mail)
    assert post.row(mail.id).state is MailState.BOUNCED


def test_a_report_about_what_never_left(post: Post) -> None:
    mail = post.send()
    with transaction() as session:
        session.execute(sa.update(OutgoingMail).values(state=MailState.ABORTED, sent_at=None))
    post.comes_back(HARD, mail)
    assert (post.row(mail.id).state, suppressions()) == (MailState.ABORTED, [])


def test_a_report_about_a_message_that_is_not_here(post: Post) -> None:
    row = post.comes_back(HARD, to=verp_address(new_id(), BOUNCES_TO))
    assert (row.outcome, suppressions()) == ("a delivery status notification; about no message of ours", [])


def test_an_unknown_id_is_permanent(post: Post) -> None:
    with pytest.raises(Permanent):
        services.read_inbound(UUID(int=7))


def test_ten_megabytes_keep_their_beginning(post: Post) -> None:
    mail = post.send()
    row = post.comes_back(HARD + "x" * 10_000_000, mail)
    assert (len(row.raw), row.size > 10_000_000) == (LARGEST_KEPT, True)
    assert suppressions() == [("ana@example.net", "hard_bounce")]


def test_bytes_that_are_nothing_are_an_outcome(post: Post) -> None:
    for raw in (b"", b"\x00" * 100, b"\xff\xfe\x00\xd8", b"Content-Type: multipart/report\n\n"):
        inbound_id = services.take(raw, InboundWay.PIPE)
        assert inbound_id
        post.outbox()
        db.session.rollback()
        row = db.session.get_one(InboundMail, inbound_id)
        assert (row.kind in (InboundKind.ORDINARY, InboundKind.AUTO_REPLY), bool(row.outcome)) == (True, True)


# --- what a suppression is keyed by ---


def test_a_suppression_survives_the_member(post: Post, ana: UUID) -> None:
    post.comes_back(HARD, post.send(member_id=ana))
    change_member(ana, "Ana", "Peña", "", "other@example.net", COMMAND)
    with transaction() as session:  # as an erasure or a merge would
        session.execute(sa.delete(MemberEmail).where(MemberEmail.normalised == "ana@example.net"))
        session.execute(sa.update(Member).where(Member.id == ana).values(name="Somebody"))
    assert queries.suppression_of("Ana@Example.net") is not None
    again = match_or_create("Ana", "Peña", "ANA@example.net", COMMAND)  # imported anew
    assert again != ana
    assert post.send("2", email="ANA@example.net", member_id=again).state is MailState.WITHHELD
    assert post.send("3", email="other@example.net", member_id=ana).state is MailState.SENT


def test_a_domain_in_another_script_is_one_address(post: Post) -> None:
    post.comes_back(HARD, post.send(email="ana@bücher.example"))
    assert queries.suppression_of("Ana@BÜCHER.example") is not None
    assert queries.suppression_of("ana@xn--bcher-kva.example") is not None


# --- the first server says no ---


def test_a_refusal_at_once_counts_like_a_bounce(post: Post, signed: Mailbox) -> None:
    signed.refuse("ana@example.net", 550)
    mail = post.send()
    assert mail.state is MailState.BOUNCED
    assert suppressions() == [("ana@example.net", "hard_bounce")]
    assert [fact.severity for fact in post.heard] == ["hard"]
    assert work() == ["mail.failed"], "one item: the message that did not arrive"
    assert db.session.scalars(sa.select(Bounce.matched_by)).all() == [MatchedBy.SESSION]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (550, "Message rejected: blocked using zen.spamhaus.org"),
        (550, "DMARC policy violation"),
        (550, "Access denied - your IP is on a blacklist"),
        (550, "5.1.1 blocked using a DNSBL"),
        (554, "Message refused: sender domain does not exist"),
    ],
)
def test_a_refusal_of_us_counts_against_nobody(post: Post, signed: Mailbox, code: int, words: str) -> None:
    with changed(runtime.settings(), mail_soft_bounces=1):
        signed.refuse("ana@example.net", code, words)
        assert post.send().state is MailState.FAILED
    assert (suppressions(), post.heard, work()) == ([], [], ["mail.policy"])
    signed.accept("ana@example.net")
    assert post.send("2").state is MailState.SENT


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (550, "5.4.1 Recipient address rejected: Access denied. [DM3NAM02.prod.protection.example.com]"),
        (550, "5.5.0 Requested action not taken: mailbox unavailable"),
        (554, "delivery error: dd This user doesn't have a yahoo.com account (ana@example.net) [0]"),
        (550, "5.1.1 <ana@nospam.example>: Recipient address rejected: User unknown"),
    ],
)
def test_a_mailbox_that_is_gone_bounces_whatever_the_code(post: Post, signed: Mailbox, code: int, words: str) -> None:
    signed.refuse("ana@example.net", code, words)
    assert post.send().state is MailState.BOUNCED
    assert suppressions() == [("ana@example.net", "hard_bounce")]
    assert [fact.severity for fact in post.heard] == ["hard"], "a receipt goes on paper"


def test_a_refusal_that_says_nothing_is_ours_to_mend(post: Post, signed: Mailbox) -> None:
    signed.refuse("ana@example.net", 554, "transaction failed")
    assert post.send().state is MailState.FAILED
    assert (suppressions(), post.heard, work()) == ([], [], ["mail.failed"])


# --- rates ---


def test_a_rate_above_its_bar_is_told_while_it_lasts(post: Post, later: Callable[..., None]) -> None:
    mails = [post.send(str(n), f"p{n}@example.net", stream=Stream.APPEALS) for n in range(30)]
    for mail in mails[:2]:
        post.comes_back(arf("Feedback-Type: abuse\n"), mail, by="message_id")
    services.watch_rates()
    assert work() == [], "two among thirty are no rate yet"
    post.comes_back(arf("Feedback-Type: abuse\n"), mails[2], by="message_id")
    services.watch_rates()
    services.watch_rates()
    items = accounts.work_items([Role.DEVELOPMENT])
    assert [(each.kind, each.urgent) for each in items] == [("mail.rate", True)]
    assert "10.00 %" in items[0].title
    later(days=8)
    services.watch_rates()
    assert work() == []


def test_old_texts_are_emptied(post: Post, later: Callable[..., None]) -> None:
    row = post.comes_back(HARD, post.send())
    assert services.forget_raw() == 0
    later(days=181)
    assert services.forget_raw() == 1
    db.session.rollback()
    assert queries.inbound_text(row.id) == ""
    assert suppressions() == [("ana@example.net", "hard_bounce")]


def test_manual_reasons_and_streams() -> None:
    view = _view(SuppressionReason.MANUAL)
    assert queries.blocks(view, Stream.RECEIPTS)
    for reason in (SuppressionReason.COMPLAINT, SuppressionReason.UNSUBSCRIBED_ALL):
        assert [queries.blocks(_view(reason), stream) for stream in Stream] == [s.is_commercial for s in Stream]


def _view(reason: SuppressionReason) -> queries.SuppressionView:
    now = clock.now() - timedelta(days=1)
    return queries.SuppressionView(new_id(), "", "a@b.c", reason, "", "", None, None, now, "", None, "", "")


def test_an_appeal_to_a_member_who_is_gone_is_work_and_to_a_stranger_none(post: Post, ana: UUID) -> None:
    stranger = post.send("1", "ben@example.net", stream=Stream.APPEALS)
    post.comes_back(HARD, stranger)
    assert (suppressions(), work()) == ([("ben@example.net", "hard_bounce")], [])
    appeal = post.send("2", stream=Stream.APPEALS)
    with transaction() as session:
        session.execute(sa.update(OutgoingMail).where(OutgoingMail.id == appeal.id).values(member_id=ana))
    post.comes_back(HARD, post.row(appeal.id))
    assert work() == ["mail.bounced"]
