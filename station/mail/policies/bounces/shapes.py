"""What reading a message that came back gives."""

from __future__ import annotations

from dataclasses import dataclass

from station.mail.models import InboundKind


@dataclass(frozen=True)
class Told:
    """What a message says about one recipient. `address` is as written there; nothing where it is redacted.

    `action` is one of RFC 3464's, or the type of a feedback report; `status` is `5.1.1` or nothing.
    """

    address: str = ""
    original: str = ""
    action: str = ""
    status: str = ""
    words: str = ""


@dataclass(frozen=True)
class Reading:
    """A message, read. `envelopes` are the addresses that may be ours, signed, `message_ids` those it may tell of."""

    kind: InboundKind
    subject: str = ""
    sender: str = ""
    told: tuple[Told, ...] = ()
    envelopes: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    note: str = ""  # by what it was recognised, for the log
