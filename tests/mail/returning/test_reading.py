"""What a message that came back says: a table of the shapes that servers write, and bytes that nobody writes."""

from __future__ import annotations

import random
import time
from base64 import encodebytes

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from station.mail.models import InboundKind, Severity
from station.mail.policies.bounces import failed, read, severity_of
from tests.mail.returning.samples import OUR_ID, OURS, SAMPLES, STANDARD, Sample, dsn, group, one

NASTY = [each.raw.encode() for each in SAMPLES]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_each_shape_is_understood(sample: Sample) -> None:
    found = read(sample.raw.encode())
    told = tuple((t.address, t.action, t.status, severity_of(found.kind, t)) for t in found.told)
    assert (found.kind, told) == (sample.kind, sample.told)
    assert (OUR_ID in found.message_ids) == sample.finds_id


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_line_ends_and_a_mailbox_header_change_nothing(sample: Sample) -> None:
    windows = sample.raw.replace("\n", "\r\n").encode()
    stored = b"From MAILER-DAEMON Thu Nov  5 10:00:00 2026\n" + sample.raw.encode()
    plain = read(sample.raw.encode())
    assert (read(windows).kind, read(windows).told) == (plain.kind, plain.told)
    assert (read(stored).kind, read(stored).told) == (plain.kind, plain.told)


def test_the_envelope_is_found_wherever_it_stands() -> None:
    for header in ("Delivered-To", "X-Original-To", "Envelope-To", "To"):
        assert OURS in read(f"{header}: <{OURS}>\n\nhello".encode()).envelopes
    received = f"Received: from a by b with ESMTP\n  for <{OURS}>; Thu, 5 Nov 2026 10:00:00 -0000\n\nhello"
    assert OURS in read(received.encode()).envelopes
    assert read(b"Subject: x\n\nhello", OURS).envelopes[0] == OURS


def test_a_status_in_base64_is_read() -> None:
    fields = encodebytes(group("ana@example.net", "failed", "5.1.1").encode()).decode()
    raw = dsn("").replace(
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n",
        f"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n{fields}",
    )
    assert [each.status for each in read(raw.encode()).told] == ["5.1.1"]


@pytest.mark.parametrize(
    "charset", ["utf-16", "no-such-charset", "unicode_escape", "idna", "punycode", "", "utf-8\\"]
)
def test_a_charset_that_lies_loses_nothing(charset: str) -> None:
    raw = one("5.1.1").replace("charset=us-ascii", f'charset="{charset}"').encode()
    assert [each.status for each in read(raw).told] == ["5.1.1"]


@pytest.mark.parametrize("drop", range(12))
def test_parts_that_are_missing(drop: int) -> None:
    lines = dsn(group("ana@example.net", "failed", "5.1.1")).splitlines(keepends=True)
    step = max(1, len(lines) // 12)
    found = read("".join(lines[: drop * step] + lines[(drop + 1) * step :]).encode())
    assert found.kind in InboundKind


def test_ten_megabytes_take_no_time() -> None:
    raw = (
        dsn(group("ana@example.net", "failed", "5.1.1"), returned="message").encode() + b"x" * 76 + b"\n" * 10_000_000
    )
    begun = time.process_time()
    found = read(raw)
    assert [each.status for each in found.told] == ["5.1.1"]
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000)),
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nhello\n" * 100_000,
        b"A: b\n" * 200_000,
        b"Subject: " + b"=?utf-8?q?x?= " * 50_000 + b"\n\nhello",
        b"From: MAILER-DAEMON@example.net\nSubject: failure notice\n\n" + b"a@b.c " * 200_000,
        b"From: MAILER-DAEMON@example.net\nSubject: failure notice\n\n" + b"a" * 1_000_000,
        b"From: MAILER-DAEMON@example.net\nSubject: failure\n\n"
        + b"mail from:"
        + b"x" * 500_000
        + b" delivery fail" * 9,
        b"From: MAILER-DAEMON@example.net\nContent-Type: text/html\nSubject: failure\n\n" + b"<script" * 100_000,
        b"From: MAILER-DAEMON@example.net\nSubject: failure\n\n" + b"-- copy " * 60_000,
        b"Content-Type: message/delivery-status\n\n" + b"Final-Recipient: rfc822; a@b.c\n" * 50_000,
        b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 50_000,
        b"\x00\xff\xfe" * 100_000,
        b"",
    ],
    ids=range(14),
)
def test_what_is_built_to_hurt_is_read_in_time(raw: bytes) -> None:
    begun = time.process_time()
    assert read(raw).kind in InboundKind
    assert time.process_time() - begun < 5


@given(st.binary(max_size=4000))
@example(b"Content-Type: multipart/report\n\n")
@settings(max_examples=300)
def test_any_bytes_get_an_answer(raw: bytes) -> None:
    found = read(raw)
    assert found.kind in InboundKind
    assert all(severity_of(found.kind, each) in Severity for each in found.told)


@given(st.sampled_from(NASTY), st.randoms(use_true_random=False), st.integers(1, 40))
@settings(max_examples=400)
def test_any_damage_to_a_report_gets_an_answer(raw: bytes, chance: random.Random, wounds: int) -> None:
    hurt = bytearray(raw)
    for _ in range(wounds):
        at = chance.randrange(len(hurt))
        match chance.randrange(4):
            case 0:
                hurt[at] = chance.randrange(256)
            case 1:
                del hurt[at : at + chance.randrange(200)]
            case 2:
                hurt[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(20)))
            case _:
                hurt[at:at] = hurt[chance.randrange(len(hurt)) :][: chance.randrange(400)]
        hurt = hurt or bytearray(b"x")
    found = read(bytes(hurt))
    assert found.kind is not InboundKind.UNREADABLE or found.note
    assert all(severity_of(found.kind, each) in Severity for each in found.told)


@given(st.text(max_size=40), st.text(max_size=400))
def test_any_code_and_words_are_judged(status: str, words: str) -> None:
    assert failed(status, words) in (Severity.HARD, Severity.SOFT, Severity.POLICY)


@pytest.mark.parametrize("subject", range(8))
@pytest.mark.parametrize("detail", [0, 1, 2, 3, 4, 8, 10, 350])
def test_a_code_of_policy_never_means_that_the_person_is_gone(subject: int, detail: int) -> None:
    found = failed(f"5.{subject}.{detail}", "")
    assert found is not Severity.HARD or subject in (1, 4)
    assert subject != 7 or detail == 0 or found is Severity.POLICY
    assert failed(f"4.{subject}.{detail}", "no such user") is Severity.SOFT


def test_every_action_of_the_standard_is_told_apart() -> None:
    assert {s.told[0][1] for s in STANDARD} >= {"failed", "delayed", "delivered", "relayed"}
