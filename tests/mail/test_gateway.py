"""The door to the mail server, against a server that ends the dialogue at each of its steps."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask

from config import Settings
from sandbox.mailbox.testing import free_port
from station.core import runtime
from station.mail import gateway
from station.mail.services.bulk import RESERVED, SEND_BULK, SLICE
from station.mail.services.handing import LEASE
from station.mail.services.queueing import SEND
from tests.conftest import changed

RAW = b"Subject: x\r\n\r\n.one\r\n..two\r\n"


@dataclass
class Scripted:
    """A server that answers each verb as it is told; "" is an end of the connection."""

    port: int
    answers: dict[str, str] = field(default_factory=dict)
    verbs: list[str] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    thinks: dict[str, float] = field(default_factory=dict)  # seconds before the answer to a verb

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                self._talk(connection, lines)

    def _talk(self, connection: socket.socket, lines: object) -> None:
        self.verbs.append("CONNECT")
        connection.sendall(b"220 hello\r\n")
        for line in lines:  # type: ignore[attr-defined]
            verb = line[:4].decode().upper().strip()
            self.verbs.append(verb)
            answer = self.answers.get(verb, "250-scripted\r\n250 SIZE" if verb == "EHLO" else "250 OK")
            if verb == "DATA" and "DATA" not in self.answers:
                connection.sendall(b"354 go\r\n")
                if (after := self._text(lines)) is None:
                    return
                answer = after
            if not answer:
                return
            threading.Event().wait(self.thinks.get("TEXT" if verb == "DATA" else verb, 0))
            connection.sendall(answer.encode() + b"\r\n")
            if verb == "QUIT":
                return

    def _text(self, lines: object) -> str | None:
        taken = b""
        for line in lines:  # type: ignore[attr-defined]
            if self.answers.get("IN_TEXT") == "":
                return None
            if line == b".\r\n":
                break
            taken += line
        self.texts.append(taken)
        return self.answers.get("TEXT", "250 OK") or None


@pytest.fixture
def server(app: Flask, settings: Settings) -> Iterator[Scripted]:
    made = Scripted(free_port())
    with socket.create_server(("127.0.0.1", made.port)) as listener:
        threading.Thread(target=made.serve, args=[listener], daemon=True).start()
        with changed(runtime.settings(), mail_port=made.port):
            yield made
            gateway.hang_up()


def deliver(to: str = "ana@example.org") -> None:
    gateway.deliver(RAW, "house@example.org", to)


def test_the_text_arrives_as_it_was(server: Scripted) -> None:
    deliver()
    assert server.texts == [RAW.replace(b"\r\n.", b"\r\n..")]  # doubled dots, which a server takes away again


def test_a_session_is_kept_and_reset(server: Scripted) -> None:
    for _ in range(3):
        deliver()
    assert server.verbs.count("CONNECT") == 1
    assert server.verbs.count("RSET") == 2
    gateway.hang_up()
    assert server.verbs[-1] == "QUIT"


def test_a_session_takes_a_hundred_messages(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "PER_SESSION", 2)
    for _ in range(5):
        deliver()
    assert server.verbs.count("CONNECT") == 3


def test_a_session_that_died_meanwhile_is_opened_again(server: Scripted) -> None:
    deliver()
    server.answers["RSET"] = ""
    deliver()
    assert (server.verbs.count("CONNECT"), len(server.texts)) == (2, 2)


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_an_end_before_the_text_means_not_taken(server: Scripted, verb: str) -> None:
    server.answers |= {verb: "", "HELO": ""}
    with pytest.raises(gateway.NotTaken):
        deliver()
    assert server.texts == []


@pytest.mark.parametrize("where", ["IN_TEXT", "TEXT"])
def test_an_end_after_the_text_has_begun_leaves_everything_open(server: Scripted, where: str) -> None:
    server.answers[where] = ""
    with pytest.raises(gateway.Unsure):
        deliver()
    del server.answers[where]
    deliver()  # the next one has a session of its own
    assert server.verbs.count("CONNECT") == 2


def test_a_server_may_think_about_the_text_for_longer_than_about_a_command(
    server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "TIMEOUT", 0.3)
    server.thinks["TEXT"] = 0.8
    deliver()
    server.thinks = {"RCPT": 0.8}
    with pytest.raises(gateway.NotTaken, match="timed out"):
        deliver()
    assert len(server.texts) == 1


def test_and_for_no_longer_than_the_whole_message_may_take(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "TIMEOUT", 0.3)
    monkeypatch.setattr(gateway, "WHOLE", 0.5)
    server.thinks["TEXT"] = 1.5
    with pytest.raises(gateway.Unsure, match="timed out"):
        deliver()


def test_a_message_ends_inside_its_leases() -> None:
    assert gateway.PATIENCE <= gateway.WHOLE < LEASE.total_seconds()
    assert 2 * SLICE + gateway.WHOLE < RESERVED < SEND_BULK.lease - 10
    assert LEASE.total_seconds() <= SEND.lease - 10  # Celery ends a job ten seconds before its lease


def test_an_answer_that_cannot_be_read_after_the_text_is_none(server: Scripted) -> None:
    server.answers["TEXT"] = "what?"
    with pytest.raises(gateway.Unsure):
        deliver()


@pytest.mark.parametrize(
    ("verb", "answer", "kind", "code"),
    [
        ("RCPT", "550 5.1.1 gone", gateway.Refused, 550),
        ("RCPT", "450 4.7.1 later", gateway.NotTaken, 450),
        ("RCPT", "421 4.7.0 slower", gateway.NotTaken, 421),
        ("DATA", "554 5.5.1 no", gateway.Refused, 554),
        ("TEXT", "451 4.3.0 later", gateway.NotTaken, 451),
        ("TEXT", "554 5.7.1 spam", gateway.Refused, 554),
        ("MAIL", "421 4.7.0 slower", gateway.NotTaken, 421),
        ("MAIL", "550 5.7.1 we do not like you", gateway.NotTaken, 0),  # ours to mend: no address is to blame
    ],
)
def test_an_answer_is_told_with_its_code(
    server: Scripted, verb: str, answer: str, kind: type[gateway.NotTaken | gateway.Refused], code: int
) -> None:
    server.answers[verb] = answer
    with pytest.raises(kind) as told:
        deliver()
    assert told.value.code == code
    assert str(told.value) == answer
    server.answers.pop(verb)
    deliver()
    assert server.verbs.count("CONNECT") == 1, "a refusal ends no session"


def test_an_address_that_the_server_cannot_write_is_refused(server: Scripted) -> None:
    with pytest.raises(gateway.Refused):
        deliver("añá@example.org")


def test_idle_sessions_are_ended(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "IDLE", 0.1)
    monkeypatch.setattr(gateway, "_watched_by", 0)  # the watch of an earlier test may still sleep
    deliver()
    threading.Event().wait(0.6)
    assert server.verbs[-1] == "QUIT"
    deliver()
    assert server.verbs.count("CONNECT") == 2
