"""Reading a message that came back: any bytes in, always an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from email.message import Message

from station.mail.models import InboundKind
from station.mail.policies.bounces.arf import read_feedback
from station.mail.policies.bounces.automatic import kind_of_answer
from station.mail.policies.bounces.dsn import is_status, read_status
from station.mail.policies.bounces.mime import header, headers, kind_of, parse, parts, returned, text_of
from station.mail.policies.bounces.plain import ADDRESS, read_words, words_about
from station.mail.policies.bounces.shapes import Reading, Told

ENVELOPES = (
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Delivered-To",
    "X-RCPT-To",
    "To",
    "Cc",
)
RETURNED = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
)
MOST = 20
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}@[^<>\s@]{1,250}>")
_WRITTEN_ID = re.compile(r"(?:^|[\s>])Message-Id:\s{0,80}(<[^<>\s]{3,250}>)", re.IGNORECASE)


def read(raw: bytes, addressed_to: str = "") -> Reading:
    """What a message says. `addressed_to` is the recipient of its envelope, where that is known. Never raises."""
    try:
        message = parse(raw)
        found = _read(message, addressed_to)
    except Exception as error:  # anything at all may stand in it
        return Reading(
            InboundKind.UNREADABLE, envelopes=(addressed_to,), note=f"{type(error).__name__}: {error}"[:200]
        )
    return found


def _read(message: Message, addressed_to: str) -> Reading:
    inside = [each for part in parts(message) if kind_of(part) in RETURNED and (each := returned(part)) is not None]
    envelopes = [addressed_to, *_addresses(message, ENVELOPES), *_received_for(message)]
    kind, told, note = _what(message, envelopes)
    if kind in (InboundKind.REPORT, InboundKind.COMPLAINT, InboundKind.NOT_SPAM):
        envelopes += [each for one in inside for each in _addresses(one, ("Return-Path", "X-Envelope-From"))]
    return Reading(
        kind,
        subject=header(message, "Subject")[:300],
        sender=header(message, "From")[:320],
        told=tuple(told),
        envelopes=_once(envelopes),
        message_ids=_once(_about(message, inside)),
        note=note,
    )


def _what(message: Message, envelopes: list[str]) -> tuple[InboundKind, list[Told], str]:
    """The kind, the recipients and how it was recognised; a feedback report's envelopes join the others."""
    feedback = read_feedback(message)
    if feedback is not None:
        kind, told, named = feedback
        envelopes += named
        return kind, told, f"a feedback report: {told[0].action}"
    status = [each for part in parts(message) if is_status(part) for each in read_status(part)]
    if status:
        status = [each if each.words else replace(each, words=words_about(message, each.address)) for each in status]
        return InboundKind.REPORT, status, "a delivery status notification"
    words = read_words(message)
    kind, note = kind_of_answer(message)
    if words and kind is not InboundKind.CHALLENGE:
        return InboundKind.REPORT, words, "a bounce in words"
    return kind, [], note


def _about(message: Message, inside: Iterable[Message]) -> list[str]:
    """The Message-IDs that this may be about: of what it returns, and then of what it answers."""
    found = [each for one in inside for each in _MESSAGE_ID.findall(header(one, "Message-ID"))]
    for part in parts(message):
        if kind_of(part) in ("text/plain", "text/html", "text/rfc822-headers"):
            found += _WRITTEN_ID.findall(text_of(part))[:MOST]
    for name in ("In-Reply-To", "References", "X-Original-Message-ID"):
        found += [each for line in headers(message, name) for each in _MESSAGE_ID.findall(line)]
    return found


def _addresses(message: Message, names: Iterable[str]) -> list[str]:
    return [each for name in names for line in headers(message, name) for each in ADDRESS.findall(line)]


def _received_for(message: Message) -> list[str]:
    lines = headers(message, "Received")
    return [
        found[1] for line in lines if (found := re.search(r"\bfor\s{1,4}<?([^<>\s;]{3,320}@[^<>\s;]{1,255})", line))
    ]


def _once(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in found if each))[:MOST]
