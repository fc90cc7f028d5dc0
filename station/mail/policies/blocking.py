"""What keeps a message back at the last moment: asked just before each hand-over, in its transaction.

`BLOCKS.contribute(f)`: `f(address, stream, topic)` answers with the reason in words, or None. The address comes
normalised (core.addresses), so that answers are keyed by people's mailboxes and not by how somebody typed them.
"""

from __future__ import annotations

from collections.abc import Callable

from station.core.addresses import normalise_email
from station.core.places import Place
from station.mail.models import Stream

Block = Callable[[str, Stream, str | None], str | None]

BLOCKS: Place[Block] = Place("what keeps mail back")


def blocked(address: str, stream: Stream, topic: str | None) -> str | None:
    """Why no message of this stream and topic may go to an address now; None when it may."""
    plain = normalise_email(address)
    return next((reason for block in BLOCKS if (reason := block(plain, stream, topic))), None)
