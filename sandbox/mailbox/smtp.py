"""The SMTP side: accepts everything, except for recipients that a test told it to refuse."""

from __future__ import annotations

import asyncio

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mailbox.store import Store

LARGEST_MESSAGE = 30_000_000


class Sink:
    """What aiosmtpd asks for each recipient and message (aiosmtpd.readthedocs.io, handler hooks)."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.refusals: dict[str, str] = {}
        self.stall = 0.0  # seconds between keeping a message and saying so

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.refusals.get(address.lower()):
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.store.keep(envelope.content, envelope.mail_from or "", envelope.rcpt_tos)
        if self.stall:
            await asyncio.sleep(self.stall)
        return "250 OK: kept, not sent on"


def listen(sink: Sink, host: str, port: int) -> Controller:
    """Start the SMTP server in a thread of its own; `stop()` ends it. Raises OSError when the port is taken."""
    controller = Controller(sink, hostname=host, port=port, data_size_limit=LARGEST_MESSAGE, enable_SMTPUTF8=True)
    controller.start()
    return controller
