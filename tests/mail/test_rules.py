"""Rules of the mail engine on plain values: states, answers, providers, schedule, the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT, MailRate
from station.core.graphs import IllegalMove
from station.mail import policies
from station.mail.models import MailState, Stream
from station.mail.policies import OUTGOING, Letter, MailEdge, NotLawful, Verdict, build, read_answer

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LINK = "https://station.example.org/mail/unsubscribe/1abc"
WHERE = ("1289 Example Drive", "Las Vegas, NV 89146")


def letter(**changes: Any) -> Letter:
    values: dict[str, Any] = {
        "message_id": "<1@example.org>",
        "stream": Stream.RECEIPTS,
        "sender": "Desert Public Radio <membership@example.org>",
        "reply_to": "membership@example.org",
        "to_name": "Ana",
        "to_email": "ana@example.org",
        "subject": "Your receipt",
        "text": "Hello\n",
        "html": "<p>Hello</p>\n",
        "written_at": NOW,
        **changes,
    }
    return Letter(**values)


def appeal(**changes: Any) -> Letter:
    text = "\n".join(["Give", LINK, *WHERE])
    values: dict[str, Any] = {
        "stream": Stream.APPEALS,
        "kind": "drive: fall",
        "topic": "drives",
        "text": text,
        "html": f"<p>{text}</p>",
        "unsubscribe_url": LINK,
        "postal_address": WHERE,
        **changes,
    }
    return letter(**values)


def test_every_state_is_reached_and_only_a_queued_message_begins() -> None:
    assert {edge.target for edge in OUTGOING.edges} | {OUTGOING.start} == set(MailState)
    assert {edge.name for edge in OUTGOING.edges} == set(MailEdge)
    assert set(OUTGOING.final) == {MailState.BOUNCED, MailState.FAILED, MailState.ABORTED, MailState.WITHHELD}


@pytest.mark.parametrize(
    ("state", "edge"),
    [
        (MailState.SENT, MailEdge.TAKE),  # nothing is sent twice
        (MailState.UNKNOWN, MailEdge.PUT_BACK),  # what may have left is not simply queued again
        (MailState.IN_FLIGHT, MailEdge.WITHHOLD),  # what is on its way cannot be kept back
        (MailState.IN_FLIGHT, MailEdge.ABORT),
        (MailState.ABORTED, MailEdge.TAKE),
        (MailState.WITHHELD, MailEdge.TAKE),
    ],
)
def test_what_is_not_drawn_cannot_happen(state: MailState, edge: MailEdge) -> None:
    with pytest.raises(IllegalMove):
        OUTGOING.move(state, edge)


def test_the_drawing_is_current() -> None:
    assert (ROOT / "docs" / "mail" / "states.md").read_text(encoding="utf-8") == policies.draw()


@pytest.mark.parametrize(
    ("code", "words", "verdict", "status"),
    [
        (550, "5.1.1 The email account that you tried to reach does not exist", Verdict.ADDRESS, "5.1.1"),
        (550, "No such user here", Verdict.ADDRESS, "550"),
        (550, "5.2.1 The user you are trying to contact is disabled", Verdict.ADDRESS, "5.2.1"),
        (553, "5.1.3 bad address syntax", Verdict.ADDRESS, "5.1.3"),
        (550, "5.7.26 This mail is unauthenticated", Verdict.POLICY, "5.7.26"),
        (554, "5.7.1 blocked by our list", Verdict.POLICY, "5.7.1"),
        (550, "5.1.8 Sender address rejected", Verdict.POLICY, "5.1.8"),
        (552, "5.2.2 mailbox full", Verdict.LATER, "5.2.2"),
        (552, "over quota", Verdict.LATER, "552"),
        (552, "5.3.4 message too big", Verdict.SIZE, "5.3.4"),
        (554, "5.6.0 we do not read this", Verdict.REFUSED, "5.6.0"),
        (554, "transaction failed", Verdict.REFUSED, "554"),
        (452, "4.2.2 mailbox full", Verdict.LATER, "4.2.2"),
        (450, "4.7.1 greylisted", Verdict.LATER, "4.7.1"),
        (451, "4.3.0 try later", Verdict.LATER, "4.3.0"),
        (421, "4.7.0 our system has detected an unusual rate", Verdict.SLOWER, "4.7.0"),
        (450, "4.7.28 too much mail", Verdict.SLOWER, "4.7.28"),
        (421, "closing", Verdict.SLOWER, "421"),
        (550, "4.1.1 a code of another class is not believed", Verdict.ADDRESS, "550"),
    ],
)
def test_whose_trouble_an_answer_is(code: int, words: str, verdict: Verdict, status: str) -> None:
    answer = read_answer(code, words)
    assert (answer.verdict, answer.status) == (verdict, status)


@given(st.integers(400, 599), st.text(max_size=200))
def test_every_answer_is_read(code: int, words: str) -> None:
    """Whatever a server says, a 4xx is tried again, and only a 5xx ends anything."""
    passing = {Verdict.LATER, Verdict.SLOWER}
    verdict = read_answer(code, words).verdict
    assert verdict in passing if code < 500 else verdict is not Verdict.SLOWER


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("a@gmail.com", "gmail"),
        ("a@GoogleMail.com", "gmail"),
        ("a@yahoo.co.uk", "yahoo"),
        ("a@aol.com", "yahoo"),
        ("a@hotmail.fr", "outlook"),
        ("a@notgmail.com", "other"),
        ("a@example.org", "other"),
        ("", "other"),
    ],
)
def test_whose_budget_an_address_is_on(address: str, provider: str) -> None:
    assert policies.provider_of(address) == provider


@given(st.integers(1, 60_000), st.lists(st.tuples(st.floats(0, 120), st.integers(1, 100)), min_size=1, max_size=30))
def test_no_minute_takes_more_than_the_rate_and_what_was_saved(rate: int, looks: list[tuple[float, int]]) -> None:
    """Any looks at any distances: in any minute at most the rate, and ten seconds of it that were saved up."""
    budget, now, empty_at = MailRate("gmail", rate, 1), NOW, NOW
    sent: list[tuple[datetime, int]] = []
    for distance, wanted in looks:
        now += timedelta(seconds=distance)
        many = policies.granted(budget, empty_at, now, wanted)
        assert 0 <= many <= wanted
        empty_at = policies.after(budget, empty_at, now, many)
        sent.append((now, many))
    for begin, _ in sent:
        within = sum(many for at, many in sent if begin <= at < begin + timedelta(minutes=1))
        assert within <= rate + rate * 10 / 60 + 1


def test_a_budget_that_is_used_up_says_when_there_is_room() -> None:
    budget = MailRate("gmail", 60, 1)
    empty_at = policies.after(budget, NOW, NOW, 10)
    assert policies.granted(budget, empty_at, NOW, 5) == 0
    at = policies.room_at(budget, empty_at)
    assert NOW < at <= NOW + timedelta(seconds=1)
    assert policies.granted(budget, empty_at, at, 5) == 1


def test_retries_grow_and_end() -> None:
    waits = [policies.next_try(attempt, NOW) - NOW for attempt in range(1, 20)]
    assert waits == sorted(waits)
    assert waits[0] < timedelta(minutes=1)
    assert waits[-1] == timedelta(hours=1)
    assert policies.given_up(Stream.APPEALS, NOW - timedelta(hours=25), NOW)
    assert not policies.given_up(Stream.RECEIPTS, NOW - timedelta(hours=95), NOW)
    assert policies.given_up(Stream.NOTICES, NOW - timedelta(hours=97), NOW)


def test_an_appeal_is_never_repeated_and_a_receipt_three_times() -> None:
    assert [policies.repeats(Stream.RECEIPTS, so_far) for so_far in range(4)] == [True, True, True, False]
    assert not policies.repeats(Stream.APPEALS, 0)


def test_headers_of_each_stream() -> None:
    parsed = {
        stream: message_from_bytes(build(letter(stream=stream)), policy=policy.default)
        for stream in Stream
        if not stream.is_commercial
    }
    assert parsed[Stream.NOTICES]["Auto-Submitted"] == "auto-generated"
    assert parsed[Stream.RECEIPTS]["Auto-Submitted"] is None
    assert all(each["List-Unsubscribe"] is None and each["Precedence"] is None for each in parsed.values())
    sent = message_from_bytes(build(appeal()), policy=policy.default)
    assert sent["List-Unsubscribe"] == f"<{LINK}>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["Precedence"] == "bulk"
    assert sent["Feedback-ID"] == "drive-fall:drives:appeals:example.org"
    assert sent["List-Id"] == "<drives.example.org>"


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": None},
        {"unsubscribe_url": ""},
        {"unsubscribe_url": "mailto:stop@example.org"},
        {"unsubscribe_url": "https://station.example.org/another"},
        {"postal_address": ()},
        {"postal_address": ("", " ")},
        {"postal_address": ("1 Elsewhere Street",)},
        {"text": "Give\n"},
        {"html": "<p>Give</p>"},
    ],
)
def test_an_appeal_that_the_law_forbids_cannot_be_built(changes: dict[str, Any]) -> None:
    with pytest.raises(NotLawful):
        build(appeal(**changes))


TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=300)
NAMES = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)


@given(
    NAMES,
    NAMES.filter(lambda s: len(s) < 60),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=300),
)
def test_what_is_built_by_hand_reads_as_what_the_library_builds(name: str, subject: str, text: str) -> None:
    ours = message_from_bytes(build(letter(to_name=name, subject=subject, text=text)), policy=policy.default)
    theirs = EmailMessage(policy=SMTP)
    theirs["To"] = Address(display_name=policies.one_line(name), addr_spec="ana@example.org")
    theirs["Subject"] = policies.one_line(subject)
    theirs = message_from_bytes(theirs.as_bytes(), policy=policy.default)
    assert [a.addr_spec for a in ours["To"].addresses] == ["ana@example.org"]
    assert ours["To"].addresses[0].display_name == theirs["To"].addresses[0].display_name
    assert str(ours["Subject"]) == str(theirs["Subject"])
    assert set(ours.keys()) == {
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
    }
    body = ours.get_body(("plain",))
    assert body is not None
    plain = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")  # the last line's end belongs to the boundary
    assert body.get_payload(decode=True).decode() == plain.replace("\n", "\r\n")
    assert max(len(line) for line in build(letter(text=text)).split(b"\r\n")) <= 998


def test_the_same_letter_is_the_same_bytes() -> None:
    assert build(letter()) == build(letter())


def test_the_envelope_names_the_message_where_bounces_have_a_mailbox() -> None:
    mail_id = UUID(int=7)
    assert policies.envelope(mail_id, "A <a@example.org>", "") == "a@example.org"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://a.example/my-gift/tok.en-1_x\n", "https://a.example/my-gift/[private-link]\n"),
        (
            '<a href="http://a.example:80/give?giver=tok&amp;b=1">',
            '<a href="http://a.example:80/give/[private-link]">',
        ),
        ("https://a.example/mail/tok?lang=es, and", "https://a.example/mail/[private-link] and"),
        ("from https://a.example/my-gift.", "from https://a.example/my-gift."),
        ("https://a.example?x=tok https://a.example", "https://a.example/[private-link] https://a.example"),
        ("HTTPS://A.EXAMPLE/my-gift/tok", "HTTPS://A.EXAMPLE/my-gift/[private-link]"),
        ("write to a@b.example/c", "write to a@b.example/c"),
    ],
)
def test_private_links_are_cut_out_of_what_is_kept(written: str, kept: str) -> None:
    assert policies.without_links(written) == kept
    assert policies.without_links(kept) == kept
