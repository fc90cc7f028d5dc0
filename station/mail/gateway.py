"""The door to the mail server: the only importer of smtplib.

A session stays open in its process and is used again (RSET in between), as a connection costs more than a message;
it is ended with QUIT once it has been idle, after many messages, and when it answers no more.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from station.core.faults import point
from station.core.runtime import settings

TIMEOUT = 15.0  # seconds for each answer of the server
# Seconds for the answer to the text: who gives up on a server that still thinks sends twice (RFC 5321 §4.5.3.2.6 asks
# for ten minutes). What came before takes from them, so that a message ends inside its lease (services.handing), and
# a block of bulk mail inside its own (services.bulk).
PATIENCE = 60.0
WHOLE = 75.0  # seconds for a message
PROBE = 3  # seconds for the answer that shows whether an old session still lives
IDLE = 20.0  # seconds after which a session that nobody used is ended
PER_SESSION = 100  # messages; some servers take no more over one connection
TAKEN = (250, 251)  # 251: will forward


class NotTaken(Exception):
    """The server did not take the message now: it may later. Nothing is known to be wrong with the address.

    `code` is that of a 4xx answer; 0 for trouble with the connection before the text went over it.
    """

    def __init__(self, words: str, code: int = 0) -> None:
        super().__init__(words)
        self.code = code


class Refused(Exception):
    """The server will never take this message for this address: a 5xx answer. `code` 0: we cannot even ask."""

    def __init__(self, words: str, code: int = 0) -> None:
        super().__init__(words)
        self.code = code


class Unsure(Exception):
    """The connection ended after the text had begun to go over it, and before an answer: nobody knows what became."""


@dataclass
class _Session:
    server: smtplib.SMTP
    of: tuple[object, ...]
    used_at: float
    messages: int = 0


_lock = threading.Lock()
_open: _Session | None = None
_watched_by = 0  # the process whose thread looks after the session


def deliver(raw: bytes, sender: str, to_email: str) -> None:
    """Hand one message to the mail server: its bytes with CRLF, and the two addresses of the envelope.

    Raises NotTaken, Refused or Unsure; returns once the server has taken it.
    """
    with _lock:
        end = time.monotonic() + WHOLE
        session = _ready()
        try:
            _dialogue(session.server, raw, sender, to_email, end)
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(f"the mail server cannot write to this address: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            _drop(broken=True)
            raise NotTaken(f"{type(error).__name__}: {error}") from error
        except Unsure:
            _drop(broken=True)
            raise
        finally:
            session.messages, session.used_at = session.messages + 1, time.monotonic()


def _dialogue(server: smtplib.SMTP, raw: bytes, sender: str, to_email: str, end: float) -> None:
    wide = [] if raw.isascii() and to_email.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
    if wide and not server.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError("SMTPUTF8")
    code, words = server.mail(sender, wide)
    if code != 250:  # a refused sender is ours to mend, whatever the answer: no message is lost by it
        raise NotTaken(_said(code, words), code if 400 <= code < 500 else 0)
    _expect(server.rcpt(to_email), TAKEN)
    _expect(server.docmd("DATA"), (354,))
    point("mail.gateway:data")
    _expect(_text(server, raw, end), (250,))
    point("mail.gateway:taken")


def _text(server: smtplib.SMTP, raw: bytes, end: float) -> tuple[int, bytes]:
    """The text, and what the server says to it. From here on an end of the connection leaves everything open."""
    try:
        server.send(re.sub(rb"(?m)^\.", b"..", raw) + b".\r\n")
        code, words = _patiently(server, end)
    except (smtplib.SMTPException, OSError) as error:
        raise Unsure(f"the connection ended after the text: {type(error).__name__}: {error}") from error
    if not 200 <= code < 600:
        raise Unsure(f"after the text came no answer that can be read: {_said(code, words)}")
    return code, words


def _patiently(server: smtplib.SMTP, end: float) -> tuple[int, bytes]:
    """The answer to the text. The next ones of this session come as quickly as ever, or not at all."""
    if server.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is gone")
    server.sock.settimeout(max(TIMEOUT, min(PATIENCE, end - time.monotonic())))
    try:
        return server.getreply()
    finally:
        if server.sock is not None:
            server.sock.settimeout(TIMEOUT)


def _expect(answer: tuple[int, bytes], good: tuple[int, ...]) -> None:
    code, words = answer
    if code in good:
        return
    if code == -1:
        raise smtplib.SMTPServerDisconnected("no answer that can be read")
    kind = Refused if code >= 500 else NotTaken
    raise kind(_said(code, words), code)


def _said(code: int, words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {said}"


def _ready() -> _Session:
    """The open session of this process, shown to live, or a new one. Raises NotTaken."""
    global _open
    known = settings()
    of = (os.getpid(), known.mail_host, known.mail_port, known.mail_security, known.mail_username)
    if _open is not None and not _usable(_open, of):
        _drop(broken=True)
    if _open is None:
        try:
            server = _connect()
        except (smtplib.SMTPException, OSError) as error:  # a refused login too: it is ours to mend
            code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
            raise NotTaken(f"{type(error).__name__}: {error}", code if 400 <= code < 500 else 0) from error
        _open = _Session(server, of, time.monotonic())
        _watch()
    return _open


def _usable(session: _Session, of: tuple[object, ...]) -> bool:
    """Whether a session may take one more message: RSET asks it, and ends what a refusal had left open."""
    if session.of != of or session.server.sock is None:
        return False
    if session.messages >= PER_SESSION:
        _drop()
        return False
    session.server.sock.settimeout(PROBE)
    try:
        return session.server.rset()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False
    finally:
        if session.server.sock is not None:
            session.server.sock.settimeout(TIMEOUT)


def hang_up() -> None:
    """End the session of this process, if there is one."""
    with _lock:
        _drop()


def _drop(*, broken: bool = False) -> None:
    """Forget the session. One that works is ended with QUIT; a parent's session is the parent's to end."""
    global _open
    session, _open = _open, None
    if session is None:
        return
    if not broken and session.of[0] == os.getpid() and session.server.sock is not None:
        session.server.sock.settimeout(PROBE)
        with suppress(smtplib.SMTPException, OSError):
            session.server.quit()
    session.server.close()


def _watch() -> None:
    """End the session once it is idle: a thread of this process, which ends with the session that it found."""
    global _watched_by
    if _watched_by == os.getpid():
        return
    _watched_by = os.getpid()
    threading.Thread(target=_end_idle, name="mail session", daemon=True).start()


def _end_idle() -> None:
    global _watched_by
    while True:
        time.sleep(IDLE / 2)
        with _lock:
            if _open is not None and time.monotonic() - _open.used_at >= IDLE:
                _drop()
            if _open is None:
                _watched_by = 0
                return


def _connect() -> smtplib.SMTP:
    known = settings()
    if known.mail_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            known.mail_host, known.mail_port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(known.mail_host, known.mail_port, timeout=TIMEOUT)
    try:
        if known.mail_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if known.mail_username:
            server.login(known.mail_username, known.mail_password)
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server
