"""The door to the mail server: the only importer of smtplib."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from station.core.runtime import settings

TIMEOUT = 15  # seconds for each answer of the server; a whole message stays well inside the job's lease


class NotTaken(Exception):
    """The server did not take the message now: it may tomorrow. Nothing is known to be wrong with the address."""


class Refused(Exception):
    """The server will never take this message for this address (a 5xx answer to the address or the message)."""


def deliver(message: EmailMessage, to_email: str) -> None:
    """Hand one message to the mail server. Raises NotTaken or Refused; returns once the server has taken it."""
    try:
        with _connect() as server:
            server.send_message(message, to_addrs=[to_email])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise _answer(code, words) from error
    except smtplib.SMTPDataError as error:
        raise _answer(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(f"the mail server cannot write to this address: {error}") from error
    except (smtplib.SMTPException, OSError) as error:  # a refused sender or login too: it is ours to mend
        raise NotTaken(f"{type(error).__name__}: {error}") from error


def _answer(code: int, words: bytes | str) -> NotTaken | Refused:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    kind = Refused if code >= 500 else NotTaken
    return kind(f"{code} {said}")


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
    except BaseException:
        server.close()
        raise
    return server
