"""Bounces of servers that follow no standard: qmail, Exim, older Exchange, Gmail, Domino and many more.

They agree on little: they come from nobody or from a daemon, say in words that delivery failed, name the address on a
line of its own, quote the other server's answer beside it, and return the message below a line of dashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from html import unescape

from station.mail.policies.bounces.dsn import read_fields, status_in
from station.mail.policies.bounces.mime import header, headers, kind_of, parts, text_of
from station.mail.policies.bounces.shapes import Told

DAEMONS = re.compile(
    r"^(mailer-?daemon|mail-?daemon|post_?master|mailerd|mdaemon|mail[ ._-]?delivery\b.*)", re.IGNORECASE
)
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
MOST_TEXT = 20_000  # of the human half; what follows is the message that came back
_FAILED = re.compile(
    r"undeliver|not\s+be\s+(?:\w+\s+)?deliver|deliver(?:y|ed)?\b[^.\n]{0,60}\bfail|fail(?:ed|ure)\b[^.\n]{0,40}\bdeliver"
    r"|fail(?:ure|ed)\s+notice|returned\s+(?:mail|to\s+sender)|returning\s+message|did\s+not\s+reach|not\s+delivered"
    r"|delivery\s+(?:status|notification|problem|has\s+been)|unable\s+to\s+deliver|wasn't\s+able\s+to\s+deliver"
    r"|could(?:n't|\s+not)\s+deliver|unknown\s+user|user\s+unknown|mailbox\s+(?:is\s+)?(?:full|unavailable)"
    r"|recipient'?s?\s+(?:mailbox|address)|(?:permanent|fatal)\s+error|mail\s+system\s+error|delivery\s+error"
    r"|message\s+(?:was\s+|has\s+been\s+)?(?:blocked|rejected|delayed)|no\s+such\s+(?:user|recipient|mailbox)"
    r"|bounced?\b|nondeliverable|non\s*remis|unzustellbar|no\s+se\s+pudo\s+entregar|mail\s+delivery",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delivery\s+(?:\w+\s+){0,3}delayed|delayed\s+(?:mail|delivery)|not\s+yet\s+been\s+delivered|warning\s+message\s+only"
    r"|will\s+(?:continue\s+to\s+)?(?:keep\s+trying|be\s+retried|retry|try\s+again)|still\s+being\s+(?:tried|retried)"
    r"|attempts\s+will\s+continue|do\s+not\s+need\s+to\s+resend|could\s+not\s+be\s+delivered\s+for\s+the\s+past"
    r"|delivery\s+(?:status\s+notification\s+)?\(delay\)|message\s+delayed|temporarily\s+delayed",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"^\s*(?:-{2,}.{0,80}(?:cop(?:y|ie)|original|returned|unsent|message|header|body|sent\s+it).{0,80}"
    r"|original\s+message\s+(?:headers?|follows).{0,40}|your\s+(?:original\s+)?message\s+(?:follows|reads).{0,60}"
    r"|.{0,40}below\s+this\s+line.{0,60}|the\s+original\s+message\s+(?:was|is|follows).{0,60}"
    r"|\|-{3,}.{0,20}message\s+text.{0,80})$",
    re.IGNORECASE | re.MULTILINE,
)
_REPLY = re.compile(r"(?<![\d.])[45]\d\d(?=[ -])")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_HIDDEN = [
    (re.compile(rf"<{name}\b", re.IGNORECASE), re.compile(rf"</{name}\b", re.IGNORECASE))
    for name in ("style", "script")
]
_BREAK = re.compile(r"<(?:br|p|div|tr|li|/p|/div|/tr)\b[^<>]{0,500}>", re.IGNORECASE)


def from_nobody(message: Message) -> bool:
    """Whether a program sent this that wants no answer: the empty envelope sender, or a mail daemon."""
    sender = header(message, "From")
    names = (sender.partition("<")[0], sender.rpartition("<")[2].partition("@")[0])
    return "<>" in headers(message, "Return-Path") or any(DAEMONS.match(each.strip("\"' ")) for each in names)


def read_words(message: Message) -> list[Told]:
    """The recipients of a bounce in words, with what was said of each. Empty when it is no bounce at all."""
    named = [each.strip(" <>") for line in headers(message, "X-Failed-Recipients") for each in line.split(",")]
    if not named and not from_nobody(message):
        return []
    text = human_half(message)
    subject = header(message, "Subject")
    if not named and not _FAILED.search(f"{subject}\n{text}"):
        return []
    if fields := _fields(message):
        return fields
    action = "delayed" if _DELAYED.search(f"{subject}\n{text[:3000]}") else "failed"
    ours = {each.lower() for name in ("To", "Delivered-To", "X-Original-To") for each in _found(message, name)}
    found = dict(_blocks(text, ours))
    for each in named:
        if "@" in each:
            found.setdefault(each, text)
    return [_told(address, words, action) for address, words in list(found.items())[:20]] or [_told("", text, action)]


def words_about(message: Message, address: str) -> str:
    """What the human half says of one recipient; all of it when it names nobody else."""
    found = dict(_blocks(human_half(message), set()))
    words = next((each for known, each in found.items() if known.lower() == address.lower()), "")
    return " ".join(words.split())[:1000]


def _fields(message: Message) -> list[Told]:
    """The fields of a delivery status that stands in the text, where a server or a gateway broke the MIME."""
    text = next((each for part in parts(message) if "final-recipient:" in (each := _plain(part)).lower()), "")
    return read_fields(text[: 5 * MOST_TEXT]) if text else []


def human_half(message: Message) -> str:
    """What a person is meant to read, down to where the returned message begins."""
    texts = [_plain(part) for part in parts(message) if kind_of(part) in ("text/plain", "text/html")]
    whole = next((each for each in texts if each.strip()), "")[: 5 * MOST_TEXT]
    cut = _RETURNED.search(whole)
    head = whole[: cut.start()] if cut else whole
    return (head if head.strip() else whole)[:MOST_TEXT]


def _plain(part: Message) -> str:
    text = text_of(part)
    if kind_of(part) != "text/html":
        return text
    for opens, closes in _HIDDEN:
        text = _without(text, opens, closes)
    return unescape(_TAG.sub(" ", _BREAK.sub("\n", text)))


def _without(text: str, opens: re.Pattern[str], closes: re.Pattern[str]) -> str:
    """Text without what stands between two tags, in one walk: a pattern for both would go over it again and again."""
    *enclosed, last = closes.split(text)
    return "".join([opens.split(each, maxsplit=1)[0] + "<" for each in enclosed] + [last])


def _found(message: Message, name: str) -> list[str]:
    return [each for line in headers(message, name) for each in ADDRESS.findall(line)]


def _blocks(text: str, ours: set[str]) -> Iterator[tuple[str, str]]:
    """Each address that begins a line, with the lines up to the next one; else the first address anywhere."""
    lines, starts = text.splitlines(), []
    for number, line in enumerate(lines[:2000]):
        address = _begins(line)
        if address and address.lower() not in ours and not DAEMONS.match(address.partition("@")[0]):
            starts.append((number, address))
    ends = [number for number, _ in starts[1:]] + [len(lines)]
    for (number, address), end in zip(starts, ends, strict=False):
        yield address, "\n".join(lines[number:end])
    if not starts:
        others = (each for each in ADDRESS.findall(text) if each.lower() not in ours)
        first = next((each for each in others if not DAEMONS.match(each.partition("@")[0])), "")
        if first:
            yield first, text


def _begins(line: str) -> str:
    found = re.match(r"[\s>*-]{0,12}(?:mailto:|rfc822;|recipient:|user:)?\s{0,4}[<(\"']?", line, re.IGNORECASE)
    address = ADDRESS.match(line, found.end() if found else 0)
    rest = line[address.end() :].strip() if address else ""
    alone = not rest or rest[0] in ">):;,-\"'(" or rest.lower().startswith(("on ", "was ", "failed", "unknown"))
    return address[0] if address and alone else ""


def _told(address: str, words: str, action: str) -> Told:
    status = status_in(words) or _by_reply(words)
    return Told(address=address[:320], action=action, status=status, words=" ".join(words.split())[:1000])


def _by_reply(words: str) -> str:
    """A status as general as a bare SMTP reply code allows."""
    found = _REPLY.search(words)
    return f"{found[0][0]}.0.0" if found else ""
