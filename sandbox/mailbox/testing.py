"""A real SMTP server for tests, on a free port: `with running_mailbox(folder) as mailbox: …`"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller

from sandbox.mailbox.smtp import Sink, listen
from sandbox.mailbox.store import Store, Stored

HOST = "127.0.0.1"


class Mailbox:
    """The messages that arrived, oldest first; and the ways in which mail goes wrong."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.sink = Sink(self.store)
        self.port = free_port()
        self._controller: Controller | None = None

    @property
    def stored(self) -> list[Stored]:
        return self.store.newest(10_000)[::-1]

    @property
    def messages(self) -> list[EmailMessage]:
        """Parsed with email.policy.default."""
        return [stored.message for stored in self.stored]

    def refuse(self, recipient: str, code: int, words: str = "") -> None:
        """Answer RCPT for this address with 550 (gone), 451 (try later) or another code, until `accept`. `words` are
        those of the answer, with their enhanced code."""
        words = words or ("5.1.1 No such mailbox" if code >= 500 else "4.2.1 Try again later")
        self.sink.refusals[recipient.lower()] = f"{code} {words}"

    def accept(self, recipient: str) -> None:
        self.sink.refusals.pop(recipient.lower(), None)

    def stall(self, seconds: float) -> None:
        """Keep each message at once, but say so only after some seconds: the sender does not know what happened."""
        self.sink.stall = seconds

    def up(self) -> None:
        """Listen again, on the same port."""
        if self._controller is None:
            self._controller = listen(self.sink, HOST, self.port)

    def down(self) -> None:
        """Stop listening: connections are refused."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def wait_for(self, count: int, seconds: float = 90.0) -> list[EmailMessage]:
        """Wait until `count` messages have arrived. Raises AssertionError when they do not."""
        end = time.monotonic() + seconds
        while len(self.store.names()) < count:
            assert time.monotonic() < end, f"{len(self.store.names())} of {count} messages after {seconds:.0f} s"
            time.sleep(0.05)
        return self.messages


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_mailbox(folder: Path) -> Iterator[Mailbox]:
    """A mailbox that is up; down again when the block ends."""
    mailbox = Mailbox(folder)
    mailbox.up()
    try:
        yield mailbox
    finally:
        mailbox.down()
