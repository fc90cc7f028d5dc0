"""The door to the mailbox that bounces go to: the only importer of imaplib."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

TIMEOUT = 20  # seconds for each answer
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxClosed(Exception):
    """The mailbox cannot be opened or read now; the words are the server's."""


def fetch_new(url: str, keep: Callable[[bytes, int], bool], limit: int, largest: int) -> int:
    """Hand each unseen message to `keep(raw, size)`, the oldest first, and mark it as seen once that has returned.

    `url` is `imaps://user:password@host/INBOX`; at most `limit` messages, the first `largest` bytes of each. Nothing
    is deleted. Returns of how many `keep` said that they were new. Raises MailboxClosed.
    """
    with _open(url) as server:
        found = _said(*server.uid("SEARCH", "UNSEEN"))
        numbers = found[0].split()[:limit] if found and isinstance(found[0], bytes) else []
        fresh = 0
        for number in numbers:
            uid = number.decode("ascii")
            raw, size = _message(_said(*server.uid("FETCH", uid, f"(RFC822.SIZE BODY.PEEK[]<0.{largest}>)")))
            fresh += keep(raw, size)
            _said(*server.uid("STORE", uid, "+FLAGS", r"(\Seen)"))
        return fresh


@contextmanager
def _open(url: str) -> Iterator[imaplib.IMAP4]:
    parts = urlsplit(url)
    secret = unquote(parts.password or "")
    try:
        server = _connect(parts.scheme, parts.hostname or "", parts.port)
        try:
            server.login(unquote(parts.username or ""), secret)
            _said(*server.select(f'"{unquote(parts.path.strip("/")) or "INBOX"}"'))
            yield server
        finally:
            server.shutdown()
    except (imaplib.IMAP4.error, OSError) as error:
        words = str(error).replace(secret, "…") if secret else str(error)
        raise MailboxClosed(f"{type(error).__name__}: {words}") from error


def _connect(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)
    return imaplib.IMAP4(host, port or 143, timeout=TIMEOUT)


def _said(state: str, data: Sequence[object]) -> Sequence[object]:
    if state != "OK":
        raise MailboxClosed(f"{state} {data!r}"[:300])
    return data


def _message(data: Sequence[object]) -> tuple[bytes, int]:
    """The text and the size of one message, however the server orders its answer."""
    raw, size = b"", 0
    for each in data:
        for piece in each if isinstance(each, tuple) else (each,):
            if isinstance(piece, bytes) and (found := _SIZE.search(piece[:200])):
                size = int(found[1])
        if isinstance(each, tuple) and len(each) > 1 and isinstance(each[1], bytes):
            raw = each[1]
    return raw, max(size, len(raw))
